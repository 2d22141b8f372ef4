import { type ChannelEventSeen, headerOf, headersOf, type Micros } from '../../core/model/capture-event.ts';
import {
  callIdNode,
  channelNode,
  type Edge,
  type EdgeKind,
  hubNode,
  type NodeKey,
  valueNode,
} from '../../core/model/edge.ts';

/**
 * What one FreeSWITCH event proves about which identifiers belong together. Pure: the same event gives the same edges
 * on any worker, in any order, any number of times.
 *
 * Event-Subclass values that carry a Call-ID or UUID of something that is no call: a registration's Call-ID lives for
 * days, a gateway's belongs to its pings.
 */
const NOT_A_CALL =
  /^(sofia::(register|pre_register|register_attempt|register_failure|unregister|expire|gateway_|sip_user_state|profile_)|mod_local_stream)/;

/** Events in which "Other-Leg" is the leg that originated this one; later it may be a bridge partner. */
const BIRTH = new Set(['CHANNEL_OUTGOING', 'CHANNEL_CREATE', 'CHANNEL_ORIGINATE']);

export function edgesFromEvent(event: ChannelEventSeen, correlationVariables: readonly string[]): Edge[] {
  const { headers, name } = event;
  const subclass = headerOf(headers, 'Event-Subclass');
  if (NOT_A_CALL.test(subclass)) return [];
  const edges: Edge[] = [];
  const at: Micros = event.atUs;
  const evidence = { table: 'events', id: event.id, atUs: at } as const;
  const join: Join = (a, b, kind, why, since = at): void => {
    if (a.length > 2 && b.length > 2 && a !== b)
      edges.push({ a, b, kind, tier: 'switch', why, fromUs: since, untilUs: since, evidence });
  };
  const uuid = headerOf(headers, 'Unique-ID');
  const self = channelNode(uuid);
  const other = (header: string): NodeKey => channelNode(headerOf(headers, header));

  if (uuid !== '') {
    join(self, callIdNode(headerOf(headers, 'variable_sip_call_id')), 'merge', 'sip_call_id');
    kinship(event, self, join);
    loopback(event, self, join);
    transfers(event, self, join);
    queues(event, self, join);
    for (const variable of correlationVariables) {
      const value = headerOf(headers, `variable_${variable}`);
      if (value !== '') join(self, valueNode(value), 'merge', 'site_variable');
    }
    if (name === 'CHANNEL_UUID') join(self, other('Old-Unique-ID'), 'merge', 'uuid_changed');
    if (subclass === 'conference::maintenance') {
      const room = headerOf(headers, 'Conference-Unique-ID');
      if (room !== '') join(self, hubNode('conference', room), 'link', 'conference');
    }
  }

  // These name the channels themselves and have no Unique-ID, or one that says nothing more.
  if (name === 'CHANNEL_BRIDGE' || name === 'CHANNEL_UNBRIDGE') {
    join(other('Bridge-A-Unique-ID'), other('Bridge-B-Unique-ID'), 'bridge', 'bridge_event');
  }
  if (subclass === 'loopback::bowout') {
    join(other('Acquired-UUID'), other('Resigning-Peer-UUID'), 'merge', 'loopback_bowout');
    join(other('Resigning-Peer-UUID'), other('Resigning-UUID'), 'merge', 'loopback_bowout');
  }
  if (subclass === 'loopback::direct') {
    join(other('Connecting-Leg-A-UUID'), other('Connecting-Leg-B-UUID'), 'merge', 'loopback_direct');
  }
  if (subclass === 'callcenter::info') {
    // Only the agent's own events say whether he was called for this member or had been on the line before.
    const isCalled = headerOf(headers, 'variable_cc_agent_type') === 'callback';
    const [kind, why] = isStandby(event) ? STANDBY : ([isCalled ? 'parent' : 'bridge', 'callcenter_agent'] as const);
    join(other('CC-Member-Session-UUID'), other('CC-Agent-UUID'), kind, why);
  }
  return edges;
}

/** `since`: when it held, if that is another time than the event's. */
type Join = (a: NodeKey, b: NodeKey, kind: EdgeKind, why: string, since?: Micros) => void;

/**
 * When the bridge to the other leg held that this event speaks of. The partner stays in the caller profile after the
 * bridge has ended, until the next one: an agent's leg goes on naming its last caller. `bridge_to` is there only while
 * the bridge is; without it the event tells when the last bridge began, and nothing of now.
 */
function bridgedAt({ headers, name, atUs }: ChannelEventSeen): Micros {
  if (name === 'CHANNEL_BRIDGE' || name === 'CHANNEL_UNBRIDGE') return atUs;
  if (headerOf(headers, 'variable_bridge_to') === headerOf(headers, 'Other-Leg-Unique-ID')) return atUs;
  const bridged = Number(headerOf(headers, 'Caller-Channel-Bridged-Time'));
  // Both are of the switch's clock, while the event's own time may have been put right on arrival.
  const age = Number(headerOf(headers, 'Event-Date-Timestamp')) - bridged;
  return bridged > 0 && age > 0 ? atUs - age : atUs;
}

