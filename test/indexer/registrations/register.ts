import type { PacketSeen } from '../../../core/model/capture-event.ts';
import { stableId } from '../../../core/model/id.ts';
import { sipText, statusLine } from '../../generate/sip-text.ts';

export interface RegisterToSend {
  /** Epoch µs. */
  readonly atUs: number;
  readonly cseq: number;
  /** Of the answer; without it, the request. */
  readonly status?: number;
  readonly callId?: string;
  readonly sensor?: string;
}

/** A REGISTER or its answer on the wire, as a sensor saw it. */
export function registerPacket({
  atUs,
  cseq,
  status,
  callId = 'phone-1',
  sensor = 'hep 101',
}: RegisterToSend): PacketSeen {
  const payload = sipText({
    start: status === undefined ? 'REGISTER sip:acme.example SIP/2.0' : statusLine(status),
    vias: [`SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${callId.slice(0, 20)}${cseq}`],
    from: '<sip:1001@acme.example>;tag=a',
    to: '<sip:1001@acme.example>',
    callId,
    cseq: `${cseq} REGISTER`,
  });
  const [srcIp, dstIp] = status === undefined ? ['192.0.2.1', '192.0.2.2'] : ['192.0.2.2', '192.0.2.1'];
  return {
    ...{ kind: 'packet', id: stableId(sensor, atUs, payload), atUs, arrivedUs: atUs, sensor, protocol: 1 },
    ...{ transport: 'udp', srcIp, srcPort: 5060, dstIp, dstPort: 5060, correlationId: '', payload },
  };
}
