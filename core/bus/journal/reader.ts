import { type CaptureEvent, countOf } from '../../model/capture-event.ts';
import { eventOfBytes } from '../event-bytes.ts';
import type { Segments } from './segments.ts';
import type { Written } from './writer.ts';

/** Events that are handed over together, and the positions where their records begin and end. */
export interface JournalBatch {
  readonly events: readonly CaptureEvent[];
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

export interface JournalReaderDeps {
  readonly segments: Segments;
  /** Where to begin. */
  readonly from: number;
  /** Events that are kept in memory for the next batches, so that what is stored soon is not read back from disk. */
  readonly capacity: number;
  /** Records that are there and cannot be read as events; how many events they stood for, 0 when not even that is known. */
  onUnreadable(reason: 'damaged' | 'unreadable', events: number, position: number): void;
}

/** Reads the journal in order: from memory as long as the store keeps up, from disk otherwise. */
export interface JournalReader {
  /** Offers what was just written. */
  offer(written: readonly Written[]): void;
  /** The next batch; undefined when there is nothing more. */
  next(maxEvents: number): Promise<JournalBatch | undefined>;
  /** The batch that ends exactly there: the one that was on its way when the last process ended. */
  upTo(position: number): Promise<JournalBatch | undefined>;
  /** The oldest files were given up: what lies before is not handed over any more. */
  skipTo(position: number): void;
  position(): number;
}

export function createJournalReader({ segments, from, capacity, onUnreadable }: JournalReaderDeps): JournalReader {
  let position = from;
  /** What follows `position` without a gap. */
  let memory: Written[] = [];
  let remembered = 0;

  const fromMemory = (maxEvents: number): JournalBatch => {
    const begin = position;
    let end = 0;
    let count = 0;
    while (end < memory.length) {
      const more = countOf((memory[end] as Written).event);
      if (end > 0 && count + more > maxEvents) break;
      count += more;
      end++;
    }
    const taken = memory.slice(0, end);
    memory = memory.slice(end);
    remembered -= count;
    position = taken.at(-1)?.to ?? position;
    return { events: taken.map(({ event }) => event), count, from: begin, to: position };
  };

  const fromDisk = async (maxEvents: number, until: number): Promise<JournalBatch | undefined> => {
    const begin = position;
    const events: CaptureEvent[] = [];
    let count = 0;
    // Should a read fail, the next try begins where this one did.
    let at = begin;
    while (at < until) {
      const found = await segments.read(at);
      if (found === 'end') break;
      if (found === 'lost') {
        onUnreadable('damaged', 0, at);
        at = segments.behind(at);
        continue;
      }
      if (events.length > 0 && count + found.count > maxEvents) break;
      const event = found.body === undefined ? undefined : eventOfBytes(found.body);
      if (event === undefined) onUnreadable(found.body === undefined ? 'damaged' : 'unreadable', found.count, at);
      else {
        events.push(event);
        count += found.count;
      }
      at = found.next;
    }
    position = at;
    return at === begin ? undefined : { events, count, from: begin, to: at };
  };

  return {
    offer(written) {
      for (const one of written) {
        const end = memory.at(-1)?.to ?? position;
        if (one.from !== end || remembered >= capacity) return;
        memory.push(one);
        remembered += countOf(one.event);
      }
    },
    async next(maxEvents) {
      return memory.length > 0 ? fromMemory(maxEvents) : fromDisk(maxEvents, Number.POSITIVE_INFINITY);
    },
    upTo: (until) => fromDisk(Number.POSITIVE_INFINITY, until),
    skipTo(to) {
      if (to <= position) return;
      position = to;
      while (memory[0] !== undefined && memory[0].from < to) {
        remembered -= countOf(memory[0].event);
        memory.shift();
      }
    },
    position: () => position,
  };
}
