import type { KafkaMessage } from 'kafkajs';
import type { CaptureEvent } from '../../model/capture-event.ts';
import { type Place, placeText } from './place.ts';
import { readRun, readRunHead } from './run.ts';

/** Messages of one partition that become one batch, and what was in them. */
export interface Gathered {
  /** Offset of the first message, and behind the last. */
  readonly from: number;
  to(): number;
  events(): readonly CaptureEvent[];
  count(): number;
  /** Of what was not handed on: sent again, damaged, unreadable. */
  dropped(): Dropped;
  /** Whether the batch is whole: it ends where an earlier reader of the partition said. */
  isWhole(): boolean;
  /** Whether it ends somewhere that is written down, and not where it is convenient. */
  isFrozen(): boolean;
  /** Whether this message still goes into it. */
  hasRoomFor(message: KafkaMessage): boolean;
  add(message: KafkaMessage): void;
  /** Metadata for a commit of `from`: this batch is on its way. */
  onItsWay(): string;
  /** Metadata for a commit of `from` where all before it is stored and nothing is on its way. */
  before(): string;
  /** What follows. */
  next(): Gathered;
}

export interface Dropped {
  readonly repeated: number;
  readonly damaged: number;
  readonly unreadable: number;
}

/**
 * @param from offset of the first message
 * @param place what was written down with it
 * @param maxEvents more do not go into one batch; a message is not cut
 */
export function gather(from: number, place: Place, maxEvents: number): Gathered {
  const before = place.seen;
  const seen = new Map(before);
  const frozen = place.to > from;
  const events: CaptureEvent[] = [];
  let to = from;
  let [count, repeated, damaged, unreadable] = [0, 0, 0, 0];

  const add = (message: KafkaMessage): void => {
    to = Number(message.offset) + 1;
    const head = readRunHead(message.headers);
    if (head === undefined || message.value === null) {
      unreadable += 1;
      return;
    }
    const last = seen.get(head.journal) ?? -1;
    const read = readRun(message.value, head, last);
    for (const event of read.fresh) events.push(event);
    count += read.count;
    repeated += read.repeated;
    damaged += read.damaged;
    unreadable += read.unreadable;
    // Behind the others: the journal that was heard of last.
    seen.delete(head.journal);
    seen.set(head.journal, Math.max(last, head.first + head.records - 1));
  };

  return {
    from,
    to: () => to,
    events: () => events,
    count: () => count,
    dropped: () => ({ repeated, damaged, unreadable }),
    isWhole: () => frozen && to >= place.to,
    isFrozen: () => frozen,
    hasRoomFor(message) {
      if (frozen) return Number(message.offset) < place.to;
      return events.length === 0 || count + (readRunHead(message.headers)?.events ?? 1) <= maxEvents;
    },
    add,
    onItsWay: () => placeText({ to, seen: before }),
    before: () => placeText({ to: from, seen: before }),
    next: () => gather(to, { to, seen }, maxEvents),
  };
}
