import { callIdNode, channelNode, type NodeKey, valueNode } from '../../core/model/edge.ts';
import type { Proof } from './truth.ts';

/**
 * What an event of a channel states about it, in FreeSWITCH's own terms. This is the side of the truth: it follows what
 * the generator knows each header to mean, and shares no code with the indexer's rules.
 */

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Variables whose whole value is the uuid of a leg of the same call. */
const CHANNEL_VARIABLES = [
  'originator',
  'originating_leg_uuid',
  'other_loopback_leg_uuid',
  'loopback_from_uuid',
  'other_loopback_from_uuid',
  'loopback_bowout_other_uuid',
  'cc_member_session_uuid',
  'fifo_bridge_uuid',
];

/** Variables whose values are lists of "uuid;something". */
const LISTS = ['originated_legs', 'originate_causes'];

export function provesOf(uuid: string, name: string, headers: Headers): Proof[] {
  const found = new Set<NodeKey>();
  const values = (key: string): readonly string[] => {
    const value = headers[key];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  const channels = (texts: readonly string[]): void => {
    for (const text of texts) if (text !== '') found.add(channelNode(text));
  };
  channels(values('Other-Leg-Unique-ID'));
  channels(values('Channel-Call-UUID'));
  for (const variable of CHANNEL_VARIABLES) channels(values(`variable_${variable}`));
  for (const list of LISTS) channels(values(`variable_${list}`).map((entry) => entry.split(';')[0] ?? ''));
  for (const entry of values('variable_transfer_history')) {
    const [, , kind, peer] = entry.split(':');
    if (kind === 'uuid_br') channels([peer ?? '']);
  }
  for (const to of values('variable_transfer_to')) if (to.startsWith('att:')) channels([to.slice(4)]);
  if (name === 'CHANNEL_BRIDGE' || name === 'CHANNEL_UNBRIDGE') {
    channels([...values('Bridge-A-Unique-ID'), ...values('Bridge-B-Unique-ID')]);
  }
  if (name === 'CHANNEL_UUID') channels(values('Old-Unique-ID'));
  if (name === 'CHANNEL_EXECUTE' && values('Application').some((app) => app === 'uuid_bridge' || app === 'intercept')) {
    channels(values('Application-Data'));
  }
  channels(values('CC-Agent-UUID'));
  for (const callId of values('variable_sip_call_id')) found.add(callIdNode(callId));
  for (const callId of values('variable_sip_replaces_call_id')) found.add(callIdNode(callId));
  for (const cid of values('variable_sip_h_X-CID')) found.add(valueNode(cid));
  const self = channelNode(uuid);
  found.delete(self);
  return [...found].map((node) => [self, node] as const);
}
