import { mkdir } from 'node:fs/promises';
import { type CaptureEvent, countAll } from '../../model/capture-event.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Bus } from '../bus.ts';
import { createBusMetrics } from '../bus-metrics.ts';
import { createDelivery, type DeliveryOptions, pause } from '../deliver.ts';
import { createWaiters } from '../waiters.ts';
import { openCursor } from './cursor.ts';
import { createJournalMetrics } from './journal-metrics.ts';
import { DEFAULT_LIMITS, type JournalLimits, segmentBytesOf } from './limits.ts';
import { createJournalReader, type JournalBatch } from './reader.ts';
import { openSegments } from './segments.ts';
import { createJournalWriter } from './writer.ts';

/** Where a batch stands: the same batch, handed over again, stands at the same place. */
export interface BatchPlace {
  /** A name that no other journal has, and of this one no other process, but for the batch that the last one left. */
  readonly journal: string;
  /** Its position: it rises from batch to batch by more than a batch has events. */
  readonly from: number;
}

type Consume = (batch: readonly CaptureEvent[], place: BatchPlace) => Promise<void>;

export interface JournalBus extends Bus {
  subscribe(consume: Consume): void;
}

export interface JournalBusOptions extends DeliveryOptions {
  /** Of this bus alone; made if it is not there. */
  readonly directory: string;
  /** Events that wait before a publisher is slowed down while the store takes what it gets. */
  readonly capacity: number;
  /** Events that may wait at all; default as many as the limits let. */
  readonly maxEvents?: number;
  readonly limits?: Partial<JournalLimits>;
  /** Most events handed over at once; default 20 000. */
  readonly maxBatch?: number;
  /** How long a batch that is not full waits for more; default 0. Draining and closing do not wait. */
  readonly lingerMs?: number;
  /** How long close tries to hand over what is left before it leaves it on disk; default 10 000. */
  readonly closeMs?: number;
  readonly metrics?: Metrics;
  /** Told, in a sentence, of what an operator should know. */
  readonly say?: (level: 'info' | 'error', sentence: string) => void;
  /** ms since the epoch. */
  readonly now?: () => number;
}

/**
 * A bus that keeps on disk what is not stored yet. `publish` resolves when the events are there, in the hands of the
 * operating system: a killed process loses none of them, a machine without power the last seconds. What the last process
 * left is handed over first, and the batch that was on its way as the same batch, so that a store that has it already
 * recognizes it. While the store is away senders are not slowed down until the journal is full.
 *
 * @throws when the directory cannot be made, read or written
 */
