import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { walk } from '../../core/call/graph/walk.ts';
import type { Retention } from '../../core/config/config.ts';
import { isLeg, type NodeKey } from '../../core/model/edge.ts';
import { type Hold, readHolds, writeHold } from '../../core/privacy/holds.ts';
import type { Store } from '../../core/store/store.ts';
import { TABLES, type TableName } from '../../core/store/tables.ts';
import { inParts, placesOf } from './places.ts';

const DAY_US = 86_400_000_000;

/** What a row is told apart by, where a copy of it must not be made twice. `feed` is news for the linker, and no fact. */
const KEYS: Partial<Readonly<Record<TableName, string>>> = {
  messages: 'call_id, at, id',
  events: 'channel, at, sequence, id, whole',
  logs: 'channel, call_id, at, id',
  births: 'to_key, at, node',
  endings: 'until, node',
  calls: 'id, version',
  labels: 'node, version',
  identifiers: 'kind, value, node',
  edges: 'node, peer, kind, why, tier, forward',
};

/**
 * Keeps held calls: a row whose retention is half over is stored again as if it had arrived now. It has the same key, so
 * readers see it once. Answers how many rows those were.
 */
export async function refreshHolds(store: Store, days: Retention, nowUs: number): Promise<number> {
  let rows = 0;
  for (const hold of await readHolds(store)) {
    const nodes = await grown(store, hold, nowUs);
    for (const some of inParts(nodes)) {
      for (const { table, kind, where } of placesOf(some)) {
        const key = KEYS[table];
        if (key === undefined || days[kind] === 0) continue;
        rows += await refresh(store, table, key, where, Math.floor(nowUs - (days[kind] * DAY_US) / 2), nowUs);
      }
    }
  }
  return rows;
}

/** A call that went on has legs that it had not when it was held. */
async function grown(store: Store, hold: Hold, nowUs: number): Promise<readonly NodeKey[]> {
  const { nodes } = await walk([...hold.nodes], createNeighbours(store));
  const more = [...nodes].filter((node) => isLeg(node) && !hold.nodes.includes(node));
  if (more.length === 0) return hold.nodes;
  const all = [...hold.nodes, ...more].sort();
  await writeHold(store, { ...hold, nodes: all, version: Math.max(Math.floor(nowUs), hold.version + 1) });
  return all;
}

async function refresh(
  store: Store,
  table: TableName,
  key: string,
  where: string,
  oldUs: number,
  nowUs: number,
): Promise<number> {
  const old = `arrived < fromUnixTimestamp64Micro(${oldUs})`;
  const stale = `(${where}) GROUP BY ${key} HAVING max(arrived) < fromUnixTimestamp64Micro(${oldUs})`;
  const [found] = await store.select<{ n: number | string }>(
    `SELECT count() AS n FROM (SELECT ${key} FROM ${table} WHERE ${stale})`,
  );
  const rows = Number(found?.n ?? 0);
  if (rows === 0) return 0;
  const columns = Object.keys(TABLES[table]);
  const copied = columns.map((name) => (name === 'arrived' ? `fromUnixTimestamp64Micro(${Math.floor(nowUs)})` : name));
  // Aggregated columns of one key may stand in several rows: all of them are copied, and merged as they are.
  await store.command(
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${copied.join(', ')} FROM ${table}
     WHERE (${where}) AND ${old} AND (${key}) IN (SELECT ${key} FROM ${table} WHERE ${stale})`,
  );
  return rows;
}
