import { MAX_EDGES_PER_NODE } from '../../core/call/graph/neighbours.ts';
import { merged, type StoredEdge } from '../../core/call/read/edges.ts';
import { type NodeKey, nodeLetter } from '../../core/model/edge.ts';

/** What is known of one identifier. */
export interface Known {
  /** Parts of the outline of its dialog, as the feed has them. */
  outline: readonly string[];
  /** Few, so a list: most identifiers have none. */
  edges: readonly StoredEdge[];
  /** Everything that was ever stored of it is here: it began while we listened, or was read from the store. */
  whole: boolean;
  /** When the indexer first and last wrote something about it; epoch µs. */
  readonly firstUs: number;
  heardUs: number;
  /** Something was heard since its call was last put together. */
  dirty: boolean;
  /** When the first such thing was written. */
  dirtyUs: number;
  /** Its call goes on: more will come, and without what is known of it that would have to be read again. */
  talks: boolean;
}

/** Whether facts of its own are stored of it, and not only mentions by others. */
export function isSeen(node: NodeKey, one: Known): boolean {
  return one.outline.length > 0 || (nodeLetter(node) === 'u' && one.edges.length > 0);
}

export const byTime = (a: StoredEdge, b: StoredEdge): number =>
  a.sinceUs - b.sinceUs || (a.peer < b.peer ? -1 : a.peer > b.peer ? 1 : a.why < b.why ? -1 : 1);

export const NO_EDGES: readonly StoredEdge[] = [];
export const NO_OUTLINE: readonly string[] = [];

/** Beyond `GUARDS.maxValueLegs` (core/call/graph/walk.ts) legs, each told by several edges, a value joins nobody: more of them change nothing. */
const MAX_EDGES_OF_VALUE = 256;

/**
 * Adds an edge as the table does: the longest interval, the earliest proof. Of an identifier that half a site names (a header
 * that is the same in all calls) no more is kept than a walk looks at, as each of its legs would go through all of them.
 */
export function note(one: Known, edge: StoredEdge): void {
  const { peer, kind, why, tier, forward } = edge;
  const at = one.edges.findIndex(
    (known) =>
      known.peer === peer &&
      known.why === why &&
      known.kind === kind &&
      known.tier === tier &&
      known.forward === forward,
  );
  const before = one.edges[at];
  if (before === undefined) {
    const most = nodeLetter(edge.node) === 'v' ? MAX_EDGES_OF_VALUE : MAX_EDGES_PER_NODE;
    if (one.edges.length >= most) return;
    one.edges = [...one.edges, edge];
    return;
  }
  one.edges = one.edges.with(at, merged(before, edge));
}
