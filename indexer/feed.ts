import type { DialogOutline } from '../core/call/dialog-outline.ts';
import type { Micros } from '../core/model/capture-event.ts';
import type { Edge } from '../core/model/edge.ts';
import type { Row } from '../core/store/tables.ts';

/** What the linker reads, in the order in which it was written: outlines of dialogs, and edges, each once. */

export function dialogRow(callId: string, outline: DialogOutline, written: Micros): Row<'dialogs'> {
  const { named } = outline;
  return {
    arrived: written,
    call_id: callId,
    since: outline.sinceUs,
    until: outline.untilUs,
    named: named === undefined ? 3 : named.rank,
    named_at: named?.atUs ?? 0,
    method: named?.method ?? '',
    from_user: named?.from.number ?? '',
    from_name: named?.from.name ?? '',
    from_tag: named?.fromTag ?? '',
    to_user: named?.to.number ?? '',
    to_name: named?.to.name ?? '',
    src: named?.src ?? '',
    ringing: outline.ringingUs,
    bye: outline.byeUs,
    bye_tag: outline.byeTag,
    cancelled: outline.cancelled ? 1 : 0,
    finals: outline.finals.map(({ key, firstUs, lastUs }) => `${firstUs} ${lastUs} ${key}`).join('\n'),
    sensors: outline.sensors.join('\n'),
  };
}

export function joinRow(edge: Edge, evidence: string, written: Micros): Row<'joins'> {
  return {
    arrived: written,
    a: edge.a,
    b: edge.b,
    kind: edge.kind,
    tier: edge.tier,
    why: edge.why,
    since: edge.fromUs,
    until: edge.untilUs,
    evidence,
  };
}
