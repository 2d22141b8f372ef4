import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable that says where tables.ts lays the tables of this run; a program that is no test has none. */
export const TABLES_DIRECTORY = 'CALLTRAIL_TEST_TABLES';

/** Before all tests of a run: a place for the tables that they share. Whoever needs them first makes them. */
export function setup(): void {
  process.env[TABLES_DIRECTORY] = mkdtempSync(join(tmpdir(), 'calltrail-tables-'));
  // Of a run that is broken off.
  process.once('exit', teardown);
}

export function teardown(): void {
  const path = process.env[TABLES_DIRECTORY];
  if (path !== undefined) rmSync(path, { recursive: true, force: true });
}
