import { crc32 } from 'node:zlib';

/**
 * A record of the journal: size of its body (u32), how many events it stands for (u32), CRC-32 of these eight bytes and
 * the body (u32), four bytes of nothing, the body, and zeros up to a multiple of eight. Little-endian.
 */
export const RECORD_HEAD = 16;
/** Larger ones are never written: a size beyond it is damage, and no memory is taken for it. */
export const MAX_BODY = 64 * 1024 * 1024;

export const recordSize = (body: number): number => RECORD_HEAD + Math.ceil(body / 8) * 8;

/** The record of these pieces, to be written one behind the other. */
export function recordOf(body: readonly Buffer[], count: number): { readonly parts: Buffer[]; readonly size: number } {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(RECORD_HEAD);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(count, 4);
  let crc = crc32(head.subarray(0, 8));
  for (const part of body) crc = crc32(part, crc);
  head.writeUInt32LE(crc, 8);
  const size = recordSize(length);
  const rest = size - RECORD_HEAD - length;
  return { parts: rest === 0 ? [head, ...body] : [head, ...body, Buffer.alloc(rest)], size };
}

export interface RecordHead {
  readonly bodySize: number;
  readonly count: number;
  readonly crc: number;
}

/** Undefined when no record begins with these bytes. */
export function readRecordHead(head: Buffer): RecordHead | undefined {
  if (head.length < RECORD_HEAD) return undefined;
  const bodySize = head.readUInt32LE(0);
  const count = head.readUInt32LE(4);
  if (bodySize === 0 || bodySize > MAX_BODY) return undefined;
  return { bodySize, count, crc: head.readUInt32LE(8) };
}

/** Whether the body is the one that the head was written for. */
export const isWhole = (head: Buffer, body: Buffer, { crc }: RecordHead): boolean =>
  crc32(body, crc32(head.subarray(0, 8))) === crc;
