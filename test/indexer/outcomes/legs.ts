import type { PacketSeen } from '../../../core/model/capture-event.ts';
import { stableId } from '../../../core/model/id.ts';
import { sipText, statusLine } from '../../generate/sip-text.ts';

export interface LegToSend {
  readonly callId: string;
  /** When the INVITE was sent; epoch µs. */
  readonly atUs: number;
  readonly caller?: string;
  readonly callee?: string;
  /** What follows the INVITE: milliseconds after it, and a status, or a method of the caller. */
  readonly next?: readonly (readonly [afterMs: number, what: number | 'BYE' | 'CANCEL' | 'INVITE'])[];
  readonly sensor?: string;
}

/** One dialog on the wire, as a sensor saw it. */
export function sipLeg({ callId, atUs, ...leg }: LegToSend): PacketSeen[] {
  const { caller = '192.0.2.1', callee = '192.0.2.2', next = [], sensor = 'hep 101' } = leg;
  const packet = (afterMs: number, what: number | string): PacketSeen => {
    const isStatus = typeof what === 'number';
    const tag = isStatus || what === 'BYE' ? ';tag=b' : '';
    const payload = sipText({
      start: isStatus ? statusLine(what) : `${what} sip:2002@${callee} SIP/2.0`,
      vias: [`SIP/2.0/UDP ${caller}:5060;branch=z9hG4bK${callId}${afterMs}`],
      from: `<sip:1001@${caller}>;tag=a`,
      to: `<sip:2002@${callee}>${tag}`,
      callId,
      cseq: isStatus ? '1 INVITE' : `${what === 'BYE' ? 2 : 1} ${what}`,
    });
    const sentUs = atUs + afterMs * 1000;
    const [srcIp, dstIp] = isStatus ? [callee, caller] : [caller, callee];
    return {
      ...{ kind: 'packet', id: stableId(sensor, sentUs, payload), atUs: sentUs, arrivedUs: sentUs, sensor },
      ...{ protocol: 1, transport: 'udp', srcIp, srcPort: 5060, dstIp, dstPort: 5060, correlationId: '', payload },
    };
  };
  return [packet(0, 'INVITE'), ...next.map(([afterMs, what]) => packet(afterMs, what))];
}
