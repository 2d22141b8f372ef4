import type { Micros } from '../model/capture-event.ts';
import { type Frame, MAX_FRAME_BYTES, type RecordReader, type Step, u16, u32 } from './frame.ts';

/** Block type of a Section Header Block: the same in both byte orders. */
export const PCAPNG_MAGIC = 0x0a0d0d0a;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BLOCK = { interface: 1, packet: 2, simplePacket: 3, enhancedPacket: 6 } as const;
const OPTION = { end: 0, timeResolution: 9, timeOffset: 14 } as const;

/** A frame and its options; a block that we read whole and that is longer is damage. */
const MAX_BLOCK_BYTES = MAX_FRAME_BYTES + 65_536;

interface Interface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapLength: number;
  readonly toMicros: (high: number, low: number) => Micros;
}

/**
 * Records of a pcapng file (draft-ietf-opsawg-pcapng): sections in either byte order, several interfaces each with
 * its own link type and clock. Blocks that hold no frame (names, statistics, secrets) are passed over.
 */
export function createPcapngRecords(): RecordReader {
  let little = true;
  let interfaces: Interface[] = [];

  const packet = (bytes: Buffer, at: number, size: number, index: number): Step => {
    const from = interfaces[index];
    // Block header 8, interface 4, time 8, kept length 4, wire length 4; the total length once more at the end.
    const kept = size < 32 ? -1 : u32(bytes, at + 20, little);
    if (from === undefined || kept < 0 || kept > size - 32) return 'damaged';
    const frame: Frame = {
      atUs: from.toMicros(u32(bytes, at + 12, little), u32(bytes, at + 16, little)),
      linkType: from.linkType,
      data: bytes.subarray(at + 28, at + 28 + kept),
      wireLength: u32(bytes, at + 24, little),
    };
    return { size, frame };
  };

  const simplePacket = (bytes: Buffer, at: number, size: number): Step => {
    const from = interfaces[0];
    if (from === undefined || size < 16) return 'damaged';
    const wireLength = u32(bytes, at + 8, little);
    const kept = Math.min(wireLength, from.snapLength || wireLength);
    if (kept > size - 16) return 'damaged';
    return {
      size,
      frame: { atUs: 0, linkType: from.linkType, data: bytes.subarray(at + 12, at + 12 + kept), wireLength },
    };
  };

  return (bytes, at) => {
    if (bytes.length - at < 12) return 'more';
    const isSection = bytes.readUInt32BE(at) === PCAPNG_MAGIC;
    if (isSection) {
      little = bytes.readUInt32LE(at + 8) === BYTE_ORDER_MAGIC;
      if (!little && bytes.readUInt32BE(at + 8) !== BYTE_ORDER_MAGIC) return 'damaged';
    }
    const type = u32(bytes, at, little);
    const size = u32(bytes, at + 4, little);
    if (size < 12 || size % 4 !== 0) return 'damaged';
    const holdsFrames =
      type === BLOCK.interface || type === BLOCK.packet || type === BLOCK.simplePacket || type === BLOCK.enhancedPacket;
    if (!isSection && !holdsFrames) return { size };
    if (size > MAX_BLOCK_BYTES) return 'damaged';
    if (bytes.length - at < size) return 'more';
    if (u32(bytes, at + size - 4, little) !== size) return 'damaged';
    if (isSection) {
      interfaces = [];
      return { size };
    }
    if (type === BLOCK.enhancedPacket) return packet(bytes, at, size, size < 32 ? -1 : u32(bytes, at + 8, little));
    // Obsolete, but dumpcap wrote it until 2012: a 16-bit interface and a drop count in the place of the interface.
    if (type === BLOCK.packet) return packet(bytes, at, size, u16(bytes, at + 8, little));
    if (type === BLOCK.simplePacket) return simplePacket(bytes, at, size);
    if (size < 20) return 'damaged';
    interfaces.push(readInterface(bytes.subarray(at, at + size - 4), little));
    return { size };
  };
}

function readInterface(block: Buffer, little: boolean): Interface {
  let resolution = 6;
  let offsetSeconds = 0n;
  let at = 16;
  while (at + 4 <= block.length) {
    const code = u16(block, at, little);
    const length = u16(block, at + 2, little);
    const value = block.subarray(at + 4, at + 4 + length);
    if (code === OPTION.end) break;
    if (code === OPTION.timeResolution && value.length >= 1) resolution = value.readUInt8(0);
    if (code === OPTION.timeOffset && value.length >= 8) {
      offsetSeconds = little ? value.readBigInt64LE(0) : value.readBigInt64BE(0);
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return {
    linkType: u16(block, 8, little),
    snapLength: u32(block, 12, little),
    toMicros: clock(resolution, offsetSeconds),
  };
}

/** if_tsresol: the top bit says whether the rest is a power of 2 or of 10. A time that a Micros cannot hold becomes 0. */
function clock(resolution: number, offsetSeconds: bigint): Interface['toMicros'] {
  if (resolution === 6 && offsetSeconds === 0n) return (high, low) => representable(high * 2 ** 32 + low);
  const unitsPerSecond = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  const offset = offsetSeconds * 1_000_000n;
  return (high, low) => {
    const units = (BigInt(high) << 32n) | BigInt(low);
    return representable(Number((units * 1_000_000n) / unitsPerSecond + offset));
  };
}

const representable = (us: number): Micros => (us >= 0 && us <= Number.MAX_SAFE_INTEGER ? us : 0);
