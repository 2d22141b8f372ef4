import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../runtime/metrics.ts';

/** What every bus shows. @returns counts a batch that was not taken */
export function createBusMetrics(metrics: Metrics | undefined, waiting: () => number, capacity: number): () => void {
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
  new Gauge({
    name: 'calltrail_bus_capacity_events',
    help: 'How many may wait before senders are slowed down.',
    registers,
  }).set(capacity);
  const retries = new Counter({
    name: 'calltrail_bus_retries_total',
    help: 'Batches that the indexer could not take and that came again.',
    registers,
  });
  return () => retries.inc();
}
