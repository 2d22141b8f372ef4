import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clustered, clusterStore, insertSettings, SPREAD } from '../../../core/store/cluster.ts';
import { readMigrations } from '../../../core/store/migrate.ts';
import { applyRetention } from '../../../core/store/retention.ts';
import { splitStatements } from '../../../core/store/sql.ts';
import type { Store } from '../../../core/store/store.ts';
import type { TableName } from '../../../core/store/tables.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

const CLUSTER = { name: 'site', database: 'calltrail' };
const VIEWS = readFileSync(`${import.meta.dirname}/../../../core/store/views.sql`, 'utf8');

describe('the tables of a cluster', { timeout: 60_000 }, () => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(async () => {
    await store.close();
  });

  /** As the engine's own parser reads it, on one line; rejects what is no statement. */
  const parsed = async (sql: string): Promise<string> => {
    const [row] = await store.select<{ q: string }>('SELECT formatQuerySingleLine({sql:String}) AS q', { sql });
    return row!.q;
  };

  test('are made by statements that the engine reads, of every migration and view', async () => {
    const statements = [...readMigrations().flatMap((one) => one.statements), ...splitStatements(VIEWS)];
    const made = statements.flatMap((statement) => clustered(statement, CLUSTER));
    expect(made.length).toBeGreaterThan(statements.length);
    for (const statement of made) expect(await parsed(statement)).toMatch(/ ON CLUSTER site/);
    for (const table of Object.keys(SPREAD) as TableName[]) {
      const isWhole = SPREAD[table] === 'whole';
      const own = made.filter((one) =>
        new RegExp(`^CREATE TABLE IF NOT EXISTS calltrail\\.${table}(_local)? `).test(one),
      );
      expect([table, own.length]).toEqual([table, isWhole ? 1 : 2]);
    }
  });

  test('hold rows in a replicated table a shard, with the same columns, order, retention and window of repetitions', async () => {
    const [statement = ''] = readMigrations()[0]!.statements;
    const [local = '', distributed = ''] = await Promise.all(clustered(statement, CLUSTER).map(parsed));
    const [before] = await Promise.all([parsed(statement)]);
    const plain = local
      .replace(' calltrail.messages_local ON CLUSTER site', ' messages')
      .replace(
        "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/calltrail/messages', '{replica}')",
        'ReplacingMergeTree',
      )
      .replace('replicated_deduplication_window', 'non_replicated_deduplication_window');
    expect(plain).toBe(before);
    expect(distributed).toBe(
      "CREATE TABLE IF NOT EXISTS calltrail.messages ON CLUSTER site AS calltrail.messages_local ENGINE = Distributed('site', 'calltrail', 'messages_local', cityHash64(call_id))",
    );
  });

  test('keep what an engine is told, and a small table is the same on every server', () => {
    const version =
      'CREATE TABLE IF NOT EXISTS labels (node String, v UInt64) ENGINE = ReplacingMergeTree(v) ORDER BY node';
    expect(clustered(version, CLUSTER)[0]).toContain(
      "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/calltrail/labels', '{replica}', v) ORDER BY node",
    );
    expect(clustered(version.replace('labels', 'leases'), CLUSTER)).toEqual([
      "CREATE TABLE IF NOT EXISTS calltrail.leases ON CLUSTER 'site' (node String, v UInt64) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/whole/calltrail/leases', '{shard}-{replica}', v) ORDER BY node",
    ]);
    // What is read as it was written last is written to most replicas.
    expect(insertSettings('leases')).toEqual({ insert_quorum: 'auto', insert_quorum_parallel: '0' });
    expect(insertSettings('messages')).toEqual({});
  });

  test('are changed where their rows are, and a new column is shown as well', () => {
    expect(clustered('ALTER TABLE calls MODIFY TTL toDateTime(arrived) + INTERVAL 3 DAY', CLUSTER)).toEqual([
      "ALTER TABLE calltrail.calls_local ON CLUSTER 'site' MODIFY TTL toDateTime(arrived) + INTERVAL 3 DAY",
    ]);
    expect(clustered('ALTER TABLE calls ADD COLUMN IF NOT EXISTS x UInt8', CLUSTER)).toEqual([
      "ALTER TABLE calltrail.calls_local ON CLUSTER 'site' ADD COLUMN IF NOT EXISTS x UInt8",
      "ALTER TABLE calltrail.calls ON CLUSTER 'site' ADD COLUMN IF NOT EXISTS x UInt8",
    ]);
    expect(clustered('DROP TABLE IF EXISTS feed', CLUSTER)).toEqual([
      "DROP TABLE IF EXISTS calltrail.feed ON CLUSTER 'site'",
      "DROP TABLE IF EXISTS calltrail.feed_local ON CLUSTER 'site'",
    ]);
    expect(clustered('TRUNCATE TABLE labels', CLUSTER)).toEqual([
      "TRUNCATE TABLE calltrail.labels_local ON CLUSTER 'site'",
    ]);
    const insert = "INSERT INTO migrations SELECT 1, 'x', now64(3, 'UTC'), 'y'";
    expect(clustered(insert, CLUSTER)).toEqual([insert]);
  });

  test('have rows that the engine folds into one on one shard: each is spread by columns that it is sorted by', async () => {
    const sorted = await store.select<{ name: string; sorting_key: string; engine: string }>(
      'SELECT name, sorting_key, engine FROM system.tables WHERE database = currentDatabase()',
    );
    for (const [table, by] of Object.entries(SPREAD)) {
      if (by === 'whole') continue;
      const found = sorted.find(({ name }) => name === table)!;
      const columns = [...by.matchAll(/\b([a-z_]+)\b(?!\()/g)].map(([, column]) => column);
      expect(columns.length).toBeGreaterThan(0);
      if (found.engine === 'MergeTree') continue;
      for (const column of columns) expect([table, ...found.sorting_key.split(', ')]).toContain(column);
    }
  });

  test('get their retention on every server', async () => {
    const said: string[] = [];
    const server = clusterStore({ ...store, command: async (sql) => void said.push(sql) }, CLUSTER);
    await applyRetention(server, { messages: 5, counts: 63 });
    expect(said.length).toBeGreaterThan(6);
    for (const statement of said)
      expect(await parsed(statement)).toMatch(/^ALTER TABLE calltrail\.\w+_local ON CLUSTER site/);
  });
});
