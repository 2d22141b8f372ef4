import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import { createBatch } from '../../indexer/batch.ts';
import { storeBatch } from '../../indexer/indexer.ts';
import type { CorrelationOptions } from '../../indexer/options.ts';
import { CORRELATION } from './graph.ts';

const BATCH = 2000;

/** Stores what one indexer got, batch by batch, as the indexer does. */
export async function storeHand(
  store: Store,
  hand: readonly CaptureEvent[],
  correlation: CorrelationOptions = CORRELATION,
): Promise<void> {
  const batch = createBatch(correlation);
  const deps = { store, metrics: createMetrics(), log: silentLog };
  for (let from = 0; from < hand.length; from += BATCH) {
    batch.clear();
    for (const event of hand.slice(from, from + BATCH)) batch.add(event);
    await storeBatch(batch, deps);
  }
}
