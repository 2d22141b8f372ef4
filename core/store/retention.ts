import type { Retention } from '../config/schema.ts';
import type { Store } from './store.ts';
import type { TableName } from './tables.ts';

/** Which kind of row a table's age is counted by, the column that has the age, and whether it has a part per day. */
const AGES: readonly { table: TableName; kind: keyof Retention; column: string; byPart: boolean }[] = [
  { table: 'messages', kind: 'messages', column: 'at', byPart: true },
  { table: 'unreadable', kind: 'messages', column: 'at', byPart: true },
  { table: 'events', kind: 'events', column: 'at', byPart: true },
  { table: 'gaps', kind: 'events', column: 'at', byPart: true },
  { table: 'logs', kind: 'logs', column: 'at', byPart: true },
  { table: 'identifiers', kind: 'identifiers', column: 'until', byPart: false },
  { table: 'edges', kind: 'identifiers', column: 'until', byPart: false },
  { table: 'hosts', kind: 'identifiers', column: 'until', byPart: false },
];

/**
 * Sets how many days rows are kept, 0 for ever. Tables that are partitioned by day lose whole parts, which costs
 * nothing; the others lose rows when parts are merged. What is already set is left alone, as every change makes
 * ClickHouse look at each part again.
 */
export async function applyRetention(store: Store, days: Partial<Retention>): Promise<void> {
  const tables = await store.select<{ name: string; engine: string }>(
    'SELECT name, engine_full AS engine FROM system.tables WHERE database = currentDatabase()',
  );
  const engines = new Map(tables.map(({ name, engine }) => [name, engine]));
  for (const { table, kind, column, byPart } of AGES) {
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
    // Only the dates of old parts are counted anew; their rows are not rewritten.
    const settings = `ttl_only_drop_parts = ${byPart ? 1 : 0}, materialize_ttl_recalculate_only = ${byPart ? 1 : 0}`;
    await store.command(`ALTER TABLE ${table} MODIFY SETTING ${settings}`);
    await store.command(`ALTER TABLE ${table} MODIFY TTL toDateTime(${column}) + INTERVAL ${wanted} DAY`);
  }
}
