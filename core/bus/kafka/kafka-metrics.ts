import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../../runtime/metrics.ts';

/** What a collector shows of the topic. */
export interface SenderMetrics {
  sent(events: number, bytes: number): void;
  lost(reason: string, events: number): void;
}

export function createSenderMetrics(metrics: Metrics | undefined): SenderMetrics {
  if (metrics === undefined) return { sent: () => {}, lost: () => {} };
  const registers = [metrics.registry];
  const events = new Counter({
    name: 'calltrail_kafka_sent_events_total',
    help: 'Events in messages that the broker acknowledged.',
    registers,
  });
  const sentBytes = new Counter({
    name: 'calltrail_kafka_sent_bytes_total',
    help: 'Bytes of these messages before they were compressed.',
    registers,
  });
  return {
    sent(count, bytes) {
      events.inc(count);
      sentBytes.inc(bytes);
    },
    lost: (reason, count) => metrics.lost('kafka', reason, count),
  };
}

/** What an indexer shows of it. */
export interface ReceiverMetrics {
  stored(events: number): void;
  /** What was in messages and is not handed on: "repeated", or lost with this reason. */
  dropped(what: string, count: number): void;
  retry(): void;
}

export interface ReceiverLedger {
  /** Events in the batch that is on its way to the store. */
  waiting(): number;
  /** Messages behind the last that is stored, of each partition that is read here. */
  lag(): Iterable<readonly [partition: number, messages: number]>;
}

export function createReceiverMetrics(metrics: Metrics | undefined, ledger: ReceiverLedger): ReceiverMetrics {
  if (metrics === undefined) return { stored: () => {}, dropped: () => {}, retry: () => {} };
  const registers = [metrics.registry];
  const stored = new Counter({
    name: 'calltrail_kafka_stored_events_total',
    help: 'Events from the topic in batches that the store confirmed.',
    registers,
  });
  const repeated = new Counter({
    name: 'calltrail_kafka_repeated_events_total',
    help: 'Events that a collector sent again, as it had not heard of the acknowledgement; dropped.',
    registers,
  });
  const retries = new Counter({
    name: 'calltrail_kafka_retries_total',
    help: 'Batches from the topic that the indexer could not take and that came again.',
    registers,
  });
  new Gauge({
    name: 'calltrail_kafka_waiting_events',
    help: 'Events that were read from the topic and are on their way to the store.',
    registers,
    collect() {
      this.set(ledger.waiting());
    },
  });
  new Gauge({
    name: 'calltrail_kafka_lag_messages',
    help: 'Messages of the topic that are not stored yet, of the partitions that this process reads.',
    labelNames: ['partition'],
    registers,
    collect() {
      this.reset();
      for (const [partition, messages] of ledger.lag()) this.set({ partition }, messages);
    },
  });
  return {
    stored: (events) => stored.inc(events),
    dropped(what, count) {
      if (count === 0) return;
      if (what === 'repeated') repeated.inc(count);
      else metrics.lost('kafka', what, count);
    },
    retry: () => retries.inc(),
  };
}
