import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../core/runtime/log.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';
import { TABLES_DIRECTORY } from './tables-setup.ts';

/**
 * Puts the tables of this version, without a row, into an empty data directory, as a first start leaves them: making them takes
 * the engine longer than most tests. The first who asks in a run makes them for all; who asks meanwhile does without, and has
 * the product make them. A test of how tables are made begins with a directory that this was not called for.
 */
export async function layTables(path: string): Promise<void> {
  const shared = process.env[TABLES_DIRECTORY];
  if (shared === undefined) return;
  const made = join(shared, 'made');
  if (!existsSync(made) && !(await makeTables(shared, made))) return;
  copyStore(made, path);
}

/** The directory of a store that is closed, for another one to begin with. Links within a directory stay there. */
export const copyStore = (from: string, to: string): void =>
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });

/** An embedded store with all tables and no row, in a directory of one's own that was empty. */
export async function openTabledStore(path: string): Promise<Store> {
  await layTables(path);
  return openStore({ kind: 'embedded', path }, silentLog);
}

/** False when somebody else is at it. */
async function makeTables(shared: string, made: string): Promise<boolean> {
  try {
    mkdirSync(join(shared, 'begun'));
  } catch {
    return false;
  }
  const path = join(shared, 'making');
  const store = await openStore({ kind: 'embedded', path }, silentLog);
  await store.close();
  renameSync(path, made);
  return true;
}
