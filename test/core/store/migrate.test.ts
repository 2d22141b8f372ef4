import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createEmbeddedStore, type EmbeddedStore } from '../../../core/store/embedded/store.ts';
import { migrate, readMigrations } from '../../../core/store/migrate.ts';
import { failure } from './contract.ts';
import { recordedLog, temporaryDirectory } from './helpers.ts';

const FIRST =
  "CREATE TABLE IF NOT EXISTS a (x String) -- ; no end\nENGINE = MergeTree ORDER BY x;\nCREATE TABLE IF NOT EXISTS b (y String DEFAULT ';') ENGINE = MergeTree ORDER BY y;";
const SECOND = 'ALTER TABLE a ADD COLUMN IF NOT EXISTS z UInt8;';

describe('migrations', () => {
  const data = temporaryDirectory();
  let store: EmbeddedStore;
  const opened: { remove(): void }[] = [];
  beforeAll(async () => {
    store = await createEmbeddedStore({ path: data.path }, recordedLog());
  });
  afterEach(async () => {
    for (const table of ['a', 'b', 'migrations']) await store.command(`DROP TABLE IF EXISTS ${table}`);
    for (const directory of opened.splice(0)) directory.remove();
  });
  afterAll(async () => {
    await store.close();
    data.remove();
  });

  const files = (contents: Record<string, string>): string => {
    const directory = temporaryDirectory();
    opened.push(directory);
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(directory.path, name), text);
    return directory.path;
  };
  const columns = () =>
    store.select("SELECT table, name FROM system.columns WHERE table IN ('a', 'b') ORDER BY table, name");

  test('are applied in order and once', async () => {
    const one = readMigrations(files({ '0001_first.sql': FIRST }));
    expect(await migrate(store, one)).toBe(1);
    expect(await migrate(store, one)).toBe(0);
    const two = readMigrations(files({ '0001_first.sql': FIRST, '0002_second.sql': SECOND }));
    expect(await migrate(store, two)).toBe(1);
    expect(await columns()).toEqual([
      { table: 'a', name: 'x' },
      { table: 'a', name: 'z' },
      { table: 'b', name: 'y' },
    ]);
    expect(await store.select('SELECT number, name FROM migrations ORDER BY number')).toEqual([
      { number: 1, name: '0001_first.sql' },
      { number: 2, name: '0002_second.sql' },
    ]);
  });

  test('are fine with several programs that begin at once', async () => {
    const all = readMigrations(files({ '0001_first.sql': FIRST, '0002_second.sql': SECOND }));
    await Promise.all(Array.from({ length: 4 }, () => migrate(store, all)));
    expect(await migrate(store, all)).toBe(0);
    expect(await store.select('SELECT number FROM migrations FINAL ORDER BY number')).toEqual([
      { number: 1 },
      { number: 2 },
    ]);
  });

  test('go on after a run that was cut off', async () => {
    const all = readMigrations(files({ '0001_first.sql': FIRST, '0002_second.sql': SECOND }));
    await store.command(all[0]!.statements[0]!);
    expect(await migrate(store, all)).toBe(2);
  });

  test('refuse a database that a newer program made', async () => {
    await migrate(store, readMigrations(files({ '0001_first.sql': FIRST, '0002_second.sql': SECOND })));
    const error = await failure(migrate(store, readMigrations(files({ '0001_first.sql': FIRST }))));
    expect(error).toMatchObject({ code: 'refused', retriable: false });
    expect(error.message).toContain('0002_second.sql of a newer program');
  });

  test('refuse a file that was changed after it was applied, but not for its line ends', async () => {
    await migrate(store, readMigrations(files({ '0001_first.sql': FIRST })));
    expect(await migrate(store, readMigrations(files({ '0001_first.sql': FIRST.replaceAll('\n', '\r\n') })))).toBe(0);
    const error = await failure(migrate(store, readMigrations(files({ '0001_first.sql': `${FIRST}\n-- more` }))));
    expect(error.code).toBe('refused');
    expect(error.message).toContain('0001_first.sql was changed');
  });

  test('are not remembered when they fail', async () => {
    const broken = readMigrations(files({ '0001_first.sql': 'ALTER TABLE nowhere ADD COLUMN IF NOT EXISTS z UInt8' }));
    expect(await failure(migrate(store, broken))).toMatchObject({ code: 'refused' });
    expect(await store.select('SELECT number FROM migrations')).toEqual([]);
  });

  test.each([
    [{ '0002_second.sql': SECOND }, '0001'],
    [{ '0001_first.sql': FIRST, '0003_third.sql': SECOND }, '0002'],
    [{ 'first.sql': FIRST }, '0001'],
    [{ '0001_first.sql': 'CREATE TABLE a (x String) ENGINE = Memory' }, 'cannot be run twice'],
    [{ '0001_first.sql': 'ALTER TABLE a ADD COLUMN z UInt8' }, 'cannot be run twice'],
    [{ '0001_first.sql': "CREATE TABLE IF NOT EXISTS a (x String DEFAULT '" }, 'does not end'],
  ])('are refused when they break the rules: %j', (contents, complaint) => {
    expect(() => readMigrations(files(contents as Record<string, string>))).toThrow(complaint);
  });

  test('of the program itself keep to the rules', () => {
    expect(readMigrations().length).toBeGreaterThan(0);
  });
});
