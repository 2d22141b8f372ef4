import { type NodeKey, type NodeLetter, nodeLetter, nodeText } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { type Presence, proofOf, readEdges, readPresence, type StoredEdge, type Texts } from '../read/edges.ts';

/** No node of a real call has more; one that has is a hub, and the walk stops there. */
export const MAX_EDGES_PER_NODE = 2000;

/** Answers which edges touch a node. */
export type Neighbours = (node: NodeKey) => Promise<readonly StoredEdge[]>;

/** Answers which of these Call-IDs and channels have facts of their own. `asked` are the nodes that the walk is at. */
export type PresenceOf = (twins: readonly NodeKey[], asked: readonly NodeKey[]) => Promise<readonly Presence[]>;

/** What goes along with the look-ups. */
export interface Company {
  /** Answers which twins there are; asks the store when absent. */
  readonly presenceOf?: PresenceOf;
  /**
   * For the walk of one call: what it will most likely come to is looked up before it does. That changes when something is
   * read, and never what is found. Answers what is believed to be the call.
   */
  readonly expected?: () => Promise<readonly NodeKey[]>;
}

/** A real call has fewer legs; more of them may be a hub's, to which the walk does not go. */
const MAX_AHEAD = 20;

/**
 * Looks up edges for many walks at once: what is asked in one turn of the event loop becomes one query, so a page of
 * search results costs as many queries as the deepest of its calls, not as their sum. Answers are kept for the life
 * of the reader, which is one request.
 */
export function createNeighbours(store: Store, options?: SelectOptions, company: Company = {}): Neighbours {
  const { presenceOf = (twins) => readPresence(store, textsOf(twins), options), expected } = company;
  const known = new Map<NodeKey, Promise<readonly StoredEdge[]>>();
  let waiting: Asked[] = [];
  /** How many more far ends may be looked up before the walk has come to them. */
  let ahead = MAX_AHEAD;
  let isForetold = false;

  const ask = (node: NodeKey): Promise<readonly StoredEdge[]> => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly StoredEdge[]>();
    if (waiting.length === 0) setImmediate(() => void flush());
    waiting.push({ node, resolve, reject });
    known.set(node, promise);
    // What was looked up ahead may fail unseen.
    promise.catch(() => undefined);
    return promise;
  };

  const lookAhead = (edges: readonly StoredEdge[]): void => {
    if (expected === undefined || edges.length === 0) return;
    for (const { kind, peer } of edges) {
      if (kind !== 'merge' || nodeLetter(peer) === 'v' || known.has(peer) || ahead === 0) continue;
      ahead -= 1;
      ask(peer);
    }
    if (isForetold) return;
    // There is more to the call than was asked for.
    isForetold = true;
    expected().then(
      (nodes) => {
        for (const node of nodes) if (!known.has(node)) ask(node);
      },
      () => undefined,
    );
  };

  const flush = async (): Promise<void> => {
    const asked = waiting;
    waiting = [];
    try {
      const nodes = asked.map(({ node }) => node);
      const askers = askersOf(nodes);
      // A value is there when a leg carries it, and that is an edge: it comes along with the edges of its twins.
      const values = [...askers.keys()].filter((twin) => nodeLetter(twin) === 'v');
      const others = [...askers.keys()].filter((twin) => nodeLetter(twin) !== 'v');
      const [edges, present] = await Promise.all([
        readEdges(store, [...new Set([...nodes, ...values])], MAX_EDGES_PER_NODE, options).then((found) => {
          lookAhead(found);
          return found;
        }),
        presenceOf(others, nodes),
      ]);
      const byNode = new Map<NodeKey, StoredEdge[]>(nodes.map((node) => [node, []]));
      for (const edge of edges) byNode.get(edge.node)?.push(edge);
      const carried = carriedValues(edges, new Set(values));
      for (const edge of equalTexts([...present, ...carried], askers)) byNode.get(edge.node)?.push(edge);
      for (const { node, resolve } of asked) resolve(byNode.get(node) ?? []);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  };

  return (node) => known.get(node) ?? ask(node);
}

/** A node whose edges are being looked up. */
interface Asked {
  readonly node: NodeKey;
  resolve(edges: readonly StoredEdge[]): void;
  reject(error: unknown): void;
}

/** The first end of an edge between equal texts, so that it is one edge from either side. */
const RANK = { v: 0, u: 1, c: 2, b: 3, h: 3, t: 3 } as const;

/** What else may have the text of a node. */
export const TWINS: Readonly<Record<NodeLetter, readonly NodeLetter[]>> = {
  c: ['u', 'v'],
  u: ['c', 'v'],
  v: ['c', 'u'],
  b: [],
  h: [],
  t: [],
};

/** What else may have the text of one of these nodes, and which of them it is the twin of. */
function askersOf(nodes: readonly NodeKey[]): Map<NodeKey, NodeKey[]> {
  const askers = new Map<NodeKey, NodeKey[]>();
  for (const node of nodes) {
    for (const letter of TWINS[nodeLetter(node)]) {
      const twin: NodeKey = `${letter}:${nodeText(node)}`;
      const own = askers.get(twin);
      if (own === undefined) askers.set(twin, [node]);
      else own.push(node);
    }
  }
  return askers;
}

/** The texts of twins, by where they would stand. */
export function textsOf(twins: readonly NodeKey[]): Texts {
  const of = (letter: 'c' | 'u'): string[] => twins.filter((node) => nodeLetter(node) === letter).map(nodeText);
  return { messages: of('c'), events: of('u'), logs: of('u') };
}

/** The earliest proof that a leg carries each of these values. */
function carriedValues(edges: readonly StoredEdge[], values: ReadonlySet<NodeKey>): Presence[] {
  const first = new Map<NodeKey, StoredEdge>();
  for (const edge of edges) {
    if (!values.has(edge.node)) continue;
    const known = first.get(edge.node);
    if (known === undefined || proofOf(edge) < proofOf(known)) first.set(edge.node, edge);
  }
  return [...first].map(([node, { evidence }]) => ({ node, ...evidence }));
}

/**
 * A Call-ID and a channel UUID with the same text are one leg: sofia's `outbound-use-uuid-as-callid` and
 * `inbound-use-callid-as-uuid` make them so. The same holds for a value that the site carries in a header: it usually
 * is the Call-ID or UUID of the first leg. No single event proves it, so it is looked up, not stored.
 */
const equalTexts = (present: readonly Presence[], askers: ReadonlyMap<NodeKey, readonly NodeKey[]>): StoredEdge[] =>
  present.flatMap(({ node: peer, table, id, atUs }): StoredEdge[] =>
    (askers.get(peer) ?? []).map((node) => equalTextEdge(node, peer, { table, id, atUs })),
  );

/** The edge between two identifiers that are the same text; `evidence` is the first row of the peer. */
export function equalTextEdge(node: NodeKey, peer: NodeKey, evidence: StoredEdge['evidence']): StoredEdge {
  return {
    node,
    peer,
    kind: 'merge',
    tier: 'wire',
    why: 'same_text',
    forward: RANK[nodeLetter(node)] < RANK[nodeLetter(peer)],
    sinceUs: evidence.atUs,
    untilUs: evidence.atUs,
    evidence,
  };
}