export async function createJournalBus(options: JournalBusOptions): Promise<JournalBus> {
  const { directory, capacity, maxEvents = Number.POSITIVE_INFINITY, maxBatch = 20_000, lingerMs = 0 } = options;
  const { closeMs = 10_000, metrics, say = () => {}, now = Date.now } = options;
  const limits: JournalLimits = { ...DEFAULT_LIMITS, ...options.limits };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const cursor = openCursor(directory);
  const left = cursor.last ?? { from: 0, to: 0 };
  const { segments, events: leftEvents, tornBytes } = await openSegments(directory, segmentBytesOf(limits), left.from);
  let published = leftEvents;
  let consumed = 0;
  let givenUp = 0;
  /** Before it everything is stored; the batch that is on its way ends at the other. */
  let storedTo = Math.max(left.from, segments.start());
  let handedTo = storedTo;
  let consume: Consume | undefined;
  let closing: Promise<void> | undefined;
  let gaveUp = false;
  let pumping: Promise<void> | undefined;
  let endLinger = () => {};
  let diskFreed = () => {};
  const waiters = createWaiters();

  const waiting = (): number => published - consumed;
  const counters = createJournalMetrics(metrics, segments, limits, now);
  const ledger = {
    taken: () => published - leftEvents - writer.waiting(),
    stored: () => consumed - givenUp,
    waiting,
  };
  const countRetry = createBusMetrics(metrics, ledger, capacity);
  const delivery = createDelivery(options, () => {
    countRetry();
    // The store is away: the disk has room, and senders need not wait for it.
    if (delivery.failing()) waiters.roomMade();
  });

  const giveUpEvents = (reason: string, events: number): void => {
    metrics?.lost('journal', reason, events);
    consumed += events;
    givenUp += events;
    waiters.consumed(consumed);
  };
  const reader = createJournalReader({
    segments,
    from: storedTo,
    capacity,
    onUnreadable(reason, events, position) {
      // How many events lay behind the damage is known when the end is reached.
      if (events > 0) giveUpEvents(reason, events);
      say('error', `the journal is ${reason} at byte ${position}: what stood there is given up`);
    },
  });

  let busy: Promise<unknown> = Promise.resolve();
  /** Files are not removed while they are read. */
  const alone = <T>(run: () => Promise<T>): Promise<T> => {
    const running = busy.then(run);
    busy = running.catch(() => {});
    return running;
  };

  const dropOldest = async (reason: string): Promise<boolean> => {
    const before = segments.start();
    const events = await alone(async () => {
      const dropped = await segments.dropOldest(handedTo);
      reader.skipTo(segments.start());
      return dropped;
    });
    if (segments.start() === before) return false;
    if (events > 0) {
      giveUpEvents(reason, events);
      say('error', `${events} events were given up before they could be stored: the journal is ${reason}`);
    }
    return true;
  };

  const makeRoom = async (bytes: number): Promise<boolean> => {
    const isOld = (): boolean => now() - (segments.oldestMs() ?? now()) > limits.maxAgeMs;
    while (isOld() && (await dropOldest('too_old')));
    while (!gaveUp && segments.bytes() > 0 && segments.bytes() + bytes > limits.maxBytes) {
      if (limits.whenFull === 'drop_oldest' && (await dropOldest('full'))) continue;
      await pause(1000, (end) => {
        diskFreed = end;
      });
    }
    return !gaveUp;
  };

  const writer = createJournalWriter({
    segments,
    makeRoom,
    written(written) {
      reader.offer(written);
      pump();
    },
    onTrouble(error) {
      if (error === undefined) say('info', 'the journal is written again');
      else say('error', `the journal cannot be written: ${error instanceof Error ? error.message : error}`);
    },
  });

  const settle = async (batch: JournalBatch): Promise<void> => {
    consumed += batch.count;
    storedTo = batch.to;
    await alone(() => segments.dropBefore(storedTo));
    diskFreed();
    waiters.consumed(consumed);
    if (waiting() < capacity) waiters.roomMade();
  };

  const isIdle = (): boolean => reader.position() >= segments.end();

  /** What is gone although it was counted as waiting: damage does not say how much it took. */
  const reconcile = (): void => {
    const missing = waiting() - writer.waiting();
    if (missing > 0 && isIdle()) giveUpEvents('damaged', missing);
  };

  let begun = false;
  /** First what the last process had on its way, under its name; false when that was given up. */
  const begin = async (take: Consume): Promise<boolean> => {
    if (left.to > left.from && storedTo === left.from && reader.position() === left.from) {
      const again = await alone(() => reader.upTo(left.to));
      if (again !== undefined && !(await hand(take, again))) return false;
    }
    cursor.write({ from: storedTo, to: storedTo });
    cursor.renewName();
    begun = true;
    return true;
  };

  const run = async (take: Consume): Promise<void> => {
    if (!begun && !(await begin(take))) return;
    while (!gaveUp && !isIdle()) {
      const hurry = closing !== undefined || waiters.isAwaited() || waiting() >= capacity;
      if (lingerMs > 0 && !hurry && waiting() < maxBatch) {
        await pause(lingerMs, (end) => {
          endLinger = end;
        });
      }
      const batch = await alone(() => reader.next(maxBatch));
      if (batch === undefined) break;
      if (!(await hand(take, batch))) return;
    }
    reconcile();
    if (isIdle() && handedTo === storedTo) cursor.write({ from: storedTo, to: storedTo });
  };

  const hand = async (take: Consume, batch: JournalBatch): Promise<boolean> => {
    handedTo = batch.to;
    cursor.write({ from: batch.from, to: batch.to });
    const place = { journal: cursor.name(), from: batch.from };
    const taken = (events: readonly CaptureEvent[]): Promise<void> => take(events, place);
    if (batch.events.length > 0 && !(await delivery.deliver(taken, batch.events))) return false;
    await settle(batch);
    return true;
  };

  const pump = (): void => {
    if (pumping !== undefined || consume === undefined || gaveUp) return;
    const running = run(consume)
      .catch((error: unknown) => {
        say('error', `the journal cannot be read or written: ${error instanceof Error ? error.message : error}`);
        return pause(1000, (end) => {
          endLinger = end;
        });
      })
      .finally(() => {
        pumping = undefined;
        if (!gaveUp && !isIdle()) pump();
      });
    pumping = running;
  };

  const drained = async (): Promise<void> => {
    if (waiting() === 0) return;
    const all = waiters.forConsumed(published);
    endLinger();
    await all;
  };

  const giveUp = (): void => {
    gaveUp = true;
    const unwritten = writer.giveUp();
    if (unwritten > 0) giveUpEvents('unwritten', unwritten);
    delivery.giveUp();
    diskFreed();
    endLinger();
    waiters.consumed(Number.POSITIVE_INFINITY);
    waiters.roomMade();
  };

  const close = async (): Promise<void> => {
    const timer = setTimeout(giveUp, closeMs);
    // Without a consumer what is on disk waits for the next process.
    await (consume === undefined ? writer.settled() : drained());
    clearTimeout(timer);
    gaveUp = true;
    await pumping;
    await busy;
    // A batch that was given up may be stored all the same: the cursor goes on saying that it was on its way.
    if (handedTo === storedTo) cursor.write({ from: storedTo, to: storedTo });
    cursor.close();
    await segments.close();
    if (waiting() > 0) say('info', `${waiting()} events are not stored yet and stay in the journal`);
  };

  counters.recovered(leftEvents);
  if (leftEvents > 0) say('info', `the journal holds ${leftEvents} events that are not stored yet`);
  if (tornBytes > 0) say('info', `the journal ended in ${tornBytes} bytes of an event that was never acknowledged`);

  return {
    async publish(events) {
      if (closing !== undefined) throw new Error('the bus is closed');
      published += countAll(events);
      const written = writer.write(events);
      if (waiting() >= maxBatch || waiting() >= capacity) endLinger();
      await written;
      if (waiting() >= capacity && !delivery.failing() && !gaveUp) await waiters.forRoom();
    },
    room: () => (writer.inTrouble() || writer.waiting() >= capacity ? 0 : Math.max(0, maxEvents - waiting())),
    subscribe(take) {
      if (consume !== undefined) throw new Error('the bus has a consumer already');
      consume = take;
      pump();
    },
    drained,
    close: () => (closing ??= close()),
  };
}
