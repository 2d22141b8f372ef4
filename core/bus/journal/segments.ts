import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isWhole, RECORD_HEAD, type RecordHead, readRecordHead, recordSize } from './record.ts';

/** A record as it was found, and where the next one begins. Without a body it is damaged, and its head says what it held. */
export interface FoundRecord {
  readonly body?: Buffer;
  /** Events that it stands for. */
  readonly count: number;
  readonly next: number;
}

interface Segment {
  /** The position of its first record, which is its name. */
  readonly start: number;
  /** Bytes of whole records. */
  size: number;
  /** By the clock that is never set. */
  readonly bornMs: number;
  readonly file: FileHandle;
}

/** Files of records, one behind the other; each is deleted whole once all of it is stored. Positions are bytes since the first. */
export interface Segments {
  /** Where the first record lies, and where the next one will. */
  start(): number;
  end(): number;
  /** Writes records behind the last. Either all of them are there afterwards, or none is and it throws. */
  append(parts: readonly Buffer[], size: number): Promise<void>;
  /** The record at a position; "end" behind the last one; "lost" where not even its head can be read: the rest of the file. */
  read(position: number): Promise<FoundRecord | 'end' | 'lost'>;
  /** Where the records behind the damage begin: those of the next file. */
  behind(position: number): number;
  /** Deletes the files that end before. */
  dropBefore(position: number): Promise<void>;
  /** Gives up the oldest file, unless it is written to; how many events were in it from `from` on. */
  dropOldest(from: number): Promise<number>;
  /** Bytes on disk. */
  bytes(): number;
  /** When the oldest file was begun, by the clock that is never set, in ms; undefined when there is none. */
  oldestMs(): number | undefined;
  close(): Promise<void>;
}

export interface SegmentsFound {
  readonly segments: Segments;
  /** Events from `from` on. */
  readonly events: number;
  /** Bytes behind the last whole record, which were cut off: the process was killed while it wrote them. */
  readonly tornBytes: number;
}

const SUFFIX = '.records';
const nameOf = (start: number): string => `${String(start).padStart(16, '0')}${SUFFIX}`;

/**
 * Opens a directory and counts what is in it.
 *
 * @param from the position up to which all is stored
 * @param now ms by a clock that is never set: what is young does not become old because a wrong time is put right
 */
export async function openSegments(
  directory: string,
  segmentBytes: number,
  from: number,
  now: () => number,
): Promise<SegmentsFound> {
  const names = (await readdir(directory)).filter((name) => /^\d{16}\.records$/.test(name)).sort();
  const list: Segment[] = [];
  let events = 0;
  let tornBytes = 0;
  for (const name of names) {
    const segment = await openSegment(directory, Number(name.slice(0, -SUFFIX.length)), now());
    const { size } = await segment.file.stat();
    const walked = await walk(segment, size, from);
    if (name === names.at(-1) && walked.end < size) {
      tornBytes = size - walked.end;
      await segment.file.truncate(walked.end);
    }
    // Damage in the middle: the reader says so when it gets there.
    segment.size = name === names.at(-1) ? walked.end : size;
    events += walked.events;
    list.push(segment);
  }
  return { segments: segmentsOf(directory, segmentBytes, list, from, now), events, tornBytes };
}

async function openSegment(directory: string, start: number, nowMs: number): Promise<Segment> {
  const path = join(directory, nameOf(start));
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const { birthtimeMs } = await stat(path);
  // Of one that is found the disk says when it was begun, by the machine's clock.
  return { start, size: 0, bornMs: nowMs - Math.max(0, Date.now() - birthtimeMs), file };
}

/** From record to record up to the first that is not whole. */
async function walk(segment: Segment, size: number, from: number): Promise<{ end: number; events: number }> {
  let events = 0;
  let at = 0;
  while (at < size) {
    const found = await readAt(segment, at, size);
    if (found === undefined) break;
    if (segment.start + at >= from) events += found.count;
    at = found.next;
  }
  return { end: at, events };
}

