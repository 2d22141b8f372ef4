import type { FoundCall } from '../../core/call/find.ts';
import type { Join } from '../../core/call/graph/component.ts';
import type { Neighbours } from '../../core/call/graph/neighbours.ts';
import { tenantOf } from '../../core/call/graph/tenant.ts';
import type { LegFacts } from '../../core/call/legs.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { onlyOf, shows } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import type { Call, CallEdge, CallSummary, Gap, Identifier, Leg } from '../schemas.ts';
import { isoOf, maybeIso } from '../time.ts';
import { reasonOf } from './reasons.ts';

/** How many related calls an answer names. */
const MAX_LINKS = 100;

export function presentSummary(call: FoundCall): CallSummary {
  return { ...common(call), legCount: call.legs.length };
}

/** `options`: for whom; calls that met this one are named when they may be shown. */
export async function presentCall(call: FoundCall, neighbours: Neighbours, options?: SelectOptions): Promise<Call> {
  return {
    ...common(call),
    legs: call.legs.map(presentLeg),
    edges: call.component.edges.map(presentEdge),
    links: await presentLinks(call, neighbours, options),
    gaps: call.gaps.map(
      ({ node, stream, sinceUs, untilUs, reason }): Gap => ({
        node,
        stream,
        since: isoOf(sinceUs),
        until: isoOf(untilUs),
        reason,
      }),
    ),
  };
}

function common({ facts, legs, callIds, channelUuids, component }: FoundCall): Omit<CallSummary, 'legCount'> {
  const nodes = new Set<string>();
  for (const leg of legs) {
    for (const channel of leg.channels) nodes.add(channel.node);
    for (const sensor of leg.dialog?.sensors ?? []) nodes.add(sensor);
  }
  return {
    id: facts.root.id,
    method: facts.root.dialog?.method ?? 'INVITE',
    callIds: [...callIds],
    channelUuids: [...channelUuids],
    from: facts.root.from,
    to: facts.root.to,
    startedAt: isoOf(facts.startedUs),
    answeredAt: maybeIso(facts.answeredUs),
    endedAt: maybeIso(facts.endedUs),
    ...durationsOf(facts),
    outcome: facts.outcome,
    attempts: { ...facts.attempts },
    finalStatus: facts.finalStatus ?? null,
    hangupCause: facts.hangupCause ?? null,
    hungUpBy: facts.hungUpBy ?? null,
    nodes: [...nodes].sort(),
    tenant: component.tenant ?? null,
    truncated: component.truncated,
  };
}

function presentLeg(leg: LegFacts): Leg {
  return {
    id: leg.id,
    callId: leg.callId ?? null,
    channels: leg.channels.map(({ uuid, node, name, direction, hangupCause }) => ({
      uuid,
      node,
      name,
      direction,
      hangupCause: hangupCause ?? null,
    })),
    method: leg.dialog?.method ?? '',
    from: leg.from,
    to: leg.to,
    parent: leg.parent?.id ?? null,
    ...courseOf(leg),
  };
}

/** How a leg went: when, how long, how it ended. */
export const courseOf = (leg: LegFacts) => ({
  startedAt: isoOf(leg.startedUs),
  ringingAt: maybeIso(leg.ringingUs),
  answeredAt: maybeIso(leg.answeredUs),
  endedAt: maybeIso(leg.endedUs),
  ...durationsOf(leg),
  outcome: leg.outcome,
  finalStatus: leg.finalStatus ?? null,
  hangupCause: leg.hangupCause ?? null,
  hungUpBy: leg.hungUpBy ?? null,
  messages: leg.dialog?.messages ?? 0,
});

interface Moments {
  readonly startedUs: number;
  readonly ringingUs?: number;
  readonly answeredUs?: number;
  readonly endedUs?: number;
}

/** Whole milliseconds; null where one end is not known. A ring ends with the answer, or with the end of the attempt. */
export function durationsOf({
  startedUs,
  ringingUs,
  answeredUs,
  endedUs,
}: Moments): Pick<Leg, 'pddMs' | 'ringMs' | 'setupMs' | 'talkMs'> {
  const between = (from: number | undefined, to: number | undefined): number | null =>
    from === undefined || to === undefined ? null : Math.max(0, Math.round((to - from) / 1000));
  return {
    pddMs: between(startedUs, ringingUs),
    ringMs: between(ringingUs, answeredUs ?? endedUs),
    setupMs: between(startedUs, answeredUs),
    talkMs: between(answeredUs, endedUs),
  };
}

const KINDS = { c: 'call-id', u: 'channel', v: 'value', b: 'bridge', h: 'hub', t: 'hub' } as const;

function identifierOf(node: NodeKey): Identifier {
  return { kind: KINDS[nodeLetter(node)], value: nodeText(node) };
}

function presentEdge(edge: Join): CallEdge {
  return {
    a: identifierOf(edge.node),
    b: identifierOf(edge.peer),
    kind: edge.kind,
    tier: edge.tier,
    why: edge.why,
    reason: reasonOf(edge.why),
    since: isoOf(edge.sinceUs),
    until: isoOf(edge.untilUs),
    evidence: { table: edge.evidence.table, id: edge.evidence.id, at: isoOf(edge.evidence.atUs) },
  };
}

/** Calls that met this one: through a conference the other members, else the leg at the far end of the edge. */
async function presentLinks(
  { component }: FoundCall,
  neighbours: Neighbours,
  options: SelectOptions | undefined,
): Promise<Call['links']> {
  const links = new Map<string, Call['links'][number]>();
  const add = async (node: NodeKey, why: string): Promise<void> => {
    if (component.nodes.has(node) || links.has(node) || links.size >= MAX_LINKS) return;
    if (onlyOf(options) !== undefined && !shows(options, tenantOf(await neighbours(node)))) return;
    const refusal = component.refused.get(node);
    const reason = refusal === undefined ? reasonOf(why) : `${reasonOf(refusal)} ${reasonOf(why)}`;
    links.set(node, { key: nodeText(node), why: refusal ?? why, reason });
  };
  const hubs = new Set<NodeKey>();
  for (const edge of component.links) {
    if (nodeLetter(edge.peer) === 'h') hubs.add(edge.peer);
    else if (nodeLetter(edge.peer) !== 'v') await add(edge.peer, edge.why);
  }
  for (const hub of [...hubs].sort()) {
    const members = [...(await neighbours(hub))].sort((a, b) => a.sinceUs - b.sinceUs || (a.peer < b.peer ? -1 : 1));
    for (const member of members) await add(member.peer, member.why);
  }
  return [...links.values()];
}
