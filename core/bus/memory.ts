import { Counter, Gauge } from 'prom-client';
import { type CaptureEvent, countOf } from '../model/capture-event.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Bus } from './bus.ts';

export interface MemoryBusOptions {
  /** Events that wait before publish makes its caller wait too. */
  readonly capacity: number;
  /** Most events handed over at once; default 20 000. */
  readonly maxBatch?: number;
  /** How long a batch that is not full waits for more; default 0. Draining and closing do not wait. Asked for each batch. */
  readonly lingerMs?: () => number;
  /** Pause before a rejected batch comes again; doubles up to 50 times that; default 100. */
  readonly retryMs?: number;
  /** How long close tries to hand over what is left before it is counted as lost; default 30 000. */
  readonly closeMs?: number;
  /** Told why a batch was not taken, each time; the batch comes again. */
  readonly onReject?: (error: unknown) => void;
  readonly metrics?: Metrics;
}

type Consume = (batch: readonly CaptureEvent[]) => Promise<void>;

/** The bus of a single process: a bounded queue. An event leaves it when its batch was consumed, not before. */
export function createMemoryBus(options: MemoryBusOptions): Bus {
  const {
    capacity,
    maxBatch = 20_000,
    lingerMs = () => 0,
    retryMs = 100,
    closeMs = 30_000,
    onReject,
    metrics,
  } = options;
  const queue: CaptureEvent[] = [];
  /** Where the queue begins: moving the rest forward for each batch would cost more than the batch. */
  let head = 0;
  let published = 0;
  let consumed = 0;
  let consume: Consume | undefined;
  let closing: Promise<void> | undefined;
  let gaveUp = false;
  let roomWaiters: (() => void)[] = [];
  let drainWaiters: { readonly upTo: number; readonly resolve: () => void }[] = [];
  let endLinger = () => {};
  let endRetryPause = () => {};

  const waiting = () => published - consumed;
  const countRetry = createBusMetrics(metrics, waiting, capacity);

  const settle = (entries: number): void => {
    for (let i = head; i < head + entries; i++) consumed += countOf(queue[i] as CaptureEvent);
    head += entries;
    if (head === queue.length || (head > 4096 && head * 2 > queue.length)) {
      queue.splice(0, head);
      head = 0;
    }
    for (const { resolve } of drainWaiters.filter(({ upTo }) => upTo <= consumed)) resolve();
    drainWaiters = drainWaiters.filter(({ upTo }) => upTo > consumed);
    if (waiting() >= capacity) return;
    for (const resolve of roomWaiters) resolve();
    roomWaiters = [];
  };

  /** Hands one batch over until it is taken. False when close gave up meanwhile. */
  const deliver = async (take: Consume, batch: readonly CaptureEvent[]): Promise<boolean> => {
    for (let ms = retryMs; !gaveUp; ms = Math.min(ms * 2, retryMs * 50)) {
      try {
        await take(batch);
        return !gaveUp;
      } catch (error) {
        countRetry();
        onReject?.(error);
        await pause(ms * (0.5 + Math.random() / 2), (end) => {
          endRetryPause = end;
        });
      }
    }
    return false;
  };

  /** At most `maxBatch` events, a frame of packets counting as many, but at least one entry. */
  const nextBatch = (): CaptureEvent[] => {
    let end = head;
    for (let room = maxBatch; end < queue.length && room > 0; end++) {
      room -= countOf(queue[end] as CaptureEvent);
      if (room < 0 && end > head) break;
    }
    return queue.slice(head, end);
  };

  let pumping = false;
  const pump = async (): Promise<void> => {
    if (pumping || consume === undefined) return;
    pumping = true;
    // What is published in the same turn of the event loop goes together.
    await null;
    while (waiting() > 0 && !gaveUp) {
      const hurry = closing !== undefined || drainWaiters.length > 0 || waiting() >= capacity;
      const lingers = lingerMs();
      if (lingers > 0 && !hurry && waiting() < maxBatch) {
        await pause(lingers, (end) => {
          endLinger = end;
        });
      }
      const batch = nextBatch();
      if (await deliver(consume, batch)) settle(batch.length);
    }
    pumping = false;
  };

  const drained = (): Promise<void> => {
    if (waiting() === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    drainWaiters.push({ upTo: published, resolve });
    endLinger();
    return promise;
  };

  const close = async (): Promise<void> => {
    const timer = setTimeout(giveUp, consume === undefined ? 0 : closeMs);
    await drained();
    clearTimeout(timer);
  };

  const giveUp = (): void => {
    gaveUp = true;
    metrics?.lost('bus', 'closed', waiting());
    settle(queue.length - head);
    endRetryPause();
  };

  return {
    publish(events) {
      if (closing !== undefined) return Promise.reject(new Error('the bus is closed'));
      for (const event of events) {
        queue.push(event);
        published += countOf(event);
      }
      const isFull = waiting() >= capacity;
      // A batch that lingers need not wait any longer.
      if (isFull || waiting() >= maxBatch) endLinger();
      void pump();
      return isFull ? new Promise((resolve) => roomWaiters.push(resolve)) : Promise.resolve();
    },
    room: () => Math.max(0, capacity - waiting()),
    subscribe(take) {
      if (consume !== undefined) throw new Error('the bus has a consumer already');
      consume = take;
      void pump();
    },
    drained,
    close: () => (closing ??= close()),
  };
}

/** Waits so long, or until the function that `ending` gets is called. */
async function pause(ms: number, ending: (end: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  ending(resolve);
  await promise;
  clearTimeout(timer);
}

function createBusMetrics(metrics: Metrics | undefined, waiting: () => number, capacity: number): () => void {
  if (metrics === undefined) return () => {};
  const registers = [metrics.registry];
  new Gauge({
    name: 'calltrail_bus_waiting_events',
    help: 'Events between collector and indexer.',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  new Gauge({ name: 'calltrail_bus_capacity_events', help: 'How many may wait.', registers }).set(capacity);
  const retries = new Counter({
    name: 'calltrail_bus_retries_total',
    help: 'Batches that the indexer could not take and that came again.',
    registers,
  });
  return () => retries.inc();
}
