import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../core/store/store.ts';
import { openTabledStore } from './tables.ts';

/** Stores that nobody uses any more, with the rows of whoever had them last. */
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
 * An embedded store with all tables and no row, for one test at a time: one that was closed is emptied for the next, as making
 * a store takes longer than most tests. A test of how a store is opened or closed opens one of its own. In a program that is
 * no test nobody comes next, and a store that is closed is gone.
 */
export async function openEmptyStore(): Promise<Store> {
  const used = free.pop();
  if (used !== undefined) await empty(used);
  const store = used ?? (await open());
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    if (isTest) free.push(store);
    else await endAll();
  };
  return { ...store, close: () => (closing ??= close()) };
}

async function open(): Promise<Store> {
  const dir = mkdtempSync(join(tmpdir(), 'calltrail-empty-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  // Of a program that is no test.
  process.once('exit', remove);
  const store = await openTabledStore(dir);
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
