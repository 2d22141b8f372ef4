import { inflatePayload } from './inflate.ts';
import { type HepFlaw, type HepPacket, type HepReason, type HepResult, NO_BYTES } from './packet.ts';

/** "HEP3" as a big-endian number. */
export const HEP3_MAGIC = 0x48455033;
/** Magic and total length; a chunk's own header (vendor, type, length) is as long. */
export const HEP3_HEADER = 6;
const CHUNK_HEADER = 6;

const rejected = (reason: HepReason): HepResult => ({ ok: false, reason });

/**
 * HEPv3: magic, total length, then chunks of vendor u16, type u16, length u16 (which counts its own six bytes), data.
 * Senders put the chunks in any order: FreeSWITCH and Asterisk write the addresses after the capture id, OpenSIPS the
 * correlation id after the payload. Chunks of a vendor other than 0 have type numbers of their own and are skipped,
 * as are types above 0x13, which senders give different meanings (0x20 is a MOS to one, a counter to another).
 *
 * The loop keeps offsets only, so that a packet of ten thousand tiny chunks costs no allocation a chunk.
 */
export function decodeHep3(bytes: Buffer): HepResult {
  const size = bytes.length;
  if (size < HEP3_HEADER) return rejected('HEP3'.startsWith(bytes.toString('latin1', 0, 4)) ? 'too_short' : 'not_hep');
  if (bytes.readUInt32BE(0) !== HEP3_MAGIC) return rejected('not_hep');
  const total = bytes.readUInt16BE(4);
  if (total < HEP3_HEADER) return rejected('bad_length');

  let flaw: HepFlaw = total > size ? 'truncated' : total < size ? 'trailing_bytes' : '';
  let stopped: '' | 'truncated' | 'bad_chunk' = '';
  let ipProtocol = 0;
  let srcAt = 0;
  let srcLength = 0;
  let dstAt = 0;
  let dstLength = 0;
  let srcPort = 0;
  let dstPort = 0;
  let seconds = 0;
  let micros = 0;
  let protocol = 0;
  let captureId = 0;
  let keepAliveSeconds = 0;
  let vlan = 0;
  let keyAt = -1;
  let keyEnd = -1;
  let correlationAt = 0;
  let correlationEnd = 0;
  let nodeAt = 0;
  let nodeEnd = 0;
  let payloadAt = -1;
  let payloadEnd = -1;
  let packedAt = -1;
  let packedEnd = -1;

  // A chunk that begins inside the packet may run past its total length as long as the bytes are there.
  const end = Math.min(total, size);
  let at = HEP3_HEADER;
  while (at < end) {
    if (at + CHUNK_HEADER > end) {
      stopped = total > size ? 'truncated' : 'bad_chunk';
      break;
    }
    const length = (bytes[at + 4]! << 8) | bytes[at + 5]!;
    if (length < CHUNK_HEADER) {
      stopped = 'bad_chunk';
      break;
    }
    const data = at + CHUNK_HEADER;
    const type = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const generic = bytes[at] === 0 && bytes[at + 1] === 0;
    let next = at + length;
    if (next > size) {
      stopped = 'truncated';
      // Whatever came of a payload is worth more than nothing; half an address or name is not.
      if (!generic || (type !== 0x0f && type !== 0x10)) break;
      next = size;
    } else if (next > total) {
      flaw = 'wrong_length';
    }
    at = next;
    if (!generic) continue;
    const width = next - data;
    switch (type) {
      case 0x03:
      case 0x05:
        if (width === (type === 0x03 ? 4 : 16)) {
          srcAt = data;
          srcLength = width;
        } else flaw ||= 'bad_chunk';
        break;
      case 0x04:
      case 0x06:
        if (width === (type === 0x04 ? 4 : 16)) {
          dstAt = data;
          dstLength = width;
        } else flaw ||= 'bad_chunk';
        break;
      case 0x0e:
        keyAt = data;
        keyEnd = next;
        break;
      case 0x0f:
        payloadAt = data;
        payloadEnd = next;
        break;
      case 0x10:
        packedAt = data;
        packedEnd = next;
        break;
      case 0x11:
        correlationAt = data;
        correlationEnd = next;
        break;
      case 0x13:
        nodeAt = data;
        nodeEnd = next;
        break;
      case 0x02:
      case 0x07:
      case 0x08:
      case 0x09:
      case 0x0a:
      case 0x0b:
      case 0x0c:
      case 0x0d:
      case 0x12: {
        // Agents disagree about the width of some numbers; any of one to four bytes is read as what it says.
        if (width < 1 || width > 4) {
          flaw ||= 'bad_chunk';
          break;
        }
        const value = bytes.readUIntBE(data, width);
        if (type === 0x02) ipProtocol = value & 0xff;
        else if (type === 0x07) srcPort = value & 0xffff;
        else if (type === 0x08) dstPort = value & 0xffff;
        else if (type === 0x09) seconds = value;
        else if (type === 0x0a) micros = value;
        else if (type === 0x0b) protocol = value & 0xff;
        else if (type === 0x0c) captureId = value;
        else if (type === 0x0d) keepAliveSeconds = value;
        else vlan = value & 0xffff;
      }
    }
  }

  flaw ||= stopped;
  let payloadIn = bytes;
  if (payloadEnd <= payloadAt && packedAt >= 0 && packedEnd > packedAt) {
    const inflated = inflatePayload(bytes.subarray(packedAt, packedEnd));
    if (!inflated.ok) return rejected(inflated.reason);
    payloadIn = inflated.payload;
    payloadAt = 0;
    payloadEnd = payloadIn.length;
    if (!inflated.whole) flaw ||= 'truncated';
  }
  if (payloadAt < 0 || payloadEnd <= payloadAt) {
    if (stopped !== '') return rejected(stopped);
    if (payloadAt >= 0 || packedAt >= 0) return rejected('empty_payload');
    return rejected(total > size ? 'truncated' : 'no_payload');
  }

  const packet: HepPacket = {
    version: 3,
    flaw,
    bytes,
    ipProtocol,
    srcAt,
    srcLength,
    dstAt,
    dstLength,
    srcPort,
    dstPort,
    sentUs: sentUs(seconds, micros),
    protocol,
    captureId,
    keepAliveSeconds,
    vlan,
    authKey: keyAt < 0 ? undefined : bytes.subarray(keyAt, keyEnd),
    correlationId: correlationEnd > correlationAt ? bytes.subarray(correlationAt, correlationEnd) : NO_BYTES,
    nodeName: nodeEnd > nodeAt ? bytes.subarray(nodeAt, nodeEnd) : NO_BYTES,
    payloadIn,
    payloadAt,
    payloadEnd,
  };
  return { ok: true, packet };
}

/** Seconds and microseconds as one number; 0 (no time) without seconds. Microseconds past a second are nonsense. */
export function sentUs(seconds: number, micros: number): number {
  if (seconds === 0) return 0;
  return seconds * 1_000_000 + (micros < 1_000_000 ? micros : 0);
}
