import { tokenize } from './sql.ts';
import type { Store } from './store.ts';
import type { TableName } from './tables.ts';

/** Where the tables of a cluster are: its name in `remote_servers`, and the database, the same on each server. */
export interface Cluster {
  readonly name: string;
  readonly database: string;
}

/**
 * By what the rows of a table are spread over shards, or "whole" for a small table that every server has all of.
 *
 * What is asked for by one identifier is found on one shard. Rows that the engine folds into one (equal in what their table is
 * sorted by) must meet on one shard, so each expression is of columns of the sort key. What a batch wrote into the feed must
 * become visible at once, or the linker would take a part of it for all: it has one moment, and so one shard.
 */
export const SPREAD: Readonly<Record<TableName, string>> = {
  messages: 'cityHash64(call_id)',
  events: 'cityHash64(channel)',
  // One of the two is empty.
  logs: 'cityHash64(concat(channel, call_id))',
  gaps: 'cityHash64(node)',
  unreadable: 'cityHash64(id)',
  edges: 'cityHash64(node)',
  identifiers: 'cityHash64(value)',
  births: 'cityHash64(to_key)',
  feed: 'cityHash64(arrived)',
  labels: 'cityHash64(node)',
  calls: 'cityHash64(id)',
  endings: 'cityHash64(node)',
  outcomes: 'cityHash64(minute)',
  registrations: 'cityHash64(minute)',
  heard: 'cityHash64(minute)',
  linker: 'whole',
  alerts: 'whole',
  detector: 'whole',
  hosts: 'whole',
  leases: 'whole',
  counted: 'whole',
  audit: 'cityHash64(id)',
  holds: 'whole',
  privacy_jobs: 'whole',
};

/** Rows of these must be read as they were written last: written to most replicas, one batch after the other. */
const ORDERED: ReadonlySet<string> = new Set<TableName>(['leases', 'linker', 'counted']);

/** Settings of a SELECT on a table whose last row counts; one server has no other. */
export const READ_LAST = 'SETTINGS select_sequential_consistency = 1';

/** Settings of the requests to a cluster. */
export const CLUSTER_SETTINGS = {
  read: {
    // A question in a question is asked of all shards first. Each of ours is of few rows.
    distributed_product_mode: 'global',
    optimize_skip_unused_shards: '1',
    // What one replica took is read from that one, as long as it is there.
    load_balancing: 'in_order',
  },
  write: { distributed_foreground_insert: '1', load_balancing: 'in_order' },
  /** Of DDL: an answer when every server has done it. */
  command: { distributed_ddl_output_mode: 'throw', distributed_ddl_task_timeout: '280' },
} as const;

export const insertSettings = (table: string): Readonly<Record<string, string>> =>
  ORDERED.has(table) ? { insert_quorum: 'auto', insert_quorum_parallel: '0' } : {};

/** The same store, whose statements that make or change tables are carried out on every server of a cluster. */
export function clusterStore(store: Store, cluster: Cluster): Store {
  return {
    ...store,
    async command(sql) {
      for (const statement of clustered(sql, cluster)) await store.command(statement);
    },
  };
}

/**
 * A statement for one server as statements for a cluster. A table becomes a replicated one on each server, named x_local, and
 * a Distributed one named x, by which all is read and written; a table that is "whole" one that is the same everywhere.
 * Retention and other changes go to what holds rows. What makes no table stays as it is.
 */
export function clustered(sql: string, cluster: Cluster): string[] {
  const { name, database } = cluster;
  const on = `ON CLUSTER '${name}'`;
  const form = FORMS.find(([pattern]) => pattern.test(sql));
  if (form === undefined) return [sql];
  const [pattern, kind] = form;
  const [head, verb, table] = pattern.exec(sql) as unknown as [string, string, string];
  const rest = sql.slice(head.length);
  const whole = isWhole(table);
  const place = `${database}.${table}${whole ? '' : '_local'}`;
  switch (kind) {
    case 'create': {
      const local = `${verb} ${place} ${on}${replicated(rest, table, cluster)}`;
      if (whole) return [local];
      const distributed = `Distributed('${name}', '${database}', '${table}_local', ${SPREAD[table as TableName]})`;
      return [local, `${verb} ${database}.${table} ${on} AS ${place} ENGINE = ${distributed}`];
    }
    case 'alter': {
      const columns = /^\s*(ADD|DROP|MODIFY) COLUMN\b/i.test(rest);
      const shown = columns && !whole ? [`${verb} ${database}.${table} ${on}${rest}`] : [];
      return [`${verb} ${place} ${on}${rest}`, ...shown];
    }
    case 'drop':
      return [...(whole ? [] : [`${verb} ${database}.${table} ${on}${rest}`]), `${verb} ${place} ${on}${rest}`];
    case 'rows':
      return [`${verb} ${place} ${on}${rest}`];
    case 'view':
      return [`${verb} ${database}.${table} ${on}${rest}`];
  }
}

type Kind = 'create' | 'alter' | 'drop' | 'rows' | 'view';

const FORMS: readonly (readonly [RegExp, Kind])[] = [
  [/^(CREATE TABLE IF NOT EXISTS) (\w+)/i, 'create'],
  [/^(ALTER TABLE) (\w+)/i, 'alter'],
  [/^(DROP TABLE IF EXISTS) (\w+)/i, 'drop'],
  [/^(TRUNCATE TABLE|DELETE FROM) (\w+)/i, 'rows'],
  [/^(CREATE OR REPLACE VIEW|DROP VIEW IF EXISTS) (\w+)/i, 'view'],
];

/** Tables of ours that are in no list (the migrations' own) are few rows. */
const isWhole = (table: string): boolean => (SPREAD[table as TableName] ?? 'whole') === 'whole';

/** What follows a table's name, with the engine that copies what it holds to the replicas, and its setting of the same. */
function replicated(rest: string, table: string, { database }: Cluster): string {
  const tokens = [...tokenize(rest)];
  const at = tokens.findIndex(({ text, depth }) => text === 'engine' && depth === 0);
  const engine = tokens[at + 2];
  if (engine === undefined || !engine.text.endsWith('mergetree'))
    throw new Error(`${table}: no engine that replicates`);
  const opens = tokens[at + 3]?.text === '(' ? tokens[at + 3] : undefined;
  const closes = opens && tokens.find(({ text, start, depth }) => text === ')' && start > opens.start && depth === 0);
  const own = opens && closes ? rest.slice(opens.end, closes.start) : '';
  // Every server has its own copy of a whole table, and a shard's servers one of its rows.
  const [path, replica] = isWhole(table)
    ? [`/clickhouse/tables/whole/${database}/${table}`, '{shard}-{replica}']
    : [`/clickhouse/tables/{shard}/${database}/${table}`, '{replica}'];
  const args = [`'${path}'`, `'${replica}'`, ...(own === '' ? [] : [own])].join(', ');
  const name = rest.slice(engine.start, engine.end);
  const behind = rest.slice(closes?.end ?? engine.end).replace('non_replicated_dedup', 'replicated_dedup');
  return `${rest.slice(0, engine.start)}Replicated${name}(${args})${behind}`;
}
