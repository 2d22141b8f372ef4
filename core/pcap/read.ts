import { type CaptureEnd, type Frame, MAX_FRAME_BYTES, type RecordReader, u16, u32 } from './frame.ts';
import { createPcapngRecords, PCAPNG_MAGIC } from './pcapng.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** The first four bytes of a classic pcap file, read big-endian: byte order and the unit of the time's fraction. */
const CLASSIC_MAGIC = new Map([
  [0xa1b2c3d4, { little: false, fractionsPerMicro: 1 }],
  [0xd4c3b2a1, { little: true, fractionsPerMicro: 1 }],
  [0xa1b23c4d, { little: false, fractionsPerMicro: 1000 }],
  [0x4d3cb2a1, { little: true, fractionsPerMicro: 1000 }],
]);

/** Reads a capture file, pcap or pcapng, chunk by chunk; holds at most one unfinished record. Never throws. */
export interface CaptureReader {
  /** The frames that this chunk completes; none after damage. */
  push(chunk: Buffer): Frame[];
  /** True once nothing more can come out: damage, or no capture file at all. */
  failed(): boolean;
  /** To be called after the last chunk. */
  end(): CaptureEnd;
}

export function createCaptureReader(): CaptureReader {
  let pending: Buffer = Buffer.alloc(0);
  /** Bytes of a record of no interest that have not come yet. */
  let passOver = 0;
  let records: RecordReader | undefined;
  let failure: 'damaged' | 'not_a_capture' | undefined;
  let any = false;

  const open = (): void => {
    if (pending.length < 4) return;
    const magic = pending.readUInt32BE(0);
    if (magic === PCAPNG_MAGIC) {
      records = createPcapngRecords();
      return;
    }
    const classic = CLASSIC_MAGIC.get(magic);
    if (classic === undefined) {
      failure = 'not_a_capture';
    } else if (pending.length >= FILE_HEADER_BYTES) {
      records = createClassicRecords(pending, classic.little, classic.fractionsPerMicro);
      pending = pending.subarray(FILE_HEADER_BYTES);
    }
  };

  const push = (chunk: Buffer): Frame[] => {
    const frames: Frame[] = [];
    if (chunk.length > 0) any = true;
    if (failure !== undefined) return frames;
    const passed = Math.min(passOver, chunk.length);
    passOver -= passed;
    const fresh = chunk.subarray(passed);
    pending = pending.length === 0 ? fresh : Buffer.concat([pending, fresh]);
    if (records === undefined) open();
    if (records === undefined) return frames;
    let at = 0;
    while (at < pending.length) {
      const step = records(pending, at);
      if (step === 'more') break;
      if (step === 'damaged') {
        failure = 'damaged';
        break;
      }
      if (step.frame !== undefined) frames.push(step.frame);
      at += step.size;
    }
    passOver += Math.max(0, at - pending.length);
    // A copy, so that a short tail does not keep a whole chunk alive.
    pending = at >= pending.length ? Buffer.alloc(0) : Buffer.from(pending.subarray(at));
    return frames;
  };

  return {
    push,
    failed: () => failure !== undefined,
    end: () => {
      if (failure !== undefined) return failure;
      if (!any) return 'empty';
      if (records === undefined && pending.length < 4) return 'not_a_capture';
      return records === undefined || pending.length > 0 || passOver > 0 ? 'truncated' : 'whole';
    },
  };
}

/** Records of a classic pcap file (draft-ietf-opsawg-pcap §5): seconds, fraction, kept length, wire length, bytes. */
function createClassicRecords(header: Buffer, little: boolean, fractionsPerMicro: number): RecordReader {
  // The upper half of the field says whether frames end with a checksum, which an IP length excludes anyway.
  const linkType = u16(header, little ? 20 : 22, little);
  return (bytes, at) => {
    if (bytes.length - at < RECORD_HEADER_BYTES) return 'more';
    const kept = u32(bytes, at + 8, little);
    if (kept > MAX_FRAME_BYTES) return 'damaged';
    const size = RECORD_HEADER_BYTES + kept;
    if (bytes.length - at < size) return 'more';
    const fraction = Math.floor(u32(bytes, at + 4, little) / fractionsPerMicro);
    const frame: Frame = {
      atUs: u32(bytes, at, little) * 1_000_000 + fraction,
      linkType,
      data: bytes.subarray(at + RECORD_HEADER_BYTES, at + size),
      wireLength: u32(bytes, at + 12, little),
    };
    return { size, frame };
  };
}
