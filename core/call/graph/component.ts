import type { JoinKind, NodeKey } from '../../model/edge.ts';
import { proofOf, type StoredEdge } from '../read/edges.ts';
import type { Refusal } from './tenant.ts';

/** An edge between two identifiers of calls. */
export interface Join extends StoredEdge {
  readonly kind: JoinKind;
}

/** The identifiers of one call, and why they belong together. */
export interface Component {
  readonly nodes: ReadonlySet<NodeKey>;
  /** Each edge once, oriented from its first end. Only those between two nodes of the call. */
  readonly edges: readonly Join[];
  /** Edges that lead out of the call and were not followed. */
  readonly links: readonly Join[];
  /** Far ends of such edges that would have been followed, but for the tenant they are of. */
  readonly refused: ReadonlyMap<NodeKey, Refusal>;
  /** Whose call it is; undefined when no leg of it says so. */
  readonly tenant: string | undefined;
  readonly truncated: boolean;
}

/** The edges of the nodes that a walk has seen: those between two of them, and those that lead out. */
export function collect(
  nodes: ReadonlySet<NodeKey>,
  seen: ReadonlyMap<NodeKey, readonly StoredEdge[]>,
): Pick<Component, 'edges' | 'links'> {
  const edges = new Map<string, Join>();
  const links = new Map<string, Join>();
  for (const touching of seen.values()) {
    for (const edge of touching) {
      if (!isJoin(edge)) continue;
      const [a, b] = edge.forward ? [edge.node, edge.peer] : [edge.peer, edge.node];
      const inside = nodes.has(edge.peer) && nodes.has(edge.node);
      const key = `${a}\0${b}\0${edge.kind}\0${edge.why}\0${edge.tier}`;
      const into = inside ? edges : links;
      const known = into.get(key);
      // Two ends may offer different proofs; the earliest is the same from wherever the walk began.
      if (known !== undefined && proofOf(edge) >= proofOf(known)) continue;
      into.set(key, inside ? { ...edge, node: a, peer: b, forward: true } : edge);
    }
  }
  const sorted = (map: Map<string, Join>): Join[] =>
    [...map.entries()].sort(([x, a], [y, b]) => a.sinceUs - b.sinceUs || (x < y ? -1 : 1)).map(([, edge]) => edge);
  return { edges: sorted(edges), links: sorted(links) };
}

const isJoin = (edge: StoredEdge): edge is Join => edge.kind !== 'tenant';
