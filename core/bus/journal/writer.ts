import { type CaptureEvent, countOf } from '../../model/capture-event.ts';
import { pause } from '../deliver.ts';
import { eventToBytes } from '../event-bytes.ts';
import { recordOf } from './record.ts';
import type { Segments } from './segments.ts';

/** An event that is on disk, and the positions where its record begins and ends. */
export interface Written {
  readonly event: CaptureEvent;
  readonly from: number;
  readonly to: number;
}

export interface JournalWriterDeps {
  readonly segments: Segments;
  /** Resolves when there is room on disk for so many bytes; false to write them nevertheless not, as it is being closed. */
  makeRoom(bytes: number): Promise<boolean>;
  written(events: readonly Written[]): void;
  /** Told why nothing can be written, when that begins, and with undefined when it is over. */
  onTrouble(error: unknown): void;
}

/** Writes events in the order in which they are given, as many at once as wait. */
export interface JournalWriter {
  /** Resolves when they are on disk; rejects when it was given up. */
  write(events: readonly CaptureEvent[]): Promise<void>;
  /** Events that are not on disk yet. */
  waiting(): number;
  /** Resolves when all of them are, or were given up. */
  settled(): Promise<void>;
  /** Whether the last try failed: a full disk, mostly. */
  inTrouble(): boolean;
  /** Stops trying. What waits is not on disk; how many events that are. */
  giveUp(): number;
}

/** Pieces of one system call: Linux takes 1024. */
const MAX_PARTS = 1000;
const MAX_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 500;

interface Waiting {
  readonly event: CaptureEvent;
  /** Of the last event of one `write`. */
  readonly done?: PromiseWithResolvers<void>;
}

export function createJournalWriter({ segments, makeRoom, written, onTrouble }: JournalWriterDeps): JournalWriter {
  let queue: Waiting[] = [];
  let waiting = 0;
  let writing: Promise<void> | undefined;
  let trouble = false;
  let gaveUp = false;
  let endPause = () => {};

  /** As many of those that wait as go into one piece. */
  const next = () => {
    const parts: Buffer[] = [];
    const events: Written[] = [];
    let [size, count] = [0, 0];
    // A new file may begin with them, at the very position where the last one ends.
    let from = segments.end();
    for (const { event } of queue) {
      const record = recordOf(eventToBytes(event), countOf(event));
      if (events.length > 0 && (parts.length + record.parts.length > MAX_PARTS || size + record.size > MAX_BYTES))
        break;
      parts.push(...record.parts);
      events.push({ event, from, to: from + record.size });
      from += record.size;
      size += record.size;
      count += countOf(event);
    }
    return { parts, events, size, count };
  };

  const appended = async (parts: readonly Buffer[], size: number): Promise<boolean> => {
    while (!gaveUp) {
      try {
        if (!(await makeRoom(size))) return false;
        await segments.append(parts, size);
        if (trouble) onTrouble(undefined);
        trouble = false;
        return true;
      } catch (error) {
        if (!trouble) onTrouble(error);
        trouble = true;
        await pause(RETRY_MS, (end) => {
          endPause = end;
        });
      }
    }
    return false;
  };

  const run = async (): Promise<void> => {
    // What is published in the same turn of the event loop goes together.
    await null;
    while (queue.length > 0 && !gaveUp) {
      const { parts, events, size, count } = next();
      if (!(await appended(parts, size))) break;
      const done = queue.slice(0, events.length);
      queue = queue.slice(events.length);
      waiting -= count;
      written(events);
      for (const one of done) one.done?.resolve();
    }
    writing = undefined;
  };

  return {
    write(events) {
      if (events.length === 0) return Promise.resolve();
      const done = Promise.withResolvers<void>();
      for (const [i, event] of events.entries()) {
        queue.push(i === events.length - 1 ? { event, done } : { event });
        waiting += countOf(event);
      }
      writing ??= run();
      return done.promise;
    },
    waiting: () => waiting,
    settled: async () => writing,
    inTrouble: () => trouble,
    giveUp() {
      gaveUp = true;
      endPause();
      const left = waiting;
      for (const { done } of queue) done?.reject(new Error('the bus is closed'));
      queue = [];
      waiting = 0;
      return left;
    },
  };
}
