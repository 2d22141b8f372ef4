import { scanEntries } from '../event/entries.ts';
import { WholeHeaders } from '../event/header-text.ts';
import type { CaptureEvent, ChannelEventSeen, PacketFrame } from '../model/capture-event.ts';
import { type EventHeaders, LazyHeaders } from '../model/headers.ts';

/**
 * An event as bytes, for a bus that leaves the process: the length of its head (u32, little-endian), the head (JSON: every
 * field that is no bytes, and how long those are), and its bytes. A frame stays the piece of memory that it is.
 */

/** Fields of an event that are bytes, in the order in which they follow the head. */
interface Bodies {
  readonly head: Readonly<Record<string, unknown>>;
  readonly bytes: readonly Buffer[];
}

const FRAME_ALIGNMENT = 8;

/** The parts of the event's bytes, to be written one behind the other. They are views: the event must stay as it is. */
export function eventToBytes(event: CaptureEvent): Buffer[] {
  const { head, bytes } = bodiesOf(event);
  const text = Buffer.from(JSON.stringify({ ...head, sizes: bytes.map(({ length }) => length) }));
  // Frames are read in words of four bytes, so they begin at a multiple of eight of the record.
  const size = Math.ceil((text.length + 4) / FRAME_ALIGNMENT) * FRAME_ALIGNMENT - 4;
  const start = Buffer.alloc(4 + size, ' ');
  start.writeUInt32LE(size, 0);
  text.copy(start, 4);
  return [start, ...bytes];
}

/**
 * The event of these bytes, which it keeps views of. Undefined when they are none: cut, of another program, or of a later
 * version of this one.
 */
export function eventOfBytes(bytes: Buffer): CaptureEvent | undefined {
  if (bytes.length < 4) return undefined;
  const bodyAt = 4 + bytes.readUInt32LE(0);
  if (bodyAt > bytes.length) return undefined;
  const read = readHead(bytes.toString('utf8', 4, bodyAt));
  if (read === undefined) return undefined;
  const { sizes, ...head } = read;
  const bodies: Buffer[] = [];
  let at = bodyAt;
  for (const size of sizes) {
    bodies.push(bytes.subarray(at, at + size));
    at += size;
  }
  return at === bytes.length ? joined(head, bodies) : undefined;
}

interface Head extends Record<string, unknown> {
  readonly kind: string;
  readonly sizes: readonly number[];
}

function readHead(text: string): Head | undefined {
  try {
    const head = JSON.parse(text) as Head;
    const isHead = typeof head === 'object' && head !== null && typeof head.kind === 'string';
    return isHead && Array.isArray(head.sizes) && head.sizes.every((size) => size >= 0) ? head : undefined;
  } catch {
    return undefined;
  }
}

function bodiesOf(event: CaptureEvent): Bodies {
  switch (event.kind) {
    case 'frame': {
      const { bytes, ...head } = event;
      return { head, bytes: [bytes] };
    }
    case 'unreadable': {
      const { bytes, ...head } = event;
      return { head, bytes: [bytes] };
    }
    case 'packet': {
      const { payload, ...head } = event;
      return { head, bytes: [payload] };
    }
    case 'event': {
      const { headers, kept, ...head } = event;
      const whole = bytesOfHeaders(headers);
      if (kept === undefined) return { head, bytes: [whole] };
      const { text, ...how } = kept;
      return { head: { ...head, kept: how }, bytes: how.recipe === '' && text.equals(whole) ? [whole] : [whole, text] };
    }
    case 'log':
    case 'gap':
      return { head: { ...event }, bytes: [] };
    default:
      return event satisfies never;
  }
}

function joined(head: Omit<Head, 'sizes'>, [first, second]: readonly Buffer[]): CaptureEvent | undefined {
  switch (head.kind) {
    case 'frame':
    case 'unreadable':
      return first && ({ ...head, bytes: first } as unknown as PacketFrame);
    case 'packet':
      return first && ({ ...head, payload: first } as unknown as CaptureEvent);
    case 'event': {
      const headers = first && headersOfBytes(first);
      if (first === undefined || headers === undefined) return undefined;
      const { kept, ...rest } = head as unknown as ChannelEventSeen & { kind: 'event' };
      return kept === undefined ? { ...rest, headers } : { ...rest, headers, kept: { ...kept, text: second ?? first } };
    }
    case 'log':
    case 'gap':
      return head as unknown as CaptureEvent;
    default:
      return undefined;
  }
}

function bytesOfHeaders(headers: EventHeaders): Buffer {
  if (headers instanceof WholeHeaders) return headers.entries.bytes;
  return Buffer.from(headers instanceof LazyHeaders ? headers.text() : JSON.stringify(headers));
}

/** As the switch wrote them where that can be read in place; else read at once. */
function headersOfBytes(bytes: Buffer): EventHeaders | undefined {
  const entries = scanEntries(bytes);
  if (entries !== undefined) return new WholeHeaders(entries);
  try {
    return JSON.parse(bytes.toString()) as EventHeaders;
  } catch {
    return undefined;
  }
}
