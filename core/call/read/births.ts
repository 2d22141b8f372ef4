import { type Evidence, type NodeKey, readEvidence } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';

/** When a leg began, by the earliest witness, and between which numbers. */
export interface BirthFact {
  readonly node: NodeKey;
  /** The switch that says so, "" for a packet. */
  readonly switch: string;
  readonly direction: 'inbound' | 'outbound' | '';
  readonly fromKey: string;
  readonly toKey: string;
  /** The channel that dialled it, "" for none. */
  readonly parent: string;
  readonly atUs: number;
  /** Every time it was seen, hop by hop; oldest first. */
  readonly seenUs: readonly number[];
  readonly evidence: Evidence;
}

type Row = Record<string, string | number | readonly (string | number)[]>;

const COLUMNS = `node, switch, direction, to_key, arraySort(groupUniqArray(100)(toUnixTimestamp64Micro(at))) AS seen, argMin(from_key, at) AS from_key, argMin(parent, at) AS parent,
  toUnixTimestamp64Micro(min(at)) AS at_us, min(evidence) AS proof`;

/** Births of these legs. */
export async function readBirthsOf(
  store: Store,
  nodes: readonly NodeKey[],
  options?: SelectOptions,
): Promise<BirthFact[]> {
  if (nodes.length === 0) return [];
  const rows = await store.select<Row>(
    `SELECT ${COLUMNS} FROM births WHERE node IN {nodes:Array(String)} GROUP BY node, switch, direction, to_key ORDER BY at_us, node`,
    { nodes },
    options,
  );
  return rows.map(birthOf);
}

/** Births of any leg to this number within a stretch of time. */
export async function readBirthsNear(
  store: Store,
  toKey: string,
  sinceUs: number,
  untilUs: number,
  options?: SelectOptions,
): Promise<BirthFact[]> {
  const rows = await store.select<Row>(
    `SELECT ${COLUMNS} FROM births
     WHERE to_key = {toKey:String} AND at BETWEEN fromUnixTimestamp64Micro({since:Int64}) AND fromUnixTimestamp64Micro({until:Int64})
     GROUP BY node, switch, direction, to_key ORDER BY at_us, node LIMIT 1000`,
    { toKey, since: sinceUs, until: untilUs },
    options,
  );
  return rows.map(birthOf);
}

function birthOf(row: Row): BirthFact {
  return {
    node: String(row.node) as NodeKey,
    switch: String(row.switch),
    direction: String(row.direction) as BirthFact['direction'],
    fromKey: String(row.from_key),
    toKey: String(row.to_key),
    parent: String(row.parent),
    atUs: Number(row.at_us),
    seenUs: (Array.isArray(row.seen) ? row.seen : []).map(Number),
    evidence: readEvidence(String(row.proof)),
  };
}
