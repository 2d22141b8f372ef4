import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { splitStatements } from './sql.ts';
import { type Store, StoreError } from './store.ts';

/** One numbered SQL file. */
export interface Migration {
  readonly number: number;
  /** "0001_first.sql" */
  readonly name: string;
  readonly statements: readonly string[];
  readonly checksum: string;
}

const DIRECTORY = fileURLToPath(new URL('./migrations/', import.meta.url));
const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** ClickHouse has no transactions over DDL and no lock to hold: a statement must bear being run twice, by two at once. */
const REPEATABLE = [
  /^CREATE (TABLE|MATERIALIZED VIEW|VIEW|DICTIONARY) IF NOT EXISTS\b/i,
  /^CREATE OR REPLACE (VIEW|DICTIONARY)\b/i,
  /^DROP (TABLE|VIEW|DICTIONARY) IF EXISTS\b/i,
  /^ALTER TABLE \S+ (ADD (COLUMN|INDEX|PROJECTION) IF NOT EXISTS|DROP (COLUMN|INDEX|PROJECTION) IF EXISTS|MODIFY)\b/i,
];

/** Reads the files in order. Throws when a name, an order or a statement breaks the rules above. */
export function readMigrations(directory: string = DIRECTORY): Migration[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, i) => {
    const number = Number(FILE.exec(name)?.[1]);
    if (number !== i + 1)
      throw new Error(`${name}: the ${i + 1}. migration must be named ${String(i + 1).padStart(4, '0')}_….sql`);
    const text = readFileSync(join(directory, name), 'utf8').replaceAll('\r\n', '\n');
    const statements = splitStatements(text);
    for (const statement of statements) {
      if (!REPEATABLE.some((form) => form.test(statement.replace(/\s+/g, ' ')))) {
        throw new Error(`${name}: "${statement.slice(0, 60)}…" cannot be run twice (IF NOT EXISTS)`);
      }
    }
    return { number, name, statements, checksum: createHash('sha256').update(text).digest('hex') };
  });
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Brings the tables up to date, and answers how many migrations were applied. Safe to run again, by several programs
 * at once, and after a run that was cut off.
 *
 * @throws StoreError "refused" when the tables were made by a newer program, or a file changed after it was applied.
 */
export async function migrate(store: Store, migrations: readonly Migration[] = readMigrations()): Promise<number> {
  await store.command(
    `CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, applied_at DateTime64(3, 'UTC'), checksum String)
     ENGINE = ReplacingMergeTree ORDER BY (number, checksum)`,
  );
  const applied = await store.select<Applied>('SELECT number, name, checksum FROM migrations FINAL ORDER BY number');
  for (const { number, name, checksum } of applied) {
    const known = migrations[number - 1];
    if (known === undefined) {
      throw new StoreError('refused', `the database has migration ${name} of a newer program; update this one`);
    }
    if (known.checksum !== checksum) {
      throw new StoreError(
        'refused',
        `migration ${name} was changed after it was applied: another version made this database; use that one, or begin with an empty database`,
      );
    }
  }
  const done = new Set(applied.map(({ number }) => number));
  const missing = migrations.filter(({ number }) => !done.has(number));
  for (const { number, name, statements, checksum } of missing) {
    for (const statement of statements) await store.command(statement);
    // Literals of our own making: the name has only [a-z0-9_.], the checksum is hex.
    await store.command(`INSERT INTO migrations SELECT ${number}, '${name}', now64(3, 'UTC'), '${checksum}'`);
  }
  return missing.length;
}
