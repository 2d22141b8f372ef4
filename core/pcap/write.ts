import type { Micros, Transport } from '../model/capture-event.ts';
import { isClaimedUdpPair } from './claimed-ports.ts';
import { IP_PROTOCOL } from './ip.ts';
import {
  type Ends,
  endsOf,
  ipPacket,
  MAX_IP_PAYLOAD,
  TCP_HEADER_BYTES,
  tcpPacket,
  UDP_HEADER_BYTES,
  udpPacket,
} from './ip-write.ts';
import { LINK } from './link.ts';
import { contentLength, cutSip, headerEnd } from './sip-frames.ts';

export interface PcapMessage {
  readonly atUs: Micros;
  readonly transport: Transport;
  /** Textual IPv4 or IPv6; "" when unknown. */
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  readonly payload: Buffer;
}

const MAX_UDP_PAYLOAD = MAX_IP_PAYLOAD - UDP_HEADER_BYTES;
/** What is longer without a line end is no text made of lines. */
const MAX_LINE = 4096;

/**
 * Writes a pcap file (classic, µs, raw IP) in which every SIP message is one packet that Wireshark and sngrep show as
 * SIP (sngrep leaves some above 10 kB out, by a limit of its own). What was decided, and why (tried with tshark 4.0 and
 * sngrep 1.6):
 * - Every message becomes a UDP datagram, whatever it came over. Over TCP, port 5061 is read as TLS, messages without
 *   the rest of their connection count as lost segments, and one message that a sensor cut short swallows those behind
 *   it. The Via of the message still tells the transport.
 * - Between ports that Wireshark gives to another protocol, UDP is read as that protocol: then it is one TCP segment.
 * - Raw IP instead of Ethernet: we know no hardware addresses, and IPv4 and IPv6 may be mixed.
 * - A payload of several messages becomes several packets, one per message.
 * - Bytes that are no SIP message (a piece of a TCP stream, as some sensors send) go into IP protocol 253, "for
 *   experimentation" (RFC 3692): kept in place for a person to see, and no program takes them for a broken message.
 * - A message shorter than its Content-Length, without the end of its header, or too long for a datagram gets lengths
 *   to match and ends with its last whole line: so it is shown as cut ("packet size limited"), not as malformed.
 * - An unknown address is 0.0.0.0 or "::"; between IPv4 and IPv6, the IPv4 one is written as ::ffff:a.b.c.d.
 */
export function* pcapChunks(messages: Iterable<PcapMessage>): Generator<Buffer> {
  const encoder = createPcapEncoder();
  yield encoder.header;
  for (const message of messages) yield encoder.encode(message);
}

/** The whole file at once; see {@link pcapChunks}. */
export const encodePcap = (messages: readonly PcapMessage[]): Buffer => Buffer.concat([...pcapChunks(messages)]);

export interface PcapEncoder {
  /** The file header: to be written first. */
  readonly header: Buffer;
  /** One or more records. */
  encode(message: PcapMessage): Buffer;
}

/** For a caller whose messages come one by one. */
export function createPcapEncoder(): PcapEncoder {
  /** Next TCP sequence number by direction: a number that comes again would be shown as a retransmission. */
  const sequences = new Map<string, number>();

  const sequenceOf = (message: PcapMessage, length: number): number => {
    const key = `${message.srcIp} ${message.srcPort} ${message.dstIp} ${message.dstPort}`;
    const sequence = sequences.get(key) ?? 1;
    sequences.set(key, (sequence + length) >>> 0);
    return sequence;
  };

  const packetOf = (ends: Ends, message: PcapMessage, payload: Buffer, missing: number): Buffer => {
    const isWhole = missing === 0 && payload.length <= MAX_IP_PAYLOAD - TCP_HEADER_BYTES;
    if (isWhole && isClaimedUdpPair(message.srcPort, message.dstPort)) {
      return tcpPacket(ends, message, sequenceOf(message, payload.length), payload);
    }
    return udpPacket(ends, message, payload, missing);
  };

  return {
    header: fileHeader(),
    encode: (message) => {
      const ends = endsOf(message.srcIp, message.dstIp);
      const { messages, rest } = cutSip(message.payload);
      const records: Buffer[] = [];
      for (const part of rest) {
        const kept = part.subarray(0, MAX_IP_PAYLOAD);
        records.push(record(message.atUs, ipPacket(ends, IP_PROTOCOL.experiment, kept), part.length - kept.length));
      }
      for (const part of messages) {
        const whole = part.length + missingBytes(part);
        const isCut = whole > MAX_UDP_PAYLOAD || whole > part.length;
        const kept = isCut ? wholeLines(part.subarray(0, MAX_UDP_PAYLOAD)) : part;
        // The lengths in the packet can count no more than a packet may have; the record's can.
        const missing = Math.min(whole, MAX_UDP_PAYLOAD) - kept.length;
        const packet = packetOf(ends, message, kept, missing);
        records.push(record(message.atUs, packet, whole - kept.length));
      }
      return Buffer.concat(records);
    },
  };
}

/** Bytes that the message itself says should follow and that are not there; of a header the empty line at least. */
function missingBytes(message: Buffer): number {
  const end = headerEnd(message);
  if (end < 0) return 4;
  const promised = contentLength(message.subarray(0, end)) ?? 0;
  return Math.min(Math.max(0, end + promised - message.length), MAX_UDP_PAYLOAD);
}

/** Without the line that it was cut in: half a header or SDP line is "malformed", a missing one is not. */
function wholeLines(cut: Buffer): Buffer {
  const end = cut.lastIndexOf(10) + 1;
  return cut.length - end > MAX_LINE ? cut : cut.subarray(0, end);
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(LINK.raw, 20);
  return header;
}

function record(atUs: Micros, packet: Buffer, cut: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(atUs / 1_000_000) >>> 0, 0);
  header.writeUInt32LE(atUs % 1_000_000, 4);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length + cut, 12);
  return Buffer.concat([header, packet]);
}
