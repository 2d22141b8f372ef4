import type { PacketFrame, PacketSeen } from '../model/capture-event.ts';
import { ipv4Text, ipv6Text } from '../pcap/address.ts';
import { HEAD, HEAD_SIZE, readMicros, TRANSPORTS } from './layout.ts';

/** A frame with the views that its packets are read through. */
export interface OpenFrame {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}

/** Frames begin at a multiple of four of their memory; one that came over a network may have to be copied to do so. */
export function openFrame({ bytes }: PacketFrame): OpenFrame {
  const own = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  return { bytes: own, words: new Int32Array(own.buffer, own.byteOffset, own.length >> 2) };
}

/** Where the next packet begins. */
export const nextPacket = ({ words }: OpenFrame, at: number): number => at + words[at >> 2]!;

export const payloadSize = ({ words }: OpenFrame, at: number): number => words[(at + HEAD.payload) >> 2]!;
export const sensorSize = ({ words }: OpenFrame, at: number): number => words[(at + HEAD.sensor) >> 2]! & 0xffff;
export const correlationSize = ({ words }: OpenFrame, at: number): number => words[(at + HEAD.sensor) >> 2]! >>> 16;
export const atUsOf = ({ words }: OpenFrame, at: number): number => readMicros(words, at + HEAD.at);
export const arrivedUsOf = ({ words }: OpenFrame, at: number): number => readMicros(words, at + HEAD.arrived);
export const portsOf = ({ words }: OpenFrame, at: number): number => words[(at + HEAD.srcPort) >> 2]!;

/** The whole packet at `at` as an object, for the few that are looked at closely. The payload is a view of the frame. */
export function packetAt(frame: OpenFrame, at: number): PacketSeen {
  const { bytes } = frame;
  const sensorAt = at + HEAD_SIZE;
  const correlationAt = sensorAt + sensorSize(frame, at);
  const payloadAt = correlationAt + correlationSize(frame, at);
  const ports = portsOf(frame, at);
  return {
    kind: 'packet',
    id: bytes.toString('hex', at + HEAD.id, at + HEAD.id + 8),
    atUs: atUsOf(frame, at),
    arrivedUs: arrivedUsOf(frame, at),
    sensor: bytes.toString('utf8', sensorAt, correlationAt),
    protocol: bytes[at + HEAD.protocol]!,
    transport: TRANSPORTS[bytes[at + HEAD.transport]!] ?? 'other',
    srcIp: addressText(bytes, at + HEAD.src),
    srcPort: ports & 0xffff,
    dstIp: addressText(bytes, at + HEAD.dst),
    dstPort: ports >>> 16,
    correlationId: bytes.toString('utf8', correlationAt, payloadAt),
    payload: bytes.subarray(payloadAt, payloadAt + payloadSize(frame, at)),
  };
}

/** All packets of a frame as objects. */
export function packetsOf(frame: PacketFrame): PacketSeen[] {
  const open = openFrame(frame);
  const packets: PacketSeen[] = [];
  for (let at = 0; at < open.bytes.length; at = nextPacket(open, at)) packets.push(packetAt(open, at));
  return packets;
}

/**
 * Gives a frame's memory back at once. Frames outlive the young generation while they wait for the store; left to the
 * collection of garbage, they made it go through the whole heap every second.
 */
export function releaseFrame({ bytes }: PacketFrame): void {
  const { buffer } = bytes;
  // What shares its memory with others is not ours to give.
  if (bytes.byteOffset === 0 && buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

/** The text of 16 bytes; IPv4 without its IPv6 prefix, "" when all are zero. */
export function addressText(bytes: Buffer, at: number): string {
  let zeros = 0;
  while (zeros < 16 && bytes[at + zeros] === 0) zeros++;
  if (zeros === 16) return '';
  if (zeros === 10 && bytes[at + 10] === 0xff && bytes[at + 11] === 0xff) return ipv4Text(bytes, at + 12);
  return ipv6Text(bytes, at);
}