async function readAt({ file }: Segment, at: number, size: number): Promise<FoundRecord | undefined> {
  const head = Buffer.alloc(RECORD_HEAD);
  await readFully(file, head, at);
  const read: RecordHead | undefined = readRecordHead(head);
  if (read === undefined) return undefined;
  const next = at + recordSize(read.bodySize);
  if (next > size) return undefined;
  const body = Buffer.from(new ArrayBuffer(read.bodySize));
  await readFully(file, body, at + RECORD_HEAD);
  return isWhole(head, body, read) ? { body, count: read.count, next } : { count: read.count, next };
}

async function readFully(file: FileHandle, into: Buffer, at: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, at + done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}

function segmentsOf(
  directory: string,
  segmentBytes: number,
  list: Segment[],
  from: number,
  now: () => number,
): Segments {
  const endOf = ({ start, size }: Segment): number => start + size;
  /** Positions never go back, also when all files are gone. */
  let endAt = Math.max(from, ...list.map(endOf));
  let appending = false;
  const segmentAt = (position: number): Segment | undefined =>
    list.findLast(({ start, size }) => start <= position && position < start + size);

  const remove = async (segment: Segment): Promise<void> => {
    list.splice(list.indexOf(segment), 1);
    await segment.file.close();
    await rm(join(directory, nameOf(segment.start)), { force: true });
  };

  const current = async (): Promise<Segment> => {
    const last = list.at(-1);
    if (last !== undefined && last.size < segmentBytes && endOf(last) === endAt) return last;
    const begun = await openSegment(directory, endAt, now());
    list.push(begun);
    return begun;
  };

  const appendTo = async (segment: Segment, parts: readonly Buffer[], size: number): Promise<void> => {
    try {
      const { bytesWritten } = await segment.file.writev(parts, segment.size);
      if (bytesWritten < size) await writeRest(segment, parts, bytesWritten);
    } catch (error) {
      // A full disk took a part: as if none had been written.
      await segment.file.truncate(segment.size).catch(() => {});
      throw error;
    }
    segment.size += size;
    endAt += size;
  };

  return {
    start: () => list[0]?.start ?? endAt,
    end: () => endAt,
    async append(parts, size) {
      appending = true;
      try {
        await appendTo(await current(), parts, size);
      } finally {
        appending = false;
      }
    },
    async read(position) {
      const segment = segmentAt(position);
      if (segment === undefined) return position >= endAt ? 'end' : 'lost';
      const found = await readAt(segment, position - segment.start, segment.size);
      return found === undefined ? 'lost' : { ...found, next: segment.start + found.next };
    },
    behind(position) {
      return list.find(({ start }) => start > position)?.start ?? endAt;
    },
    async dropBefore(position) {
      for (let first = list[0]; first !== undefined && endOf(first) <= position; first = list[0]) {
        // The last one too, once all of it is stored: what is not on disk yet need not go there, and a full disk has
        // room. But none that is being written to, or is as empty as the one that would take its name.
        if (list.length === 1 && (appending || first.size === 0)) return;
        await remove(first);
      }
    },
    async dropOldest(position) {
      const [first, second] = list;
      if (first === undefined || second === undefined) return 0;
      const { events } = await walk(first, first.size, position);
      await remove(first);
      return events;
    },
    bytes: () => list.reduce((sum, { size }) => sum + size, 0),
    oldestMs: () => list[0]?.bornMs,
    async close() {
      for (const { file } of list.splice(0)) await file.close();
    },
  };
}

/** What `writev` left over: it may write less than it was given. */
async function writeRest({ file, size: at }: Segment, parts: readonly Buffer[], written: number): Promise<void> {
  const all = Buffer.concat(parts);
  let done = written;
  while (done < all.length) {
    const { bytesWritten } = await file.write(all, done, all.length - done, at + done);
    done += bytesWritten;
  }
}
