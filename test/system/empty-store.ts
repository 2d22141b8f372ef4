import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../core/runtime/log.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';

/** Stores that nobody uses, without a row. */
const free: Store[] = [];
/** Ends each engine and removes its directory. */
const ends: (() => Promise<void>)[] = [];
const isTest = process.env.VITEST !== undefined;
if (isTest) {
  const { afterAll } = await import('vitest');
  afterAll(endAll);
}

async function endAll(): Promise<void> {
  for (const end of ends.splice(0)) await end();
}

/**
 * An embedded store with all tables and no row, for one test at a time: one that was closed is emptied and given to the next,
 * as making the tables takes longer than most tests. A test of how a store is opened or closed opens one of its own. In a
 * program that is no test nobody comes next, and a store that is closed is gone.
 */
export async function openEmptyStore(): Promise<Store> {
  const store = free.pop() ?? (await open());
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (isTest ? empty(store).then(() => void free.push(store)) : endAll());
  return { ...store, close: () => (closing ??= close()) };
}

async function open(): Promise<Store> {
  const dir = mkdtempSync(join(tmpdir(), 'calltrail-empty-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  // Of a program that is no test.
  process.once('exit', remove);
  const store = await openStore({ kind: 'embedded', path: dir }, silentLog);
  ends.push(async () => {
    await store.close();
    remove();
  });
  return store;
}

async function empty(store: Store): Promise<void> {
  const filled = await store.select<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND total_rows > 0 AND name != 'migrations'`,
  );
  for (const { name } of filled) await store.command(`TRUNCATE TABLE ${name}`);
}
