import type { IHeaders } from 'kafkajs';
import { type CaptureEvent, countOf } from '../../model/capture-event.ts';
import { eventOfBytes, eventToBytes } from '../event-bytes.ts';
import type { BatchPlace } from '../journal/handover.ts';
import { isWhole, RECORD_HEAD, readRecordHead, recordOf, recordSize } from '../journal/record.ts';

/**
 * What one message of the topic carries: records of a journal, one behind the other, so that small events share a message.
 * Its header `calltrail-run` says: version of this form, name of the journal, number of the first record, how many
 * records, how many events they stand for. Numbers of one journal rise, and a record that is sent again has the number
 * that it had: that is how a reader knows it again.
 */
export interface Run {
  readonly journal: string;
  readonly first: number;
  readonly records: number;
  readonly events: number;
  readonly value: Buffer;
}

export const RUN_HEADER = 'calltrail-run';
const VERSION = '1';
/** Many small events share a message of this size; a larger one has a message of its own. */
const RUN_BYTES = 256 * 1024;

/** Cuts a batch of the journal. The same batch is cut in the same way again. */
export function runsOf(batch: readonly CaptureEvent[], { journal, from }: BatchPlace): Run[] {
  const runs: Run[] = [];
  let parts: Buffer[] = [];
  let [size, records, events] = [0, 0, 0];
  const end = (behind: number): void => {
    if (records === 0) return;
    const first = from + behind - records;
    runs.push({ journal, first, records, events, value: Buffer.concat(parts, size) });
    parts = [];
    [size, records, events] = [0, 0, 0];
  };
  for (const [i, event] of batch.entries()) {
    const record = recordOf(eventToBytes(event), countOf(event));
    if (size + record.size > RUN_BYTES) end(i);
    parts.push(...record.parts);
    size += record.size;
    records += 1;
    events += countOf(event);
  }
  end(batch.length);
  return runs;
}

/** Two runs of about half the records; undefined for one that is a single record. */
export function halvesOf(run: Run): readonly [Run, Run] | undefined {
  if (run.records < 2) return undefined;
  const half = run.records >> 1;
  let [at, events] = [0, 0];
  for (let i = 0; i < half; i++) {
    const head = readRecordHead(run.value.subarray(at));
    // It was made a moment ago, in this process.
    if (head === undefined) throw new Error('a run that was just made cannot be read');
    at += recordSize(head.bodySize);
    events += head.count;
  }
  return [
    { ...run, records: half, events, value: run.value.subarray(0, at) },
    {
      ...run,
      first: run.first + half,
      records: run.records - half,
      events: run.events - events,
      value: run.value.subarray(at),
    },
  ];
}

export const headerOf = ({ journal, first, records, events }: Run): string =>
  `${VERSION} ${journal} ${first} ${records} ${events}`;

/** A run as it was read, with what of it is new. */
export interface ReadRun {
  /** Events that are new and whole. */
  readonly fresh: readonly CaptureEvent[];
  /** How many events they stand for; how many were seen before; how many are there and cannot be read. */
  readonly count: number;
  readonly repeated: number;
  readonly damaged: number;
  readonly unreadable: number;
}

export interface RunHead {
  readonly journal: string;
  readonly first: number;
  readonly records: number;
  readonly events: number;
}

/** Undefined when the message is none of ours. */
export function readRunHead(headers: IHeaders | undefined): RunHead | undefined {
  const header = headers?.[RUN_HEADER];
  if (header === undefined || Array.isArray(header)) return undefined;
  const [version, journal, ...rest] = header.toString('latin1').split(' ');
  const [first = -1, records = 0, events = 0] = rest.map(Number);
  const isRight = rest.length === 3 && [first, records, events].every((n) => Number.isSafeInteger(n) && n >= 0);
  if (version !== VERSION || journal === undefined || !/^[\w-]{1,32}$/.test(journal) || !isRight) return undefined;
  return { journal, first, records, events };
}

/** @param seen number of the last record of this journal that is known; -1 for none */
export function readRun(value: Buffer, { first, records, events }: RunHead, seen: number): ReadRun {
  // Frames are read in words of four bytes, and keep views of the memory: a piece of its own, which begins at zero.
  const bytes = Buffer.from(new ArrayBuffer(value.length));
  value.copy(bytes);
  const fresh: CaptureEvent[] = [];
  let [at, count, repeated, unreadable] = [0, 0, 0, 0];
  for (let number = first; number < first + records && at < bytes.length; number++) {
    const head = readRecordHead(bytes.subarray(at));
    if (head === undefined) break;
    const body = bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + head.bodySize);
    if (body.length < head.bodySize) break;
    const isIntact = isWhole(bytes.subarray(at, at + RECORD_HEAD), body, head);
    at += recordSize(head.bodySize);
    if (!isIntact) continue;
    if (number <= seen) {
      repeated += head.count;
      continue;
    }
    const event = eventOfBytes(body);
    if (event === undefined) {
      unreadable += head.count;
      continue;
    }
    fresh.push(event);
    count += head.count;
  }
  // What a damaged record says of itself is not to be believed: the message says how many there were.
  return { fresh, count, repeated, unreadable, damaged: Math.max(0, events - count - repeated - unreadable) };
}
