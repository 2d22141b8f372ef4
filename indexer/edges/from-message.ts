import type { PacketSeen } from '../../core/model/capture-event.ts';
import { callIdNode, type Edge, type EdgeKind, type NodeKey, type Tier, valueNode } from '../../core/model/edge.ts';
import { parseReplaces, type SipMessage } from '../../core/sip/read.ts';
import { isCallMethodName } from '../methods.ts';
import type { CorrelationOptions } from '../options.ts';
import { carriedValues } from './carried-values.ts';
import { tenantsOfMessage } from './tenant-of.ts';

/** What one SIP message proves. `id` is the id of the row that holds it. Pure, like edgesFromEvent. */
export function edgesFromMessage(
  packet: PacketSeen,
  message: SipMessage,
  id: string,
  { correlationHeaders, unmask, tenants }: Pick<CorrelationOptions, 'correlationHeaders' | 'unmask' | 'tenants'>,
): Edge[] {
  if (message.callId === '' || !isCallMethodName(message.cseqMethod)) return [];
  const edges: Edge[] = [];
  const self = callIdNode(message.callId);
  const at = packet.atUs;
  const join = (peer: NodeKey, kind: EdgeKind, why: string, tier: Tier): void => {
    if (peer.length <= 2 || peer === self) return;
    edges.push({
      a: self,
      b: peer,
      kind,
      tier,
      why,
      fromUs: at,
      untilUs: at,
      evidence: { table: 'messages', id, atUs: at },
    });
  };

  if (tenants !== undefined) edges.push(...tenantsOfMessage(packet, message, id, tenants));
  // HEP chunk 0x11. Asterisk puts a channel name there ("PJSIP/kam-00000000"), which a restarted process uses again.
  const correlation = packet.correlationId;
  if (correlation !== '' && !/^[A-Za-z0-9]+\/.*-[0-9a-f]{8}$/.test(correlation)) {
    join(callIdNode(correlation), 'merge', 'hep_correlation', 'wire');
  }
  // The inside and the outside of a proxy that hides its topology.
  join(callIdNode(unmask?.(message.callId) ?? ''), 'merge', 'topology_hiding', 'protocol');
  if (!message.request) return edges;
  if (message.method === 'REFER') {
    for (const value of message.header('refer-to')) {
      join(callIdNode(parseReplaces(value)?.callId ?? ''), 'merge', 'refer_replaces', 'protocol');
    }
  }
  if (message.method === 'INVITE') {
    for (const value of message.header('replaces')) {
      join(callIdNode(parseReplaces(value)?.callId ?? ''), 'merge', 'invite_replaces', 'protocol');
    }
    for (const { value, why } of carriedValues(message, correlationHeaders))
      join(valueNode(value), 'merge', why, 'wire');
  }
  return edges;
}
