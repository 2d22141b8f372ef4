import type { Bus } from '../core/bus/bus.ts';
import type { CaptureEvent } from '../core/model/capture-event.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Store } from '../core/store/store.ts';
import { createBatch } from './batch.ts';
import { type CorrelationOptions, derive } from './derive.ts';

export interface IndexerDeps {
  readonly bus: Bus;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly correlation: CorrelationOptions;
}

/**
 * Reads the bus and writes rows. One batch of the bus is one insert a table; the bus moves on only after the store
 * confirmed all of them, and hands over the same batch again otherwise. Rows have deterministic ids and inserts carry
 * a token made from them, so a repetition stores nothing twice.
 */
export function startIndexer({ bus, store, metrics, correlation }: IndexerDeps): void {
  bus.subscribe(async (events: readonly CaptureEvent[]) => {
    const batch = createBatch();
    for (const event of events) batch.add(derive(event, correlation));
    // Facts before what is derived from them: a reader that finds an edge finds its proof.
    for (const { table, rows, token } of batch.tables()) {
      await store.insert(table, rows, token);
      metrics.stored(table, rows.length);
    }
  });
}
