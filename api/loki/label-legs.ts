import { readCallLine } from '../../core/call/call-line.ts';
import { IDENTITY } from '../../core/call/graph/guess.ts';
import { readLabels, readLines } from '../../core/call/read/listed-rows.ts';
import { readTenants } from '../../core/call/read/tenants.ts';
import { callIdNode, channelNode, type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { shows } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { traceIdOfLine } from '../call/trace.ts';
import { type Known, spokenIn } from './legs.ts';

/** What is known of the leg that a line belongs to; '' for what is not. */
export interface LegLabels {
  readonly callId: string;
  readonly tenant: string;
  readonly traceId: string;
}

export interface Leg {
  readonly callId: string;
  readonly channel: string;
}

/** Names that fit into one statement. */
const AT_ONCE = 1000;

/**
 * Looks up, for all lines of an answer together, which Call-ID a channel speaks, whose the leg is, and the trace of its
 * call as far as the linker has put that together or the query has walked it. Five small selects at most.
 */
export async function labelLegs(
  rows: readonly Leg[],
  known: Known,
  store: Store,
  options: SelectOptions,
): Promise<(leg: Leg) => LegLabels> {
  const nodes = [...new Set(rows.map(nodeOf).filter((node) => node !== undefined))];
  const spoken = await readSpoken(
    store,
    nodes.filter((node) => nodeLetter(node) === 'u' && !known.callIdOf.has(nodeText(node))),
    options,
  );
  const [tenants, traces] = await Promise.all([
    inPieces(nodes, (piece) => readTenants(store, piece, options)),
    readTraces(
      store,
      nodes.filter((node) => !known.traceIdOf.has(node)),
      options,
    ),
  ]);
  return (leg) => {
    const node = nodeOf(leg);
    if (node === undefined) return { callId: '', tenant: '', traceId: '' };
    return {
      callId: leg.callId || (known.callIdOf.get(leg.channel) ?? spoken.get(leg.channel) ?? ''),
      tenant: tenants.get(node) ?? '',
      traceId: known.traceIdOf.get(node) ?? traces.get(node) ?? '',
    };
  };
}

const nodeOf = ({ callId, channel }: Leg): NodeKey | undefined =>
  channel !== '' ? channelNode(channel) : callId !== '' ? callIdNode(callId) : undefined;

async function inPieces<K, V>(
  nodes: readonly NodeKey[],
  read: (piece: readonly NodeKey[]) => Promise<ReadonlyMap<K, V>>,
): Promise<Map<K, V>> {
  const all = new Map<K, V>();
  for (let from = 0; from < nodes.length; from += AT_ONCE) {
    for (const [key, value] of await read(nodes.slice(from, from + AT_ONCE))) all.set(key, value);
  }
  return all;
}

/** Which Call-ID each of these channels speaks. */
export const readSpoken = (
  store: Store,
  channels: readonly NodeKey[],
  options: SelectOptions,
): Promise<Map<string, string>> =>
  inPieces(channels, async (nodes) => {
    const rows = await store.select<{ node: NodeKey; peer: NodeKey; why: string }>(
      `SELECT node, peer, why FROM edges
       WHERE node IN {nodes:Array(String)} AND why IN {why:Array(String)} AND startsWith(peer, 'c:')
       ORDER BY node, since, peer`,
      { nodes, why: [...IDENTITY] },
      options,
    );
    return spokenIn(rows);
  });

const readTraces = (store: Store, nodes: readonly NodeKey[], options: SelectOptions): Promise<Map<NodeKey, string>> =>
  inPieces(nodes, async (piece) => {
    const labels = await readLabels(store, piece, options);
    const lines = await readLines(store, [...new Set(labels.values())], options);
    const traces = new Map<NodeKey, string>();
    for (const [node, id] of labels) {
      const line = lines.get(id) ?? '';
      // A leg that two tenants share may have its label from the call of the other one.
      if (line !== '' && shows(options, readCallLine(id, line).tenant)) traces.set(node, traceIdOfLine(id, line));
    }
    return traces;
  });
