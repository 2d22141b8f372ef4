import type { CaptureEvent } from '../../model/capture-event.ts';
import { type Delivery, pause } from '../deliver.ts';
import type { CursorFile } from './cursor.ts';
import type { JournalBatch, JournalReader } from './reader.ts';
import type { Segments } from './segments.ts';

/** Where a batch stands: the same batch, handed over again, stands at the same place. */
export interface BatchPlace {
  /** A name that no other journal has, and of this one no other process, but for the batch that the last one left. */
  readonly journal: string;
  /** Its position: it rises from batch to batch by more than a batch has events. */
  readonly from: number;
}

export type Consume = (batch: readonly CaptureEvent[], place: BatchPlace) => Promise<void>;

/** A batch that is on its way for so long is stuck: a store that hangs is as far away as one that says no. */
export const STUCK_MS = 5000;

export interface HandoverDeps {
  readonly reader: JournalReader;
  readonly segments: Segments;
  readonly cursor: CursorFile;
  readonly delivery: Delivery;
  /** Where the batch ends that was on its way when the last process ended; undefined when none was. */
  readonly again: number | undefined;
  readonly storedTo: number;
  readonly maxBatch: number;
  readonly stuckMs: number;
  /** Waits, when that pays, for more to come. */
  linger(): Promise<void>;
  /** Files are not removed while they are read. */
  alone<T>(run: () => Promise<T>): Promise<T>;
  stored(batch: JournalBatch): void;
  /** All that is on disk was handed over. */
  idle(): void;
  /** The store is away, by now. */
  away(): void;
  onTrouble(error: unknown): void;
}

/** Takes batch after batch out of the journal, writes down which one is on its way, and hands it over until it is stored. */
export interface Handover {
  start(take: Consume): void;
  /** There is more to hand over. */
  more(): void;
  isAway(): boolean;
  /** Ends after the batch that is on its way; that one only when it is stored, or the delivery gave it up. */
  stop(): Promise<void>;
}

const RETRY_MS = 1000;

export function createHandover(deps: HandoverDeps): Handover {
  const { reader, segments, cursor, delivery, maxBatch } = deps;
  let { again, storedTo } = deps;
  let consume: Consume | undefined;
  /** Taken out of the journal and not stored yet. */
  let batch: JournalBatch | undefined;
  let running: Promise<void> | undefined;
  let named = false;
  let stopped = false;
  let stuck = false;
  let endPause = () => {};

  const isIdle = (): boolean => batch === undefined && reader.position() >= segments.end();

  const next = async (): Promise<JournalBatch | undefined> => {
    const upTo = again;
    again = undefined;
    if (upTo !== undefined) return deps.alone(() => reader.upTo(upTo));
    if (!named) {
      named = true;
      // What the last process had on its way is stored: from here on positions are ours.
      cursor.write({ from: storedTo, to: storedTo });
      cursor.renewName();
    }
    await deps.linger();
    return deps.alone(() => reader.next(maxBatch));
  };

  const deliver = async (take: Consume, { events, from }: JournalBatch): Promise<boolean> => {
    const place: BatchPlace = { journal: cursor.name(), from };
    const timer = setTimeout(() => {
      stuck = true;
      deps.away();
    }, deps.stuckMs);
    const taken = await delivery.deliver((some) => take(some, place), events);
    clearTimeout(timer);
    stuck = false;
    return taken;
  };

  const run = async (take: Consume): Promise<void> => {
    while (!stopped && !isIdle()) {
      batch ??= await next();
      if (batch === undefined) break;
      cursor.write({ from: batch.from, to: batch.to });
      if (batch.events.length > 0 && !(await deliver(take, batch))) return;
      const done = batch;
      batch = undefined;
      storedTo = done.to;
      deps.stored(done);
      await deps.alone(() => segments.dropBefore(storedTo));
    }
    if (!isIdle()) return;
    deps.idle();
    cursor.write({ from: storedTo, to: storedTo });
  };

  const more = (): void => {
    if (running !== undefined || consume === undefined || stopped) return;
    running = run(consume)
      .catch((error: unknown) => {
        deps.onTrouble(error);
        return pause(RETRY_MS, (end) => {
          endPause = end;
        });
      })
      .finally(() => {
        running = undefined;
        if (!isIdle()) more();
      });
  };

  return {
    start(take) {
      if (consume !== undefined) throw new Error('the bus has a consumer already');
      consume = take;
      more();
    },
    more,
    isAway: () => stuck || delivery.failing(),
    async stop() {
      stopped = true;
      endPause();
      await running;
      // A batch that was given up may be stored all the same: the cursor goes on saying that it was on its way.
      if (batch === undefined && again === undefined) cursor.write({ from: storedTo, to: storedTo });
    },
  };
}
