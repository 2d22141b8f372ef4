import type { SeenMessage } from '../../core/call/copies.ts';
import { vqOf } from '../../core/media/vq-in.ts';
import { PROTOCOL } from '../../core/model/capture-event.ts';
import { hostAndPort } from '../../core/model/host-and-port.ts';
import type { SipMessage } from '../../core/sip/read.ts';
import type { Step } from '../schemas.ts';
import { isoOf } from '../time.ts';
import type { Lanes, Place } from './lanes.ts';

/** A message as it is drawn, with what the reader found in it. */
export interface DrawnMessage {
  readonly seen: SeenMessage;
  readonly sip: SipMessage;
  /** Branches of its Via headers, from the top. */
  readonly branches: readonly string[];
  readonly from: Place;
  readonly to: Place;
}

/** Reads what is to be drawn. Where a sensor gave no addresses, a response goes back the way its request came. */
export function readDrawn(messages: readonly SeenMessage[]): DrawnMessage[] {
  const requests = new Map<string, { from: Place; to: Place }>();
  return messages.map((seen) => {
    const { sip } = seen.message;
    const places = placesOf(seen, sip);
    const branch = `${sip.callId}\0${sip.via.branch}\0${sip.cseqMethod}`;
    const request = requests.get(branch);
    if (sip.request) requests.set(branch, places);
    else if (request !== undefined && seen.message.srcIp === '') places.from = request.to;
    return { seen, sip, branches: sip.vias.map(({ branch }) => branch), ...places };
  });
}

/** The ends of the arrow. Where the sensor gave no address (FreeSWITCH on IPv6), the message itself is asked. */
function placesOf({ message }: SeenMessage, sip: SipMessage): { from: Place; to: Place } {
  const sensor: Place = { kind: 'node', name: message.sensor };
  if (isMadeUp(message)) return { from: telephoneOf(message) ?? sensor, to: sensor };
  const via: Place = sip.via.host === '' ? sensor : { kind: 'address', ip: sip.via.host, port: sip.via.port };
  const uri: Place = sip.uriHost === '' ? sensor : { kind: 'address', ip: sip.uriHost, port: message.dstPort };
  const from: Place =
    message.srcIp !== '' ? { kind: 'address', ip: message.srcIp, port: message.srcPort } : sip.request ? via : sensor;
  const to: Place =
    message.dstIp !== '' ? { kind: 'address', ip: message.dstIp, port: message.dstPort } : sip.request ? uri : via;
  return { from, to };
}

/** heplify-xrcollector passes reports on with these addresses, whoever sent them (its hep.go). */
const isMadeUp = ({ protocol, srcIp, srcPort, dstIp, dstPort }: SeenMessage['message']): boolean =>
  protocol === PROTOCOL.rtcpXr && srcIp === '1.1.1.1' && srcPort === 1111 && dstIp === '2.2.2.2' && dstPort === 2222;

function telephoneOf({ payload }: SeenMessage['message']): Place | undefined {
  const [, ip, port] = /^\[?(.*?)\]?:(\d+)$/.exec(vqOf(payload)?.report.localAddress ?? '') ?? [];
  return ip === undefined ? undefined : { kind: 'address', ip, port: Number(port) };
}

export function messageStep({ seen, sip, from, to }: DrawnMessage, lanes: Lanes, raw: boolean): Step {
  const { message, atUs, copies, retransmission } = seen;
  const isSip = message.protocol === PROTOCOL.sip;
  return {
    id: message.id,
    kind: 'message',
    at: isoOf(atUs),
    atUs,
    from: lanes.of(from),
    to: lanes.of(to),
    title: isSip ? titleOf(sip) : reportName(message),
    detail: isSip ? detailOf(sip) : '',
    callId: message.callId === '' ? null : message.callId,
    channel: null,
    transport: message.transport,
    src: endpoint(message.srcIp, message.srcPort),
    dst: endpoint(message.dstIp, message.dstPort),
    status: message.status === 0 ? null : message.status,
    method: message.method === '' ? null : message.method,
    media: !isSip,
    level: null,
    retransmission,
    flaw: message.reason,
    seenBy: copies.map((copy) => ({ sensor: copy.sensor, at: isoOf(copy.atUs) })),
    raw: raw ? message.payload.toString('utf8') : '',
  };
}

/** What a REFER asks for is not in its Request-URI (RFC 3515 §2.1). */
function detailOf(sip: SipMessage): string {
  if (!sip.request) return sip.cseqMethod;
  const [target] = sip.method === 'REFER' ? sip.header('refer-to') : [];
  return target === undefined ? sip.uri : `to ${target.trim()}`;
}

function titleOf(sip: SipMessage): string {
  if (sip.request) return sip.method === '' ? 'fragment' : sip.method;
  return sip.status === 0 ? 'fragment' : `${sip.status} ${sip.phrase}`.trim();
}

/** Type 35 is JSON of extended reports, or what a telephone has published. */
function reportName({ protocol, payload }: SeenMessage['message']): string {
  if (protocol === PROTOCOL.rtcp) return 'RTCP report';
  if (protocol !== PROTOCOL.rtcpXr) return `HEP type ${protocol}`;
  return /^\s*\{/.test(payload.toString('latin1', 0, 16)) ? 'RTCP-XR report' : 'Quality report';
}

const endpoint = (ip: string, port: number): string | null => (ip === '' ? null : hostAndPort(ip, port));
