import { TRANSPORTS } from '../../core/frame/layout.ts';
import type { FrameWriter } from '../../core/frame/writer.ts';
import type { Micros, Transport } from '../../core/model/capture-event.ts';
import { isAllZero } from './address.ts';
import { type HepPacket, NO_BYTES, payloadOf } from './packet.ts';
import { createSensorNames, type SensorNames } from './sensor-name.ts';
import { cleanText } from './text.ts';
import { unwrapPayload } from './unwrap.ts';

/** A sender's clock that is further off than this is wrong rather than skewed. */
const MAX_CLOCK_ERROR_US = 3_600_000_000;

/** Puts decoded packets into frames. */
export interface ToFrame {
  /** @param senderHost who sent the datagram, "" when that is not known */
  add(packet: HepPacket, arrivedUs: Micros, senderHost: string): void;
}

/**
 * What the rest of the program sees of decoded packets.
 *
 * The id is made of what the sender said, with its own clock unclamped, so a packet replayed later is the same one.
 * Only where the packet has no time (v1, or no time chunk) is the time of arrival taken for it.
 */
export function createToFrame(
  frame: FrameWriter,
  trustSenderClock: boolean,
  names: SensorNames = createSensorNames(),
): ToFrame {
  return {
    add(packet, arrivedUs, senderHost) {
      const { bytes, srcAt, dstAt, protocol } = packet;
      let { srcLength, dstLength, payloadIn, payloadAt, payloadEnd } = packet;
      // FreeSWITCH leaves both IPv6 addresses zero: "::" to "::" is nobody to nobody.
      if (srcLength === 16 && dstLength === 16 && isAllZero(bytes, srcAt, 16) && isAllZero(bytes, dstAt, 16)) {
        srcLength = 0;
        dstLength = 0;
      }
      if (payloadIn[payloadAt] === BRACE) {
        payloadIn = unwrapPayload(protocol, payloadOf(packet));
        payloadAt = 0;
        payloadEnd = payloadIn.length;
      }
      const sentUs = packet.sentUs === 0 ? arrivedUs : packet.sentUs;
      const plausible = trustSenderClock || Math.abs(sentUs - arrivedUs) <= MAX_CLOCK_ERROR_US;
      frame.add({
        sentUs,
        atUs: plausible ? sentUs : arrivedUs,
        arrivedUs,
        bytes,
        srcAt,
        srcLength,
        dstAt,
        dstLength,
        srcPort: packet.srcPort,
        dstPort: packet.dstPort,
        protocol,
        transport: transportOf(packet.ipProtocol),
        sensor: names.of(packet, senderHost),
        correlationId: clean(packet.correlationId),
        payloadIn,
        payloadAt,
        payloadEnd,
      });
    },
  };
}

const BRACE = 0x7b;

const clean = (bytes: Buffer): Buffer =>
  bytes.length === 0 ? NO_BYTES : isPlain(bytes) ? bytes : Buffer.from(cleanText(bytes));

/** Printable ASCII, as nearly every correlation id is: nothing to clean. */
function isPlain(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false;
  return true;
}

const numberOf = (name: Transport): number => TRANSPORTS.indexOf(name);
const [OTHER, UDP, TCP, TLS, SCTP] = [
  numberOf('other'),
  numberOf('udp'),
  numberOf('tcp'),
  numberOf('tls'),
  numberOf('sctp'),
];

/** WebSocket arrives as TCP: no sender tells them apart. */
function transportOf(ipProtocol: number): number {
  switch (ipProtocol) {
    case 17:
      return UDP;
    case 6:
      return TCP;
    case 22:
      return TLS;
    case 132:
      return SCTP;
    default:
      return OTHER;
  }
}
