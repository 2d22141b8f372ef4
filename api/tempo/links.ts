import type { FoundCall } from '../../core/call/find.ts';
import type { Join } from '../../core/call/graph/component.ts';
import type { LegFacts } from '../../core/call/legs.ts';
import { callIdNode, channelNode, isLeg, type NodeKey } from '../../core/model/edge.ts';

/** That two legs are of one call, and the rule that says so. `to` began first or originated `from`. */
export interface LegLink {
  readonly from: LegFacts;
  readonly to: LegFacts;
  readonly edge: Join;
}

/**
 * The edges between two legs, each pair of legs and rule once. A value or bridge that several legs share joins each of
 * them with the first. Two names of one leg are no link.
 */
export function linksOf({ legs, component }: Pick<FoundCall, 'legs' | 'component'>): LegLink[] {
  const legOf = new Map<NodeKey, LegFacts>();
  for (const leg of legs) {
    if (leg.callId !== undefined) legOf.set(callIdNode(leg.callId), leg);
    for (const { uuid } of leg.channels) legOf.set(channelNode(uuid), leg);
  }
  const links = new Map<string, LegLink>();
  const add = (to: LegFacts | undefined, from: LegFacts | undefined, edge: Join): void => {
    if (to === undefined || from === undefined || to === from) return;
    const key = `${from.id}\0${to.id}\0${edge.kind}\0${edge.why}`;
    if (!links.has(key)) links.set(key, { from, to, edge });
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
    const sorted = members.toSorted((a, b) => a.leg.startedUs - b.leg.startedUs || (a.leg.id < b.leg.id ? -1 : 1));
    for (const { leg, edge } of sorted) add(sorted[0]?.leg, leg, edge);
  }
  return [...links.values()];
}
