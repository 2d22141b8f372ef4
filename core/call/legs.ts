import { type NodeKey, nodeLetter, nodeText } from '../model/edge.ts';
import type { Channel } from './channel.ts';
import type { Dialog } from './dialog.ts';
import { IDENTITY } from './graph/guess.ts';
import type { Component } from './graph/walk.ts';
import { outcomeOfCause, outcomeOfStatus } from './outcome.ts';
import type { LegOutcome, Party } from './types.ts';

/** One Call-ID with the channels that speak it, or a channel that speaks no SIP (a loopback half). */
export interface LegFacts {
  readonly id: string;
  readonly callId?: string;
  readonly dialog?: Dialog;
  readonly channels: readonly Channel[];
  readonly from: Party;
  readonly to: Party;
  parent?: LegFacts;
  readonly startedUs: number;
  readonly lastUs: number;
  readonly ringingUs?: number;
  readonly answeredUs?: number;
  readonly endedUs?: number;
  readonly finalStatus?: number;
  readonly hangupCause?: string;
  readonly hungUpBy?: 'originator' | 'answerer';
  readonly outcome: LegOutcome;
}

/** The legs of a call, oldest first. */
export function buildLegs(
  component: Component,
  dialogs: ReadonlyMap<string, Dialog>,
  channels: ReadonlyMap<string, Channel>,
): LegFacts[] {
  const callIdOf = new Map<NodeKey, string>();
  for (const edge of component.edges) {
    // A guess names the dialog as well; a proof comes first, as edges stand in the order of their time.
    if (!IDENTITY.has(edge.why) && edge.kind !== 'guess') continue;
    const [u, c] = nodeLetter(edge.node) === 'u' ? [edge.node, edge.peer] : [edge.peer, edge.node];
    if (nodeLetter(u) === 'u' && nodeLetter(c) === 'c' && !callIdOf.has(u)) callIdOf.set(u, nodeText(c));
  }
  const byCallId = new Map<string, Channel[]>();
  const legOf = new Map<string, LegFacts>();
  const legs: LegFacts[] = [];
  for (const node of component.nodes) {
    if (nodeLetter(node) === 'c') byCallId.set(nodeText(node), []);
  }
  const lone: Channel[] = [];
  for (const channel of channels.values()) {
    const speaks = byCallId.get(callIdOf.get(`u:${channel.uuid}`) ?? '');
    if (speaks === undefined) lone.push(channel);
    else speaks.push(channel);
  }
  for (const [callId, speaking] of byCallId) {
    const dialog = dialogs.get(callId);
    if (dialog === undefined && speaking.length === 0) continue;
    legs.push(makeLeg(callId, dialog, speaking));
  }
  for (const channel of lone) legs.push(makeLeg(undefined, undefined, [channel]));
  for (const leg of legs) for (const { uuid } of leg.channels) legOf.set(uuid, leg);
  for (const edge of component.edges) {
    if (edge.kind !== 'parent') continue;
    const parent = legOf.get(nodeText(edge.node));
    const child = legOf.get(nodeText(edge.peer));
    if (parent !== undefined && child !== undefined && parent !== child && !isAncestor(child, parent)) {
      child.parent ??= parent;
    }
  }
  return legs.sort((a, b) => a.startedUs - b.startedUs || (a.id < b.id ? -1 : 1));
}

function isAncestor(leg: LegFacts, of: LegFacts): boolean {
  for (let up: LegFacts | undefined = of; up !== undefined; up = up.parent) if (up === leg) return true;
  return false;
}

function makeLeg(callId: string | undefined, dialog: Dialog | undefined, channels: readonly Channel[]): LegFacts {
  const sorted = [...channels].sort((a, b) => a.startedUs - b.startedUs || (a.uuid < b.uuid ? -1 : 1));
  const channel = sorted[0];
  // The wire is asked before the switch: its times are exact, the switch's are those of a 20 ms tick.
  const pick = <K extends 'ringingUs' | 'answeredUs' | 'endedUs'>(key: K): number | undefined =>
    dialog?.[key] ?? channel?.[key];
  const hungUpBy = dialog?.hungUpBy ?? hungUpByChannel(channel);
  const cause = sorted.find((c) => c.hangupCause !== undefined)?.hangupCause;
  const ringingUs = pick('ringingUs');
  const answeredUs = pick('answeredUs');
  const endedUs = pick('endedUs');
  return {
    id: callId ?? channel?.uuid ?? '',
    ...(callId === undefined ? {} : { callId }),
    ...(dialog === undefined ? {} : { dialog }),
    channels: sorted,
    from: dialog?.from ?? channel?.from ?? { number: '', name: '' },
    to: dialog?.to ?? channel?.to ?? { number: '', name: '' },
    startedUs: dialog?.startedUs ?? channel?.startedUs ?? 0,
    lastUs: Math.max(dialog?.lastUs ?? 0, ...sorted.map((c) => c.lastUs)),
    ...(ringingUs === undefined ? {} : { ringingUs }),
    ...(answeredUs === undefined ? {} : { answeredUs }),
    ...(endedUs === undefined ? {} : { endedUs }),
    ...(dialog?.finalStatus === undefined ? {} : { finalStatus: dialog.finalStatus }),
    ...(cause === undefined ? {} : { hangupCause: cause }),
    ...(hungUpBy === undefined ? {} : { hungUpBy }),
    outcome: outcomeOf(dialog, answeredUs, endedUs, cause),
  };
}

function outcomeOf(
  dialog: Dialog | undefined,
  answeredUs: number | undefined,
  endedUs: number | undefined,
  cause: string | undefined,
): LegOutcome {
  // The switch says so even of a leg that answered too late: its 200 is on the wire, and a BYE at once.
  if (cause === 'LOSE_RACE' || cause === 'PICKED_OFF') return 'lost_race';
  if (answeredUs !== undefined) return endedUs === undefined && cause === undefined ? 'in_progress' : 'answered';
  if (dialog?.finalStatus !== undefined) return outcomeOfStatus(dialog.finalStatus, dialog.cancelled);
  if (cause !== undefined) return outcomeOfCause(cause);
  return endedUs === undefined ? 'in_progress' : 'failed';
}

/** sip_hangup_disposition says which side of this channel ended it; the channel's direction says which side that is. */
function hungUpByChannel(channel: Channel | undefined): 'originator' | 'answerer' | undefined {
  if (channel === undefined || channel.direction === '') return undefined;
  const received = channel.disposition === 'recv_bye' || channel.disposition === 'recv_cancel';
  const sent = channel.disposition === 'send_bye' || channel.disposition === 'send_cancel';
  if (!received && !sent) return undefined;
  return received === (channel.direction === 'inbound') ? 'originator' : 'answerer';
}
