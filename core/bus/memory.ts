import { type CaptureEvent, countOf } from '../model/capture-event.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Bus } from './bus.ts';
import { createBusMetrics } from './bus-metrics.ts';
import { type Consume, createDelivery, type DeliveryOptions, pause } from './deliver.ts';
import { createWaiters } from './waiters.ts';

export interface MemoryBusOptions extends DeliveryOptions {
  /** Events that wait before publish makes its caller wait too. */
  readonly capacity: number;
  /** Most events handed over at once; default 20 000. */
  readonly maxBatch?: number;
  /** How long a batch that is not full waits for more; default 0. Draining and closing do not wait. Asked for each batch. */
  readonly lingerMs?: () => number;
  /** How long close tries to hand over what is left before it is counted as lost; default 30 000. */
  readonly closeMs?: number;
  readonly metrics?: Metrics;
}

/** The bus of a single process: a bounded queue. An event leaves it when its batch was consumed, not before. */
export function createMemoryBus(options: MemoryBusOptions): Bus {
  const { capacity, maxBatch = 20_000, lingerMs = () => 0, closeMs = 30_000, metrics } = options;
  const queue: CaptureEvent[] = [];
  /** Where the queue begins: moving the rest forward for each batch would cost more than the batch. */
  let head = 0;
  let published = 0;
  let consumed = 0;
  let consume: Consume | undefined;
  let closing: Promise<void> | undefined;
  let gaveUp = false;
  const waiters = createWaiters();
  let endLinger = () => {};

  const waiting = () => published - consumed;
  let lost = 0;
  const ledger = { taken: () => published, stored: () => consumed - lost, waiting, writing: () => 0 };
  const delivery = createDelivery(options, createBusMetrics(metrics, ledger, capacity));

  const settle = (entries: number): void => {
    for (let i = head; i < head + entries; i++) consumed += countOf(queue[i] as CaptureEvent);
    head += entries;
    if (head === queue.length || (head > 4096 && head * 2 > queue.length)) {
      queue.splice(0, head);
      head = 0;
    }
    waiters.consumed(consumed);
    if (waiting() < capacity) waiters.roomMade();
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
      const hurry = closing !== undefined || waiters.isAwaited() || waiting() >= capacity;
      const lingers = lingerMs();
      if (lingers > 0 && !hurry && waiting() < maxBatch) {
        await pause(lingers, (end) => {
          endLinger = end;
        });
      }
      const batch = nextBatch();
      if (await delivery.deliver(consume, batch)) settle(batch.length);
    }
    pumping = false;
  };

  const drained = (): Promise<void> => {
    if (waiting() === 0) return Promise.resolve();
    const all = waiters.forConsumed(published);
    endLinger();
    return all;
  };

  const close = async (): Promise<void> => {
    const timer = setTimeout(giveUp, consume === undefined ? 0 : closeMs);
    await drained();
    clearTimeout(timer);
  };

  const giveUp = (): void => {
    gaveUp = true;
    lost = waiting();
    metrics?.lost('bus', 'closed', lost);
    settle(queue.length - head);
    delivery.giveUp();
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
      return isFull ? waiters.forRoom() : Promise.resolve();
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
