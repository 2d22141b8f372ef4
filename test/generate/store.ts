import type { CaptureEvent } from '../../core/model/capture-event.ts';
import type { Store } from '../../core/store/store.ts';
import { createBatch } from '../../indexer/batch.ts';
import { derive } from '../../indexer/derive.ts';
import type { CorrelationOptions } from '../../indexer/options.ts';
import { CORRELATION } from './graph.ts';

const BATCH = 2000;

/** Stores what one indexer got, batch by batch, as the indexer does. */
export async function storeHand(
  store: Store,
  hand: readonly CaptureEvent[],
  correlation: CorrelationOptions = CORRELATION,
): Promise<void> {
  for (let from = 0; from < hand.length; from += BATCH) {
    const batch = createBatch();
    for (const event of hand.slice(from, from + BATCH)) batch.add(derive(event, correlation), event.arrivedUs);
    for (const { table, rows, token } of batch.tables()) await store.insert(table, rows, token);
  }
}
