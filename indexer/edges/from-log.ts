import type { LogLineSeen } from '../../core/model/capture-event.ts';
import { callIdNode, channelNode, type Edge } from '../../core/model/edge.ts';

const INFO = 6;

/**
 * mod_sofia says at level INFO which SIP dialog a channel has, and for inbound legs says it before any event does:
 * "… receiving invite from 192.0.2.1:5060 version: … call-id: X", "… sending invite call-id: X". An outbound leg's
 * Call-ID is chosen later and reads "(null)" unless the profile or the dial string sets it.
 */
const INVITE_LINE = /(receiving|sending) invite .*?call-id: (\S+)/;

const NONE: readonly Edge[] = [];

export function edgesFromLog(line: LogLineSeen): readonly Edge[] {
  if (line.channel === '' || line.level !== INFO || !line.text.includes('call-id: ')) return NONE;
  const found = INVITE_LINE.exec(line.text);
  const callId = found?.[2] ?? '';
  if (callId === '' || callId === '(null)') return NONE;
  return [
    {
      a: channelNode(line.channel),
      b: callIdNode(callId),
      kind: 'merge',
      tier: 'switch',
      why: found?.[1] === 'receiving' ? 'log_receiving_invite' : 'log_sending_invite',
      fromUs: line.atUs,
      untilUs: line.atUs,
      evidence: { table: 'logs', id: line.id, atUs: line.atUs },
    },
  ];
}
