import type { FoundCall } from '../../core/call/find.ts';
import { type NodeKey, nodeLetter } from '../../core/model/edge.ts';
import type { Row } from '../../core/store/tables.ts';

/** The Call-IDs and channels of a call: what a label is written for. */
export const legsOf = (call: FoundCall): NodeKey[] =>
  [...call.component.nodes].filter((node) => nodeLetter(node) === 'c' || nodeLetter(node) === 'u');

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
export function callRow(call: FoundCall, version: number, nowUs: number): Row<'calls'> {
  const { root, startedUs, lastUs, ringingUs, answeredUs, endedUs, outcome, attempts, ...rest } = call.facts;
  return {
    id: root.id,
    since: startedUs,
    until: lastUs,
    arrived: nowUs,
    method: root.dialog?.method ?? 'INVITE',
    ringing: ringingUs ?? 0,
    answered: answeredUs ?? 0,
    ended: endedUs ?? 0,
    from_number: root.from.number,
    from_name: root.from.name,
    to_number: root.to.number,
    to_name: root.to.name,
    outcome,
    final_status: rest.finalStatus ?? 0,
    hangup_cause: rest.hangupCause ?? '',
    hung_up_by: rest.hungUpBy ?? '',
    attempts: attempts.total,
    failed_attempts: attempts.failed,
    legs: call.legs.length,
    call_ids: call.callIds.join('\n'),
    channels: call.channelUuids.join('\n'),
    nodes: nodesOf(call).join('\n'),
    tenant: call.component.tenant ?? '',
    truncated: call.component.truncated ? 1 : 0,
    gone: 0,
    version,
  };
}

/** Says that a call no longer has this id: its legs have become part of another one. */
export function goneRow(id: string, version: number, nowUs: number): Row<'calls'> {
  return {
    id,
    since: 0,
    until: 0,
    arrived: nowUs,
    method: '',
    ringing: 0,
    answered: 0,
    ended: 0,
    from_number: '',
    from_name: '',
    to_number: '',
    to_name: '',
    outcome: '',
    final_status: 0,
    hangup_cause: '',
    hung_up_by: '',
    attempts: 0,
    failed_attempts: 0,
    legs: 0,
    call_ids: '',
    channels: '',
    nodes: '',
    tenant: '',
    truncated: 0,
    gone: 1,
    version,
  };
}
