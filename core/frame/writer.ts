import type { Micros, PacketFrame, PacketSeen } from '../model/capture-event.ts';
import { ipv4Bytes, ipv6Bytes } from '../pcap/address.ts';
import { hashWords } from './hash.ts';
import { HEAD, HEAD_SIZE, readMicros, TRANSPORTS, writeMicros } from './layout.ts';

/** One packet to be written. Bytes are views: they are copied into the frame. */
export interface PacketParts {
  readonly sentUs: Micros;
  readonly atUs: Micros;
  readonly arrivedUs: Micros;
  /** Where the addresses lie, and their lengths: 4, 16, or 0 for "not said". */
  readonly bytes: Uint8Array;
  readonly srcAt: number;
  readonly srcLength: number;
  readonly dstAt: number;
  readonly dstLength: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly protocol: number;
  readonly transport: number;
  readonly sensor: Uint8Array;
  readonly correlationId: Uint8Array;
  /** The payload is [payloadAt, payloadEnd) of these. */
  readonly payloadIn: Buffer;
  readonly payloadAt: number;
  readonly payloadEnd: number;
}

/** Packets are gathered in pieces of this size: large enough to cost nothing each, small enough to be passed on soon. */
const FRAME_BYTES = 256 * 1024;
const MAX_TEXT = 0xffff;

export type CleanPayload = (bytes: Buffer, from: number, to: number, protocol: number) => void;

/** Gathers packets into frames. No object is made a packet. */
export interface FrameWriter {
  add(packet: PacketParts): void;
  /** A packet that is an object already, with its own id. */
  addSeen(packet: PacketSeen): void;
  /** Packets that wait in the open frame. */
  count(): number;
  /** Whether the open frame is nearly full: take it. */
  full(): boolean;
  /** The open frame; undefined when it is empty. The next packet begins a new one. */
  take(): PacketFrame | undefined;
}

/** @param clean overwrites in the frame what of a payload must not go on; what is written is hashed after it */
export function createFrameWriter(size = FRAME_BYTES, clean?: CleanPayload): FrameWriter {
  let bytes = Buffer.alloc(0);
  let words = new Int32Array(0);
  let used = 0;
  let count = 0;

  /** Room for a record; a frame that has to grow is copied once. */
  const need = (record: number): void => {
    if (used + record <= bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(used === 0 ? size : bytes.length * 2, roundUp(used + record)));
    bytes.copy(grown, 0, 0, used);
    bytes = grown;
    words = new Int32Array(grown.buffer, 0, grown.length >> 2);
  };

  const add = (packet: PacketParts): void => {
    const sensorSize = Math.min(packet.sensor.length, MAX_TEXT);
    const correlationSize = Math.min(packet.correlationId.length, MAX_TEXT);
    const textAt = HEAD_SIZE + sensorSize + correlationSize;
    const payloadSize = packet.payloadEnd - packet.payloadAt;
    const end = textAt + payloadSize;
    const record = roundUp(end);
    need(record);
    const at = used;
    const word = at >> 2;
    words.fill(0, word, (at + HEAD_SIZE) >> 2);
    words[word] = record;
    writeMicros(words, at + HEAD.at, packet.atUs);
    writeMicros(words, at + HEAD.arrived, packet.arrivedUs);
    writeMicros(words, at + HEAD.sent, packet.sentUs);
    writeAddress(bytes, at + HEAD.src, packet.bytes, packet.srcAt, packet.srcLength);
    writeAddress(bytes, at + HEAD.dst, packet.bytes, packet.dstAt, packet.dstLength);
    words[(at + HEAD.srcPort) >> 2] = (packet.dstPort << 16) | packet.srcPort;
    words[(at + HEAD.sensor) >> 2] = (correlationSize << 16) | sensorSize;
    words[(at + HEAD.payload) >> 2] = payloadSize;
    words[(at + HEAD.protocol) >> 2] = (packet.transport << 8) | packet.protocol;
    copy(bytes, at + HEAD_SIZE, packet.sensor, sensorSize);
    copy(bytes, at + HEAD_SIZE + sensorSize, packet.correlationId, correlationSize);
    packet.payloadIn.copy(bytes, at + textAt, packet.payloadAt, packet.payloadEnd);
    for (let i = end; i < record; i++) bytes[at + i] = 0;
    clean?.(bytes, at + textAt, at + end, packet.protocol);
    hashWords(words, (at + HEAD.said) >> 2, (at + record) >> 2, (at + HEAD.id) >> 2);
    used += record;
    count++;
  };

  return {
    add,
    addSeen(packet) {
      const src = addressBytes(packet.srcIp);
      const dst = addressBytes(packet.dstIp);
      const at = used;
      add({
        sentUs: packet.atUs,
        atUs: packet.atUs,
        arrivedUs: packet.arrivedUs,
        bytes: Buffer.concat([src, dst]),
        srcAt: 0,
        srcLength: src.length,
        dstAt: src.length,
        dstLength: dst.length,
        srcPort: packet.srcPort,
        dstPort: packet.dstPort,
        protocol: packet.protocol,
        transport: TRANSPORTS.indexOf(packet.transport),
        sensor: Buffer.from(packet.sensor),
        correlationId: Buffer.from(packet.correlationId),
        payloadIn: packet.payload,
        payloadAt: 0,
        payloadEnd: packet.payload.length,
      });
      bytes.write(packet.id, at + HEAD.id, 8, 'hex');
    },
    count: () => count,
    full: () => used > 0 && used + (size >> 4) > bytes.length,
    take() {
      if (count === 0) return undefined;
      const frame: PacketFrame = {
        kind: 'frame',
        id: bytes.toString('hex', HEAD.id, HEAD.id + 8),
        atUs: readMicros(words, HEAD.at),
        arrivedUs: readMicros(words, HEAD.arrived),
        bytes: bytes.subarray(0, used),
        count,
      };
      bytes = Buffer.alloc(0);
      words = new Int32Array(0);
      used = 0;
      count = 0;
      return frame;
    },
  };
}

const roundUp = (size: number): number => (size + 7) & ~7;

/** Short texts are copied by hand, which is faster than a call into the runtime. */
function copy(target: Buffer, at: number, source: Uint8Array, size: number): void {
  for (let i = 0; i < size; i++) target[at + i] = source[i]!;
}

/** The 16 bytes at `at` are zero already. */
function writeAddress(target: Buffer, at: number, source: Uint8Array, from: number, length: number): void {
  if (length === 4) {
    target[at + 10] = 0xff;
    target[at + 11] = 0xff;
    for (let i = 0; i < 4; i++) target[at + 12 + i] = source[from + i]!;
  } else if (length === 16) {
    for (let i = 0; i < 16; i++) target[at + i] = source[from + i]!;
  }
}

const addressBytes = (text: string): Buffer => ipv4Bytes(text) ?? ipv6Bytes(text) ?? Buffer.alloc(0);
