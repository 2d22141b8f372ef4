import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '../runtime/metrics.ts';

/**
 * The ledger of a bus, in events: taken, and of an earlier process recovered, are stored, waiting, or lost at the stage of
 * the bus, with the reason.
 */
export interface BusLedger {
  /** Taken from sources, by this process: of a journal, on disk. */
  taken(): number;
  /** In batches that the store confirmed. */
  stored(): number;
  waiting(): number;
  /** Of those that wait: on their way to the disk, and not taken yet. */
  writing(): number;
}

/** What every bus shows. @returns counts a batch that was not taken */
export function createBusMetrics(metrics: Metrics | undefined, ledger: BusLedger, capacity: number): () => void {
  if (metrics === undefined) return () => {};
  const registers = [metrics.registry];
  new Gauge({
    name: 'calltrail_bus_waiting_events',
    help: 'Events between collector and indexer.',
    registers,
    collect() {
      this.set(ledger.waiting());
    },
  });
  new Gauge({
    name: 'calltrail_bus_writing_events',
    help: 'Events among them that are not on disk yet, and so not taken.',
    registers,
    collect() {
      this.set(ledger.writing());
    },
  });
  new Gauge({
    name: 'calltrail_bus_capacity_events',
    help: 'How many may wait before senders are slowed down.',
    registers,
  }).set(capacity);
  for (const [name, help, count] of [
    ['calltrail_bus_taken_total', 'Events that the bus took: a killed process loses none of them.', ledger.taken],
    ['calltrail_bus_stored_total', 'Events in batches that the store confirmed.', ledger.stored],
  ] as const) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(count());
      },
    });
  }
  const retries = new Counter({
    name: 'calltrail_bus_retries_total',
    help: 'Batches that the indexer could not take and that came again.',
    registers,
  });
  return () => retries.inc();
}
