import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readEdges, readPresence, type StoredEdge } from '../read/edges.ts';

/** No node of a real call has more; one that has is a hub, and the walk stops there. */
export const MAX_EDGES_PER_NODE = 2000;

/** Answers which edges touch a node. */
export type Neighbours = (node: NodeKey) => Promise<readonly StoredEdge[]>;

/**
 * Looks up edges for many walks at once: what is asked in one turn of the event loop becomes one query, so a page of
 * search results costs as many queries as the deepest of its calls, not as their sum. Answers are kept for the life
 * of the reader, which is one request.
 */
export function createNeighbours(store: Store, options?: SelectOptions): Neighbours {
  const known = new Map<NodeKey, Promise<readonly StoredEdge[]>>();
  let waiting: { node: NodeKey; resolve: (edges: StoredEdge[]) => void; reject: (error: unknown) => void }[] = [];

  const flush = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const nodes = asked.map(({ node }) => node);
      const [edges, equal] = await Promise.all([
        readEdges(store, nodes, MAX_EDGES_PER_NODE, options),
        readEqualTexts(store, nodes, options),
      ]);
      const byNode = new Map<NodeKey, StoredEdge[]>(nodes.map((node) => [node, []]));
      for (const edge of [...edges, ...equal]) byNode.get(edge.node)?.push(edge);
      for (const { node, resolve } of asked) resolve(byNode.get(node) ?? []);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };

  return (node) => {
    const cached = known.get(node);
    if (cached !== undefined) return cached;
    const answer = new Promise<readonly StoredEdge[]>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void flush());
      waiting.push({ node, resolve, reject });
    });
    known.set(node, answer);
    return answer;
  };
}

/**
 * A Call-ID and a channel UUID with the same text are one leg: sofia's `outbound-use-uuid-as-callid` and
 * `inbound-use-callid-as-uuid` make them so. The same holds for a value that the site carries in a header: it usually
 * is the Call-ID or UUID of the first leg. No single event proves it, so it is looked up, not stored.
 */
async function readEqualTexts(store: Store, nodes: readonly NodeKey[], options?: SelectOptions): Promise<StoredEdge[]> {
  const callIds = new Map<string, NodeKey>();
  const channels = new Map<string, NodeKey>();
  for (const node of nodes) {
    const text = nodeText(node);
    const letter = nodeLetter(node);
    if (letter === 'c' || letter === 'v') channels.set(text, node);
    if (letter === 'u' || letter === 'v') callIds.set(text, node);
  }
  if (callIds.size + channels.size === 0) return [];
  const present = await readPresence(store, [...callIds.keys()], [...channels.keys()], options);
  return present.flatMap(({ node: peer, table, id, atUs }): StoredEdge[] => {
    const from = (nodeLetter(peer) === 'c' ? callIds : channels).get(nodeText(peer));
    if (from === undefined) return [];
    return [
      {
        node: from,
        peer,
        kind: 'merge',
        tier: 'wire',
        why: 'same_text',
        // Oriented alike from either end, so that it is one edge: channel or value first, Call-ID second.
        forward: nodeLetter(from) !== 'c',
        sinceUs: atUs,
        untilUs: atUs,
        evidence: { table, id, atUs },
      },
    ];
  });
}
