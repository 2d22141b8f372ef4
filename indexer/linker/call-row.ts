import { packCallLine, type SessionFacts } from '../../core/call/call-line.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { isLeg, type NodeKey } from '../../core/model/edge.ts';
import type { Row } from '../../core/store/tables.ts';

/** The Call-IDs and channels of a call: what a label is written for. */
export const legsOf = (call: FoundCall): NodeKey[] => [...call.component.nodes].filter(isLeg);

/** Names of the nodes and sensors that saw a call. */
export function nodesOf({ legs }: Pick<FoundCall, 'legs'>): string[] {
  const nodes = new Set<string>();
  for (const { channels, dialog } of legs) {
    for (const { node } of channels) nodes.add(node);
    for (const sensor of dialog?.sensors ?? []) nodes.add(sensor);
  }
  return [...nodes].sort();
}

/** A call as a row of lists and statistics. */
export function callRow(call: FoundCall, version: number, nowUs: number, session?: SessionFacts): Row<'calls'> {
  const { root, lastUs, ...facts } = call.facts;
  const { tenant, truncated } = call.component;
  const method = root.dialog?.method ?? 'INVITE';
  return {
    id: root.id,
    since: facts.startedUs,
    until: lastUs,
    arrived: nowUs,
    method,
    answered: facts.answeredUs ?? 0,
    ended: facts.endedUs ?? 0,
    from_number: root.from.number,
    to_number: root.to.number,
    outcome: facts.outcome,
    final_status: facts.finalStatus ?? 0,
    hangup_cause: facts.hangupCause ?? '',
    tenant: tenant ?? '',
    line: packCallLine(
      {
        ...facts,
        id: root.id,
        untilUs: lastUs,
        method,
        from: root.from,
        to: root.to,
        legs: call.legs.length,
        callIds: call.callIds,
        channelUuids: call.channelUuids,
        nodes: nodesOf(call),
        ...(tenant === undefined ? {} : { tenant }),
        truncated,
      },
      session,
    ),
    gone: 0,
    version,
  };
}

/** The same call where the newest are looked for. */
export const endingRow = (node: NodeKey, { until, since, arrived }: Row<'calls'>): Row<'endings'> => ({
  until,
  node,
  since,
  arrived,
});

/** Says that a call no longer has this id: its legs have become part of another one. */
export function goneRow(id: string, version: number, nowUs: number): Row<'calls'> {
  return {
    id,
    since: 0,
    until: 0,
    arrived: nowUs,
    method: '',
    answered: 0,
    ended: 0,
    from_number: '',
    to_number: '',
    outcome: '',
    final_status: 0,
    hangup_cause: '',
    tenant: '',
    line: '',
    gone: 1,
    version,
  };
}
