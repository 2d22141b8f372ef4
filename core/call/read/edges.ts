import { type EdgeKind, evidenceText, type NodeKey, readEvidence, type Tier } from '../../model/edge.ts';
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

/** Rows that are put together here; more are put together by the engine, which can cut them. */
const FEW = 4000;

/** Every edge that touches one of the nodes. More than `limit` edges of one node are cut, and the walk says so. */
export async function readEdges(
  store: Store,
  nodes: readonly NodeKey[],
  limit: number,
  options?: SelectOptions,
): Promise<StoredEdge[]> {
  if (nodes.length === 0) return [];
  const few = await store.select<EdgeRow>(
    `SELECT node, peer, kind, tier, why, forward, toUnixTimestamp64Micro(since) AS since_us,
            toUnixTimestamp64Micro(until) AS until_us, evidence AS proof
     FROM edges WHERE node IN {nodes:Array(String)} LIMIT {few:UInt32}`,
    { nodes, few: Math.min(FEW, limit) },
    options,
  );
  // Nothing was cut, so no node can have more than `limit`. The engine would take as long for its plan as for the rows.
  if (few.length < Math.min(FEW, limit)) return eachOnce(few.map(edgeOf));
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
  return rows.map(edgeOf);
}

function edgeOf(row: EdgeRow): StoredEdge {
  return {
    node: row.node,
    peer: row.peer,
    kind: row.kind,
    tier: row.tier,
    why: row.why,
    forward: Number(row.forward) === 1,
    sinceUs: Number(row.since_us),
    untilUs: Number(row.until_us),
    evidence: readEvidence(row.proof),
  };
}

/** One edge of all rows that tell of it. */
function eachOnce(edges: readonly StoredEdge[]): StoredEdge[] {
  const byKey = new Map<string, StoredEdge>();
  for (const edge of edges) {
    const key = `${edge.node}\0${edge.peer}\0${edge.kind}\0${edge.tier}\0${edge.why}\0${edge.forward}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? edge : merged(known, edge));
  }
  return [...byKey.values()].sort(
    (a, b) => compare(a.node, b.node) || a.sinceUs - b.sinceUs || compare(a.peer, b.peer) || compare(a.why, b.why),
  );
}

/** Two rows of one edge: it held from the first to the last of them, and the earliest proof counts. */
export const merged = (a: StoredEdge, b: StoredEdge): StoredEdge => ({
  ...a,
  sinceUs: Math.min(a.sinceUs, b.sinceUs),
  untilUs: Math.max(a.untilUs, b.untilUs),
  evidence: proofOf(b) < proofOf(a) ? b.evidence : a.evidence,
});

/** As it is stored: the smallest is the earliest. */
export const proofOf = ({ evidence }: StoredEdge): string => evidenceText(evidence);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The first row that names an identifier, if anything was ever stored under it. */
export interface Presence {
  readonly node: NodeKey;
  readonly table: 'messages' | 'events' | 'logs';
  readonly id: string;
  readonly atUs: number;
}

/** Texts to look for, by where they would stand. */
export interface Texts {
  readonly messages: readonly string[];
  readonly events: readonly string[];
  readonly logs: readonly string[];
}

const FIRST = `lower(hex(argMin(id, (at, id)))) AS id, toUnixTimestamp64Micro(min(at)) AS at_us`;
const BRANCHES = {
  messages: `SELECT concat('c:', call_id) AS node, 'messages' AS table, ${FIRST}
     FROM messages WHERE call_id IN {messages:Array(String)} GROUP BY call_id`,
  events: `SELECT concat('u:', channel) AS node, 'events' AS table, ${FIRST}
     FROM events WHERE channel IN {events:Array(String)} GROUP BY channel`,
  logs: `SELECT concat('u:', channel) AS node, 'logs' AS table, ${FIRST}
     FROM logs WHERE channel IN {logs:Array(String)} GROUP BY channel`,
} as const;

/** Which of these Call-IDs and channels have facts of their own. */
export async function readPresence(store: Store, texts: Texts, options?: SelectOptions): Promise<Presence[]> {
  const asked = (['messages', 'events', 'logs'] as const).filter((table) => texts[table].length > 0);
  if (asked.length === 0) return [];
  const rows = await store.select<{ node: NodeKey; table: Presence['table']; id: string; at_us: string | number }>(
    asked.map((table) => BRANCHES[table]).join(' UNION ALL '),
    Object.fromEntries(asked.map((table) => [table, texts[table]])),
    options,
  );
  return rows.map(({ node, table, id, at_us }) => ({ node, table, id, atUs: Number(at_us) }));
}

/** Whether there are events of these channels, log lines of these channels or Call-IDs, anything about these twins. */
export async function readThere(
  store: Store,
  wanted: Texts & { readonly channels: readonly string[]; readonly lines: readonly string[] },
  options?: SelectOptions,
): Promise<{ readonly events: boolean; readonly logs: boolean; readonly twins: boolean }> {
  const { messages, channels, lines } = wanted;
  const events = [...channels, ...wanted.events];
  const logs = [...lines, ...wanted.logs];
  const branches = [
    messages.length > 0 &&
      `SELECT DISTINCT 'messages' AS place, call_id AS text FROM messages WHERE call_id IN {messages:Array(String)}`,
    events.length > 0 &&
      `SELECT DISTINCT 'events' AS place, channel AS text FROM events WHERE channel IN {events:Array(String)}`,
    logs.length > 0 &&
      `SELECT DISTINCT 'logs' AS place, if(channel = '', call_id, channel) AS text FROM logs
       WHERE channel IN {logs:Array(String)} OR (channel = '' AND call_id IN {logs:Array(String)})`,
  ].filter((branch) => branch !== false);
  if (branches.length === 0) return { events: false, logs: false, twins: false };
  const rows = await store.select<{ place: keyof Texts; text: string }>(
    branches.join(' UNION ALL '),
    { messages, events, logs },
    options,
  );
  const at = (place: keyof Texts, texts: readonly string[]): boolean =>
    rows.some((row) => row.place === place && texts.includes(row.text));
  return {
    events: at('events', channels),
    logs: at('logs', lines),
    twins: at('messages', messages) || at('events', wanted.events) || at('logs', wanted.logs),
  };
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
