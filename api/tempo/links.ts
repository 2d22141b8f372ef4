import type { FoundCall } from '../../core/call/find.ts';
import type { Join } from '../../core/call/graph/component.ts';
import type { LegFacts } from '../../core/call/legs.ts';
import { callIdNode, channelNode, isLeg, type JoinKind, type NodeKey } from '../../core/model/edge.ts';

/** That two legs are of one call, and every rule of one kind that says so. `to` originated `from` or began before it. */
export interface LegLink {
  readonly from: LegFacts;
  readonly to: LegFacts;
  readonly kind: JoinKind;
  readonly edges: readonly Join[];
}

/**
 * The edges between two legs, one link a pair and kind. A value or bridge that several legs share joins each of them with
 * the first. Two names of one leg are no link.
 */
export function linksOf({ legs, component }: Pick<FoundCall, 'legs' | 'component'>): LegLink[] {
  const legOf = new Map<NodeKey, LegFacts>();
  for (const leg of legs) {
    if (leg.callId !== undefined) legOf.set(callIdNode(leg.callId), leg);
    for (const { uuid } of leg.channels) legOf.set(channelNode(uuid), leg);
  }
  const links = new Map<string, { from: LegFacts; to: LegFacts; kind: JoinKind; edges: Join[] }>();
  const add = (a: LegFacts | undefined, b: LegFacts | undefined, edge: Join): void => {
    if (a === undefined || b === undefined || a === b) return;
    // Who originated whom is said by the edge; for the rest the later leg points at the earlier one.
    const [to, from] = edge.kind === 'parent' || legs.indexOf(a) < legs.indexOf(b) ? [a, b] : [b, a];
    const key = `${from.id}\0${to.id}\0${edge.kind}`;
    const known = links.get(key);
    if (known === undefined) links.set(key, { from, to, kind: edge.kind, edges: [edge] });
    else if (!known.edges.some(({ why }) => why === edge.why)) known.edges.push(edge);
  };
  const shared = new Map<NodeKey, { leg: LegFacts; edge: Join }[]>();
  for (const edge of component.edges) {
    for (const [leg, other] of [
      [edge.node, edge.peer],
      [edge.peer, edge.node],
    ] as const) {
      const held = legOf.get(leg);
      if (held === undefined || isLeg(other)) continue;
      shared.set(other, [...(shared.get(other) ?? []), { leg: held, edge }]);
    }
    add(legOf.get(edge.node), legOf.get(edge.peer), edge);
  }
  for (const members of shared.values()) {
    const sorted = members.toSorted((a, b) => legs.indexOf(a.leg) - legs.indexOf(b.leg));
    for (const { leg, edge } of sorted) add(sorted[0]?.leg, leg, edge);
  }
  return [...links.values()];
}
