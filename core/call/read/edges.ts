import { type EdgeKind, type NodeKey, type NodeLetter, nodeLetter, nodeText, type Tier } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';

/** One stored edge as seen from `node`. */
export interface StoredEdge {
  readonly node: NodeKey;
  readonly peer: NodeKey;
  readonly kind: EdgeKind;
  readonly tier: Tier;
  readonly why: string;
  /** True when `node` is the edge's first end: the parent of a parent edge. */
  readonly forward: boolean;
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly evidence: { readonly table: 'messages' | 'events' | 'logs'; readonly id: string; readonly atUs: number };
}

interface EdgeRow {
  node: NodeKey;
  peer: NodeKey;
  kind: EdgeKind;
  tier: Tier;
  why: string;
  forward: number;
  since_us: string | number;
  until_us: string | number;
  proof: string;
}

/** Every edge that touches one of the nodes. More than `limit` edges of one node are cut, and the walk says so. */
export async function readEdges(
  store: Store,
  nodes: readonly NodeKey[],
  limit: number,
  options?: SelectOptions,
): Promise<StoredEdge[]> {
  if (nodes.length === 0) return [];
  const rows = await store.select<EdgeRow>(
    `SELECT node, peer, kind, tier, why, forward,
            toUnixTimestamp64Micro(min(since)) AS since_us, toUnixTimestamp64Micro(max(until)) AS until_us,
            min(evidence) AS proof
     FROM edges WHERE node IN {nodes:Array(String)}
     GROUP BY node, peer, kind, tier, why, forward
     ORDER BY node, since_us, peer, why
     LIMIT {limit:UInt32} BY node`,
    { nodes, limit },
    options,
  );
  return rows.map((row) => {
    const [atUs = '0', table = 'events', id = ''] = row.proof.split(' ');
    return {
      node: row.node,
      peer: row.peer,
      kind: row.kind,
      tier: row.tier,
      why: row.why,
      forward: Number(row.forward) === 1,
      sinceUs: Number(row.since_us),
      untilUs: Number(row.until_us),
      evidence: { table: table as StoredEdge['evidence']['table'], id, atUs: Number(atUs) },
    };
  });
}

/** The first row that names an identifier, if anything was ever stored under it. */
export interface Presence {
  readonly node: NodeKey;
  readonly table: 'messages' | 'events' | 'logs';
  readonly id: string;
  readonly atUs: number;
}

/** Which of these Call-IDs and channels have facts of their own, and which of the site values any leg carries. */
export async function readPresence(
  store: Store,
  nodes: readonly NodeKey[],
  options?: SelectOptions,
): Promise<Presence[]> {
  if (nodes.length === 0) return [];
  const texts = (letter: NodeLetter): string[] => nodes.filter((node) => nodeLetter(node) === letter).map(nodeText);
  const rows = await store.select<{ node: NodeKey; table: Presence['table']; id: string; at_us: string | number }>(
    `SELECT concat('c:', call_id) AS node, 'messages' AS table, lower(hex(argMin(id, (at, id)))) AS id,
            toUnixTimestamp64Micro(min(at)) AS at_us
     FROM messages WHERE call_id IN {callIds:Array(String)} GROUP BY call_id
     UNION ALL
     SELECT concat('u:', channel) AS node, 'events' AS table, lower(hex(argMin(id, (at, id)))) AS id,
            toUnixTimestamp64Micro(min(at)) AS at_us
     FROM events WHERE channel IN {channels:Array(String)} GROUP BY channel
     UNION ALL
     SELECT concat('u:', channel) AS node, 'logs' AS table, lower(hex(argMin(id, (at, id)))) AS id,
            toUnixTimestamp64Micro(min(at)) AS at_us
     FROM logs WHERE channel IN {channels:Array(String)} GROUP BY channel
     UNION ALL
     SELECT node, splitByChar(' ', min(evidence))[2] AS table, splitByChar(' ', min(evidence))[3] AS id,
            toInt64(splitByChar(' ', min(evidence))[1]) AS at_us
     FROM edges WHERE node IN {values:Array(String)} GROUP BY node`,
    { callIds: texts('c'), channels: texts('u'), values: nodes.filter((node) => nodeLetter(node) === 'v') },
    options,
  );
  return rows.map(({ node, table, id, at_us }) => ({ node, table, id, atUs: Number(at_us) }));
}

/** Which of the nodes a typed key may mean (a Call-ID, a channel) really exist: have facts, or are named by an edge. */
export async function readKnownNodes(store: Store, key: string, options?: SelectOptions): Promise<NodeKey[]> {
  const rows = await store.select<{ node: NodeKey }>(
    `SELECT DISTINCT node FROM (
       SELECT concat('c:', call_id) AS node FROM messages WHERE call_id = {key:String} LIMIT 1
       UNION ALL SELECT concat('u:', channel) AS node FROM events WHERE channel = {key:String} LIMIT 1
       UNION ALL SELECT concat('u:', channel) AS node FROM logs WHERE channel = {key:String} LIMIT 1
       UNION ALL SELECT node FROM edges WHERE node IN (concat('c:', {key:String}), concat('u:', {key:String})) LIMIT 2
     ) ORDER BY node`,
    { key },
    options,
  );
  return rows.map(({ node }) => node);
}
