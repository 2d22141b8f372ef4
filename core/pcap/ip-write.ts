import { ipv4Bytes, ipv6Bytes } from './address.ts';
import { IP_PROTOCOL } from './ip.ts';

/** The whole IP packet is counted in 16 bits in IPv4, the part behind its header in IPv6: the smaller one holds for both. */
export const MAX_IP_PAYLOAD = 65_535 - 20;
export const UDP_HEADER_BYTES = 8;
export const TCP_HEADER_BYTES = 20;

export interface Ports {
  readonly srcPort: number;
  readonly dstPort: number;
}

/** The two addresses, of one family. */
export interface Ends {
  readonly version: 4 | 6;
  readonly src: Buffer;
  readonly dst: Buffer;
}

const MAPPED = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

/** Anything that is no address counts as unknown. */
export function endsOf(src: string, dst: string): Ends {
  const src4 = ipv4Bytes(src);
  const dst4 = ipv4Bytes(dst);
  const src6 = ipv6Bytes(src);
  const dst6 = ipv6Bytes(dst);
  if ((src4 ?? dst4) !== undefined && (src6 ?? dst6) === undefined) {
    return { version: 4, src: src4 ?? Buffer.alloc(4), dst: dst4 ?? Buffer.alloc(4) };
  }
  const wide = (v4: Buffer | undefined, v6: Buffer | undefined): Buffer =>
    v6 ?? (v4 === undefined ? Buffer.alloc(16) : Buffer.concat([MAPPED, v4]));
  return { version: 6, src: wide(src4, src6), dst: wide(dst4, dst6) };
}

/** RFC 791 and RFC 8200. `missing` bytes are counted in the length but are not there. */
export function ipPacket(ends: Ends, protocol: number, payload: Buffer, missing = 0): Buffer {
  const length = payload.length + missing;
  if (ends.version === 6) {
    const header = Buffer.alloc(8);
    header.writeUInt8(0x60, 0);
    header.writeUInt16BE(length, 4);
    header.writeUInt8(protocol, 6);
    header.writeUInt8(64, 7);
    return Buffer.concat([header, ends.src, ends.dst, payload]);
  }
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + length, 2);
  header.writeUInt16BE(0x4000, 6); // do not fragment
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  ends.src.copy(header, 12);
  ends.dst.copy(header, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return Buffer.concat([header, payload]);
}

/** RFC 768. */
export function udpPacket(ends: Ends, ports: Ports, payload: Buffer, missing = 0): Buffer {
  const header = Buffer.alloc(UDP_HEADER_BYTES);
  header.writeUInt16BE(ports.srcPort, 0);
  header.writeUInt16BE(ports.dstPort, 2);
  header.writeUInt16BE(UDP_HEADER_BYTES + payload.length + missing, 4);
  const datagram = Buffer.concat([header, payload]);
  // Over the bytes that are there: of a cut one nobody can check it. 0 would mean "not computed".
  const sum = checksum([pseudoHeader(ends, IP_PROTOCOL.udp, datagram.length + missing), datagram]);
  datagram.writeUInt16BE(sum || 0xffff, 6);
  return ipPacket(ends, IP_PROTOCOL.udp, datagram, missing);
}

/** RFC 9293 §3.1: one segment in the middle of a connection. */
export function tcpPacket(ends: Ends, ports: Ports, sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(TCP_HEADER_BYTES);
  header.writeUInt16BE(ports.srcPort, 0);
  header.writeUInt16BE(ports.dstPort, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(1, 8);
  header.writeUInt16BE(0x5018, 12); // five words of header; ACK, PSH
  header.writeUInt16BE(65_535, 14);
  const segment = Buffer.concat([header, payload]);
  segment.writeUInt16BE(checksum([pseudoHeader(ends, IP_PROTOCOL.tcp, segment.length), segment]), 16);
  return ipPacket(ends, IP_PROTOCOL.tcp, segment);
}

/** RFC 9293 §3.1, RFC 8200 §8.1: the sums of the two forms differ in nothing but the addresses. */
function pseudoHeader(ends: Ends, protocol: number, length: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail.writeUInt32BE(protocol, 4);
  return Buffer.concat([ends.src, ends.dst, tail]);
}

/** RFC 1071. All parts but the last have an even length. */
function checksum(parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    const even = part.length & ~1;
    for (let at = 0; at < even; at += 2) sum += part.readUInt16BE(at);
    if (even < part.length) sum += part.readUInt8(even) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
