import { readSip, type SipMessage } from '../sip/read.ts';
import { readVq, type VqReport } from './vq.ts';

export interface FoundVq {
  readonly report: VqReport;
  /** Its text. */
  readonly body: string;
}

/** In lower case, without parameters (RFC 6035 §7.2). */
export const VQ_TYPE = 'application/vq-rtcpxr';

/** The quality report that a PUBLISH or NOTIFY carries (RFC 6035 §3); undefined for any other message. */
export function vqIn(
  message: Pick<SipMessage, 'bodyType' | 'bodyStart' | 'bodyEnd' | 'contentLength'>,
  bytes: Buffer,
): FoundVq | undefined {
  if (message.bodyType !== VQ_TYPE) return undefined;
  const { bodyStart, bodyEnd, contentLength } = message;
  const body = bytes.toString('utf8', bodyStart, bodyEnd);
  // Of a body that was cut the last line may be half of one, and half a MOS is another MOS.
  const isCut = bodyEnd - bodyStart < contentLength;
  const whole = isCut ? body.slice(0, body.lastIndexOf('\n') + 1) : body;
  const report = readVq(whole);
  return report === undefined ? undefined : { report, body: whole };
}

/** The same of bytes that are a report by itself, or a message that carries one. */
export function vqOf(payload: Buffer): FoundVq | undefined {
  const body = payload.toString('utf8');
  const report = readVq(body);
  return report === undefined ? vqIn(readSip(payload), payload) : { report, body };
}
