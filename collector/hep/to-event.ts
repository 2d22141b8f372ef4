import type { Micros, PacketSeen, Transport } from '../../core/model/capture-event.ts';
import { stableId } from '../../core/model/id.ts';
import { ipText, isAllZero } from './address.ts';
import type { HepPacket } from './packet.ts';
import { unwrapPayload } from './unwrap.ts';

/** A sender's clock that is further off than this is wrong rather than skewed. */
const MAX_CLOCK_ERROR_US = 3_600_000_000;
/** Characters of a node name; it is shown, grouped by, and never longer in earnest. */
const MAX_SENSOR = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get through.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * What the rest of the program sees of a decoded packet.
 *
 * The id is made of what the sender said, with its own clock unclamped, so a packet replayed later is the same one.
 * Only where the packet has no time (v1, or no time chunk) is the time of arrival taken for it.
 */
export function toPacketSeen(
  packet: HepPacket,
  arrivedUs: Micros,
  trustSenderClock: boolean,
  senderHost = '',
): PacketSeen {
  const { bytes, srcAt, srcLength, dstAt, dstLength, srcPort, dstPort, protocol } = packet;
  // FreeSWITCH leaves both IPv6 addresses zero: "::" to "::" is nobody to nobody.
  const unsaid = srcLength === 16 && dstLength === 16 && isAllZero(bytes, srcAt, 16) && isAllZero(bytes, dstAt, 16);
  const srcIp = unsaid ? '' : ipText(bytes, srcAt, srcLength);
  const dstIp = unsaid ? '' : ipText(bytes, dstAt, dstLength);
  const sensor = sensorOf(packet, senderHost);
  const sentUs = packet.sentUs === 0 ? arrivedUs : packet.sentUs;
  const plausible = trustSenderClock || Math.abs(sentUs - arrivedUs) <= MAX_CLOCK_ERROR_US;
  // A sensor's name holds no control character, so the parts cannot run into each other.
  const said = `${sensor}\n${sentUs}\n${srcIp}\n${srcPort}\n${dstIp}\n${dstPort}\n${protocol}`;
  return {
    kind: 'packet',
    id: stableId(said, packet.payload),
    atUs: plausible ? sentUs : arrivedUs,
    arrivedUs,
    sensor,
    protocol,
    transport: transportOf(packet.ipProtocol),
    srcIp,
    srcPort,
    dstIp,
    dstPort,
    correlationId: cleanText(packet.correlationId),
    payload: unwrapPayload(protocol, packet.payload),
  };
}

/** Capture ids that a box has when nobody gave it one: sofia-sip sends 200, Kamailio 1. Several boxes share them. */
const UNSET_IDS: ReadonlySet<number> = new Set([0, 1, 200]);

function sensorOf(packet: HepPacket, senderHost: string): string {
  const name = cleanText(packet.nodeName).trim().slice(0, MAX_SENSOR).toWellFormed();
  if (name !== '') return name;
  const shared = UNSET_IDS.has(packet.captureId) && senderHost !== '';
  return shared ? `hep ${packet.captureId}@${senderHost}` : `hep ${packet.captureId}`;
}

/** UTF-8 with U+FFFD for what is not, also for control characters; C senders may count a final NUL. */
function cleanText(bytes: Buffer): string {
  if (bytes.length === 0) return '';
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.toString('utf8', 0, end).replace(CONTROL, '\ufffd');
}

/** WebSocket arrives as TCP: no sender tells them apart. */
function transportOf(ipProtocol: number): Transport {
  switch (ipProtocol) {
    case 17:
      return 'udp';
    case 6:
      return 'tcp';
    case 22:
      return 'tls';
    case 132:
      return 'sctp';
    default:
      return 'other';
  }
}