/** Who originated whom, and who is bridged to whom. */
function kinship(event: ChannelEventSeen, self: NodeKey, join: Join): void {
  const { headers, name } = event;
  const otherLeg = headerOf(headers, 'Other-Leg-Unique-ID');
  const originator = headerOf(headers, 'variable_originator');
  if (otherLeg !== '') {
    const otherType = headerOf(headers, 'Other-Type');
    const parent = otherType === 'originator' && (BIRTH.has(name) || otherLeg === originator);
    // After a bridge "originator" names the partner, who need not be the parent.
    if (parent) join(channelNode(otherLeg), self, 'parent', 'other_leg_originator');
    else join(self, channelNode(otherLeg), 'bridge', 'other_leg', bridgedAt(event));
  }
  join(channelNode(originator), self, 'parent', 'originator');
  // Enterprise originate (":_:") starts legs that have no Other-Leg; this is their only parent hint.
  join(channelNode(headerOf(headers, 'variable_originating_leg_uuid')), self, 'parent', 'originating_leg');
  // Equal to the own uuid it proves nothing; join drops that. Outside birth a bridge may have set it.
  const callUuid = headerOf(headers, 'Channel-Call-UUID');
  if (callUuid !== '') {
    if (BIRTH.has(name)) join(channelNode(callUuid), self, 'parent', 'channel_call_uuid');
    else join(self, channelNode(callUuid), 'bridge', 'channel_call_uuid');
  }
  // "uuid;name;number" and "uuid;CAUSE": every leg that this one tried, losers included.
  for (const list of ['variable_originated_legs', 'variable_originate_causes']) {
    for (const entry of headersOf(headers, list)) {
      const semicolon = entry.indexOf(';');
      if (semicolon > 0) join(self, channelNode(entry.slice(0, semicolon)), 'parent', 'originated_legs');
    }
  }
}

/**
 * The two halves of a loopback channel, and the leg it came from. After a bow-out the real leg carries a copy of the
 * loopback's variables, so these hold for it as well; `variable_uuid` is then wrong, which is why it is never read.
 */
function loopback({ headers }: ChannelEventSeen, self: NodeKey, join: Join): void {
  for (const variable of [
    'variable_other_loopback_leg_uuid',
    'variable_loopback_from_uuid',
    'variable_other_loopback_from_uuid',
    'variable_loopback_bowout_other_uuid',
  ]) {
    join(self, channelNode(headerOf(headers, variable)), 'merge', 'loopback');
  }
}

function transfers({ headers, name, atUs }: ChannelEventSeen, self: NodeKey, join: Join): void {
  // INVITE with Replaces: the Call-ID of the dialog that this leg took over (RFC 3891).
  join(self, callIdNode(headerOf(headers, 'variable_sip_replaces_call_id')), 'merge', 'sip_replaces');
  // "epoch:<caller profile id>:uuid_br:<peer uuid>". The id in the second field is no channel uuid. Entries stay for
  // the life of the leg, so each holds for its own time and not for the event's.
  for (const entry of headersOf(headers, 'variable_transfer_history')) {
    const [, epoch, peer] = /^(\d+):[^:]*:uuid_br:(.+)$/.exec(entry) ?? [];
    if (epoch === undefined || peer === undefined) continue;
    const age = Number(headerOf(headers, 'Event-Date-Timestamp')) - Number(epoch) * 1_000_000;
    join(self, channelNode(peer), 'bridge', 'transfer_history', age > 0 ? atUs - age : atUs);
  }
  const transferTo = headerOf(headers, 'variable_transfer_to');
  if (transferTo.startsWith('att:')) join(self, channelNode(transferTo.slice(4)), 'merge', 'attended_transfer');
  if (name !== 'CHANNEL_EXECUTE') return;
  const target = headerOf(headers, 'Application-Data').split(' ')[0] ?? '';
  switch (headerOf(headers, 'Application')) {
    // Pseudo applications: FreeSWITCH reports a bridge made by the API as if the leg had executed it.
    case 'uuid_bridge':
    case 'signal_bridge':
      join(self, channelNode(target), 'bridge', 'uuid_bridge');
      break;
    case 'intercept':
      join(self, channelNode(target.replace(/^-bleg$/, '')), 'bridge', 'intercept');
      break;
    case 'eavesdrop':
      if (target !== 'all') join(self, channelNode(target), 'link', 'eavesdrop');
      break;
    default:
  }
}

/** An agent whose one leg waits for caller after caller (callcenter agent type uuid-standby). */
const STANDBY = ['bridge', 'callcenter_standby'] as const;
const isStandby = ({ headers }: ChannelEventSeen): boolean =>
  headerOf(headers, 'variable_cc_agent_type') === 'uuid-standby';

function queues(event: ChannelEventSeen, self: NodeKey, join: Join): void {
  const { headers } = event;
  // The agent's leg names the caller's channel from its creation on; it has no originator.
  const member = channelNode(headerOf(headers, 'variable_cc_member_session_uuid'));
  if (isStandby(event)) join(member, self, ...STANDBY, bridgedAt(event));
  else join(member, self, 'parent', 'callcenter_agent');
  join(channelNode(headerOf(headers, 'variable_fifo_bridge_uuid')), self, 'parent', 'fifo_agent');
}
