import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * How far the journal is stored, as positions (bytes since its first record ever). What lies before `from` is stored; the
 * records from `from` to `to` were handed over as one batch and may be stored: after a crash they are handed over as that
 * same batch, so that its deduplication token is the same. Equal when nothing is on its way.
 */
export interface Cursor {
  readonly from: number;
  readonly to: number;
}

export interface CursorFile {
  /** What was written last; undefined in a new file, or in one that says nothing. */
  readonly last: Cursor | undefined;
  /**
   * Under which positions mean something to others. It is that of the process before until it is renewed: what that one had
   * handed over is known by it. Positions of a directory that was put back from a copy go back, so that a name is not kept
   * any longer than that.
   */
  name(): string;
  renewName(): void;
  write(cursor: Cursor): void;
  close(): void;
}

/** Number of the write (f64), from (f64), to (f64), CRC-32 of these (u32), four bytes of nothing. */
const SLOT = 32;
/** Behind the slots: the name's bytes, and their CRC-32 (u32). */
const NAME_BYTES = 9;

/**
 * Two slots that are written in turn, so that the older one stands when the younger was cut. Written at once and not in
 * the background: it is one small write into memory of the operating system, for every batch.
 */
export function openCursor(directory: string): CursorFile {
  const file = openSync(join(directory, 'cursor'), constants.O_RDWR | constants.O_CREAT, 0o600);
  const slots = Buffer.alloc(2 * SLOT);
  readSync(file, slots, 0, slots.length, 0);
  const found = [readSlot(slots.subarray(0, SLOT)), readSlot(slots.subarray(SLOT))]
    .filter((slot) => slot !== undefined)
    .sort((a, b) => b.number - a.number)[0];
  let number = found?.number ?? 0;
  let name = readName(file) ?? writeName(file);
  return {
    last: found,
    name: () => name,
    renewName() {
      name = writeName(file);
    },
    write({ from, to }) {
      number += 1;
      const slot = Buffer.alloc(SLOT);
      slot.writeDoubleLE(number, 0);
      slot.writeDoubleLE(from, 8);
      slot.writeDoubleLE(to, 16);
      slot.writeUInt32LE(crc32(slot.subarray(0, 24)), 24);
      writeSync(file, slot, 0, SLOT, (number % 2) * SLOT);
    },
    close: () => closeSync(file),
  };
}

function readName(file: number): string | undefined {
  const bytes = Buffer.alloc(NAME_BYTES + 4);
  readSync(file, bytes, 0, bytes.length, 2 * SLOT);
  const name = bytes.subarray(0, NAME_BYTES);
  // Zeros are not a name, whatever their checksum.
  return name.some((byte) => byte !== 0) && crc32(name) === bytes.readUInt32LE(NAME_BYTES)
    ? name.toString('base64url')
    : undefined;
}

function writeName(file: number): string {
  const bytes = Buffer.alloc(NAME_BYTES + 4);
  randomBytes(NAME_BYTES).copy(bytes);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, NAME_BYTES)), NAME_BYTES);
  writeSync(file, bytes, 0, bytes.length, 2 * SLOT);
  return bytes.toString('base64url', 0, NAME_BYTES);
}

function readSlot(slot: Buffer): (Cursor & { readonly number: number }) | undefined {
  if (slot.readUInt32LE(24) !== crc32(slot.subarray(0, 24))) return undefined;
  const [number, from, to] = [slot.readDoubleLE(0), slot.readDoubleLE(8), slot.readDoubleLE(16)];
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to ? { number, from, to } : undefined;
}
