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

/** Rows of the store at rest, by the name of their sender. */
export async function readStored(directory: string): Promise<ReadonlyMap<string, StoredRun>> {
  const store = await createEmbeddedStore({ path: join(directory, 'data') }, silentLog);
  try {
    return await readRuns(store);
  } finally {
    await store.close();
  }
}

/** No row is merged away for this count: a double one is a double one. */
export async function readRuns(store: Store): Promise<ReadonlyMap<string, StoredRun>> {
  const rows = await store.select<{ call_id: string; n: number | string }>(
    'SELECT call_id, count() AS n FROM messages GROUP BY call_id',
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
