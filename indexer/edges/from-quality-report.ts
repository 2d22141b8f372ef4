import { VQ_TYPE } from '../../core/media/vq-in.ts';
import type { PacketSeen } from '../../core/model/capture-event.ts';
import { callIdNode, type Edge, QUALITY_REPORT } from '../../core/model/edge.ts';
import { startsWith } from '../../core/sip/bytes.ts';
import type { SipMessage } from '../../core/sip/read.ts';
import type { SipScan } from '../../core/sip/sip-scan.ts';
import { SPAN } from '../../core/sip/spans.ts';
import { METHOD, methodOf } from '../methods.ts';
import type { CorrelationOptions } from '../options.ts';
import { tenantsOfMessage } from './tenant-of.ts';

const TYPE = Buffer.from(VQ_TYPE);

/** Whether a message is a PUBLISH or NOTIFY with a telephone's report on a call (RFC 6035): a test of the bytes alone. */
export function carriesReport(bytes: Buffer, { request, spans }: SipScan): boolean {
  if (!request || !startsWith(bytes, spans[SPAN.contentType]!, spans[SPAN.contentType + 1]!, TYPE)) return false;
  const method = methodOf(bytes, spans[SPAN.method]!, spans[SPAN.method + 1]!);
  return method === METHOD.PUBLISH || method === METHOD.NOTIFY;
}

/**
 * What a PUBLISH or NOTIFY proves that reports on the dialog `about`; `id` is the id of its row.
 *
 * A report comes in a dialog of its own, a subscription even brings those of many calls. So the two are related and not one
 * call: the edge leads to where the report came from, and nothing follows it. Whose that dialog is stands beside it, as a report
 * of one tenant is no word on another's call.
 */
export function edgesFromQualityReport(
  packet: PacketSeen,
  message: SipMessage,
  about: string,
  id: string,
  { tenants }: Pick<CorrelationOptions, 'tenants'>,
): Edge[] {
  if (about === '' || about === message.callId || message.callId === '') return [];
  const { atUs } = packet;
  return [
    {
      ...{ a: callIdNode(about), b: callIdNode(message.callId), kind: 'link', tier: 'wire', why: QUALITY_REPORT },
      ...{ fromUs: atUs, untilUs: atUs, evidence: { table: 'messages', id, atUs } },
    },
    ...(tenants === undefined ? [] : tenantsOfMessage(packet, message, id, tenants)),
  ];
}
