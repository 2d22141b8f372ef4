import type { Retention } from '../config/config.ts';
import type { Store } from './store.ts';
import type { TableName } from './tables.ts';

/** Which kind a table's rows are, and whether it has a part per day. */
const AGES: readonly { table: TableName; kind: keyof Retention; byPart: boolean }[] = [
  { table: 'messages', kind: 'messages', byPart: true },
  { table: 'unreadable', kind: 'messages', byPart: true },
  { table: 'events', kind: 'events', byPart: true },
  { table: 'gaps', kind: 'events', byPart: true },
  { table: 'logs', kind: 'logs', byPart: true },
  { table: 'identifiers', kind: 'identifiers', byPart: false },
  { table: 'edges', kind: 'identifiers', byPart: false },
  { table: 'feed', kind: 'identifiers', byPart: true },
  { table: 'labels', kind: 'identifiers', byPart: false },
  { table: 'calls', kind: 'identifiers', byPart: false },
  { table: 'endings', kind: 'identifiers', byPart: false },
  { table: 'births', kind: 'identifiers', byPart: true },
  { table: 'hosts', kind: 'identifiers', byPart: false },
  { table: 'outcomes', kind: 'counts', byPart: true },
  { table: 'registrations', kind: 'counts', byPart: true },
  { table: 'heard', kind: 'counts', byPart: true },
  { table: 'alerts', kind: 'alerts', byPart: false },
  { table: 'audit', kind: 'audit', byPart: false },
];

/**
 * Sets how many days rows are kept, counted from their arrival; 0 for ever. Tables that are partitioned by day lose whole parts, which costs
 * nothing; the others lose rows when parts are merged. What is already set is left alone, as every change makes
 * ClickHouse look at each part again, in the background.
 */
export async function applyRetention(store: Store, days: Partial<Retention>): Promise<void> {
  const tables = await store.select<{ name: string; engine: string }>(
    `SELECT name, engine_full AS engine FROM system.tables
     WHERE database = currentDatabase() AND engine NOT IN ('View', 'Distributed')`,
  );
  // Of a cluster (cluster.ts) what holds the rows has another name.
  const engines = new Map(tables.map(({ name, engine }) => [name.replace(/_local$/, ''), engine]));
  for (const { table, kind, byPart } of AGES) {
    const wanted = days[kind];
    if (wanted === undefined) continue;
    if (!Number.isInteger(wanted) || wanted < 0)
      throw new TypeError(`retention of ${kind}: ${wanted} is no number of days`);
    const found = / TTL .*?toIntervalDay\((\d+)\)/.exec(engines.get(table) ?? '')?.[1];
    if (Number(found ?? 0) === wanted) continue;
    if (wanted === 0) {
      await store.command(`ALTER TABLE ${table} REMOVE TTL`);
      continue;
    }
    // Only the dates of old parts are counted anew, and nobody waits for it: of a hundred million messages it takes minutes.
    const settings = `ttl_only_drop_parts = ${byPart ? 1 : 0}, materialize_ttl_recalculate_only = 1`;
    await store.command(`ALTER TABLE ${table} MODIFY SETTING ${settings}`);
    const ttl = `toDateTime(arrived) + INTERVAL ${wanted} DAY`;
    await store.command(`ALTER TABLE ${table} MODIFY TTL ${ttl} SETTINGS alter_sync = 0, mutations_sync = 0`);
  }
}
