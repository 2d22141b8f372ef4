import { join } from 'node:path';
import { silentLog } from '../../core/runtime/log.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import type { Store } from '../../core/store/store.ts';
import { readCallId } from './sender.ts';

/** What the store holds of one sender's messages. */
export interface StoredRun {
  /** Rows, each message counted as often as it is there. */
  readonly rows: number;
  readonly distinct: number;
  /** The highest number. */
  readonly last: number;
}

/** Rows of the store at rest, by the name of their sender. No row is merged away: a double one is a double one. */
export const readStored = (directory: string): Promise<ReadonlyMap<string, StoredRun>> =>
  atRest(directory, (store) => readRuns(store));

/** Where others send as well: the rows of senders alone. */
export const OF_SENDERS = "messages WHERE endsWith(call_id, '@faults.example')";

export const readStoredOfSenders = (directory: string): Promise<ReadonlyMap<string, StoredRun>> =>
  atRest(directory, (store) => readRuns(store, OF_SENDERS));

/** The same as every reader sees them, who is given what stands there twice under one id once. */
export const readStoredOnce = (directory: string): Promise<ReadonlyMap<string, StoredRun>> =>
  atRest(directory, (store) => readRuns(store, 'messages FINAL'));

async function atRest<T>(directory: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await createEmbeddedStore({ path: join(directory, 'data') }, silentLog);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export async function readRuns(store: Store, from = 'messages'): Promise<ReadonlyMap<string, StoredRun>> {
  const rows = await store.select<{ call_id: string; n: number | string }>(
    `SELECT call_id, count() AS n FROM ${from} GROUP BY call_id`,
    {},
    { maxSeconds: 60 },
  );
  const runs = new Map<string, { rows: number; distinct: number; last: number }>();
  for (const { call_id, n } of rows) {
    const read = readCallId(call_id);
    if (read === undefined) throw new Error(`nobody sent ${call_id}`);
    const run = runs.get(read.name) ?? { rows: 0, distinct: 0, last: -1 };
    run.rows += Number(n);
    run.distinct += 1;
    run.last = Math.max(run.last, read.number);
    runs.set(read.name, run);
  }
  return runs;
}

/** How many calls the linker's list holds, each once. */
export async function countListed(store: Store): Promise<number> {
  const [found] = await store.select<{ n: number | string }>('SELECT count() AS n FROM calls FINAL WHERE gone = 0');
  return Number(found?.n ?? 0);
}

/** Rows of a store at rest, whoever sent them. */
export const countMessages = (directory: string): Promise<number> =>
  atRest(directory, async (store) => {
    const [found] = await store.select<{ n: number | string }>('SELECT count() AS n FROM messages');
    return Number(found?.n ?? 0);
  });
