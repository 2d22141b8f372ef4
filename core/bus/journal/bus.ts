import { mkdir } from 'node:fs/promises';
import { countAll } from '../../model/capture-event.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { reasonOf } from '../../runtime/reason.ts';
import type { Bus } from '../bus.ts';
import { createBusMetrics } from '../bus-metrics.ts';
import { createDelivery, type DeliveryOptions, pause } from '../deliver.ts';
import { createWaiters } from '../waiters.ts';
import { openCursor } from './cursor.ts';
import { type Consume, createHandover, STUCK_MS } from './handover.ts';
import { createJournalMetrics } from './journal-metrics.ts';
import { DEFAULT_LIMITS, type JournalLimits, segmentBytesOf } from './limits.ts';
import { createJournalReader } from './reader.ts';
import { openSegments } from './segments.ts';
import { createJournalWriter } from './writer.ts';

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
  /** How long a batch that is not full waits for more; default 0. Draining and closing do not wait. Asked for each batch. */
  readonly lingerMs?: () => number;
  /** How long close tries to hand over what is left before it leaves it on disk; default 10 000. */
  readonly closeMs?: number;
  /** A store that does not answer for so long is away; default 5000. */
  readonly stuckMs?: number;
  readonly metrics?: Metrics;
  /** Told, in a sentence, of what an operator should know. */
  readonly say?: (level: 'info' | 'error', sentence: string) => void;
  /** ms by a clock that is never set; default this process's. */
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
  const { directory, capacity, maxEvents = Number.POSITIVE_INFINITY, maxBatch = 20_000, lingerMs = () => 0 } = options;
  const { closeMs = 10_000, stuckMs = STUCK_MS, metrics, say = () => {}, now = () => performance.now() } = options;
  const limits: JournalLimits = { ...DEFAULT_LIMITS, ...options.limits };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const cursor = openCursor(directory);
  const left = cursor.last ?? { from: 0, to: 0 };
  const {
    segments,
    events: leftEvents,
    tornBytes,
  } = await openSegments(directory, segmentBytesOf(limits), left.from, now);
  let published = leftEvents;
  let consumed = 0;
  let givenUp = 0;
  let closing: Promise<void> | undefined;
  let gaveUp = false;
  let endLinger = () => {};
  let diskFreed = () => {};
  let busy: Promise<unknown> = Promise.resolve();
  const waiters = createWaiters();

  const waiting = (): number => published - consumed;
  const counters = createJournalMetrics(metrics, segments, limits, now);
  const ledger = {
    taken: () => published - leftEvents - writer.waiting(),
    stored: () => consumed - givenUp,
    waiting,
    writing: () => writer.waiting(),
  };
  const countRetry = createBusMetrics(metrics, ledger, capacity);
  const delivery = createDelivery(options, () => {
    countRetry();
    waiters.roomMade();
  });

  const giveUpEvents = (reason: string, events: number): void => {
    metrics?.lost('journal', reason, events);
    consumed += events;
    givenUp += events;
    waiters.consumed(consumed);
  };
  const alone = <T>(run: () => Promise<T>): Promise<T> => {
    const running = busy.then(run);
    busy = running.catch(() => {});
    return running;
  };

  const storedTo = Math.max(left.from, segments.start());
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

  const dropOldest = async (reason: string): Promise<boolean> => {
    const before = segments.start();
    const events = await alone(async () => {
      const dropped = await segments.dropOldest(reader.position());
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
      handover.more();
    },
    onTrouble(error) {
      if (error === undefined) say('info', 'the journal is written again');
      else say('error', `the journal cannot be written: ${reasonOf(error)}`);
    },
  });

  const handover = createHandover({
    ...{ reader, segments, cursor, delivery, maxBatch, stuckMs, alone, storedTo },
    again: left.to > left.from && storedTo === left.from ? left.to : undefined,
    async linger() {
      const hurry = closing !== undefined || waiters.isAwaited() || waiting() >= Math.min(capacity, maxBatch);
      const ms = lingerMs();
      if (ms === 0 || hurry) return;
      await pause(ms, (end) => {
        endLinger = end;
      });
    },
    stored({ count }) {
      consumed += count;
      diskFreed();
      waiters.consumed(consumed);
      if (waiting() < capacity) waiters.roomMade();
    },
    idle() {
      // What is gone although it was counted as waiting: damage does not say how much it took.
      const missing = waiting() - writer.waiting();
      if (missing > 0) giveUpEvents('damaged', missing);
    },
    away: waiters.roomMade,
    onTrouble: (error) => say('error', `the journal cannot be read: ${reasonOf(error)}`),
  });

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
    await (subscribed ? drained() : writer.settled());
    clearTimeout(timer);
    await handover.stop();
    await busy;
    cursor.close();
    await segments.close();
    if (waiting() > 0) say('info', `${waiting()} events are not stored yet and stay in the journal`);
  };
  let subscribed = false;

  counters.recovered(leftEvents);
  if (leftEvents > 0) say('info', `the journal holds ${leftEvents} events that are not stored yet`);
  if (tornBytes > 0) say('info', `the journal ended in ${tornBytes} bytes of an event that was never acknowledged`);

  return {
    async publish(events) {
      if (closing !== undefined) throw new Error('the bus is closed');
      published += countAll(events);
      const written = writer.write(events);
      if (waiting() >= Math.min(capacity, maxBatch)) endLinger();
      await written;
      if (waiting() >= capacity && !handover.isAway() && !gaveUp) await waiters.forRoom();
    },
    room: () => (writer.inTrouble() || writer.waiting() >= capacity ? 0 : Math.max(0, maxEvents - waiting())),
    subscribe(take) {
      handover.start(take);
      subscribed = true;
    },
    drained,
    close: () => (closing ??= close()),
  };
}
