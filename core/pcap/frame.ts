import type { Micros } from '../model/capture-event.ts';

/** One record of a capture file: the bytes of one frame as the link layer saw them. */
export interface Frame {
  /** 0 when the file does not say (a pcapng Simple Packet Block has no time). */
  readonly atUs: Micros;
  /** LINKTYPE_ number of the interface, see link.ts. */
  readonly linkType: number;
  /** What was kept; a view into the bytes that were read, so copy it to keep it. */
  readonly data: Buffer;
  /** The length on the wire; more than data.length when the capture had a snapshot length. */
  readonly wireLength: number;
}

/**
 * How a file ended.
 * - whole: after its last record
 * - truncated: in the middle of a record; everything before it was read
 * - damaged: a record that cannot be one; nothing after it is read
 * - not_a_capture: its first four bytes are no capture format's
 * - empty: it has no bytes
 */
export type CaptureEnd = 'whole' | 'truncated' | 'damaged' | 'not_a_capture' | 'empty';

/** What a format says about the bytes at an offset: a record of `size` bytes, bytes to pass over, or why there is none. */
export type Step = { readonly size: number; readonly frame?: Frame } | 'more' | 'damaged';

/** Reads the record that begins at an offset. It remembers only what later records need (byte order, interfaces). */
export type RecordReader = (bytes: Buffer, at: number) => Step;

/** The largest frame any capture program writes (libpcap's MAXIMUM_SNAPLEN); a longer one is damage. */
export const MAX_FRAME_BYTES = 262_144;

/** Reads one u32 in the byte order of the file. */
export const u32 = (bytes: Buffer, at: number, little: boolean): number =>
  little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);

export const u16 = (bytes: Buffer, at: number, little: boolean): number =>
  little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
