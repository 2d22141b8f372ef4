import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../../runtime/metrics.ts';

/** What a collector shows of the topic. */
export interface SenderMetrics {
  sent(events: number, bytes: number): void;
  lost(reason: string, events: number): void;
  /** A batch was not taken and will be sent again. */
  failed(): void;
}

export function createSenderMetrics(metrics: Metrics | undefined): SenderMetrics {
  if (metrics === undefined) return { sent: () => {}, lost: () => {}, failed: () => {} };
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
    failed: failures(metrics, 'send'),
  };
}

/** One counter for a process that is both, a collector and an indexer. */
function failures({ registry }: Metrics, what: 'send' | 'read'): () => void {
  const name = 'calltrail_kafka_errors_total';
  const known = registry.getSingleMetric(name) as Counter<'what'> | undefined;
  const help = 'Times that brokers could not be sent to, or read from; each is tried again.';
  const counter = known ?? new Counter({ name, help, labelNames: ['what'], registers: [registry] });
  counter.inc({ what }, 0);
  return () => counter.inc({ what });
}

/** What an indexer shows of it. */
export interface ReceiverMetrics {
  stored(events: number): void;
  /** What was in messages and is not handed on: "repeated", or lost with this reason. */
  dropped(what: string, count: number): void;
  retry(): void;
  /** The topic could not be read and will be tried again. */
  failed(): void;
  /** The group was divided anew, and this process takes part. */
  joined(): void;
}

export interface ReceiverLedger {
  /** Events in the batch that is on its way to the store. */
  waiting(): number;
  /** Messages behind the last that is stored, of each partition that is read here. */
  lag(): Iterable<readonly [partition: number, messages: number]>;
}

export function createReceiverMetrics(metrics: Metrics | undefined, ledger: ReceiverLedger): ReceiverMetrics {
  if (metrics === undefined) {
    const nothing = (): void => {};
    return { stored: nothing, dropped: nothing, retry: nothing, failed: nothing, joined: nothing };
  }
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
  const rebalances = new Counter({
    name: 'calltrail_kafka_rebalances_total',
    help: 'Times that this process was given partitions of the topic, as indexers came or went.',
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
    failed: failures(metrics, 'read'),
    joined: () => rebalances.inc(),
  };
}
