import type { Bus } from '../core/bus/bus.ts';
import type { CaptureEvent } from '../core/model/capture-event.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Store } from '../core/store/store.ts';
import type { Row, TableName } from '../core/store/tables.ts';
import { createBatch } from './batch.ts';
import { derive } from './derive.ts';
import type { Derived } from './derived.ts';
import { type CorrelationOptions, NO_CORRELATION } from './options.ts';

export interface IndexerDeps {
  readonly bus: Bus;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly correlation: CorrelationOptions;
}

/**
 * Reads the bus and writes rows. One batch of the bus is one insert a table; the bus moves on only after the store
 * confirmed all of them, and hands over the same batch again otherwise. Rows have deterministic ids and inserts carry
 * a token made from them, so a repetition stores nothing twice.
 */
export function startIndexer({ bus, store, metrics, log, correlation }: IndexerDeps): void {
  const deriveSafely = (event: CaptureEvent): Derived => {
    try {
      return derive(event, correlation);
    } catch (error) {
      // A mistake of ours about one event must not stop all that come after it: it is counted, told and kept.
      metrics.rejected('indexer', 'derive_failed', '');
      log.error(
        `event ${event.id} (${event.kind}) could not be indexed: ${error instanceof Error ? error.stack : error}`,
      );
      return underived(event);
    }
  };
  bus.subscribe(async (events: readonly CaptureEvent[]) => {
    const batch = createBatch();
    for (const event of events) batch.add(deriveSafely(event), event.arrivedUs);
    // Facts before what is derived from them: a reader that finds an edge finds its proof.
    for (const { table, rows, token } of batch.tables()) {
      const refused = await insertRows(store, table, rows, token);
      metrics.stored(table, rows.length - refused.length);
      if (refused.length === 0) continue;
      metrics.lost('store', 'unwritable', refused.length);
      log.error(`${refused.length} rows of ${table} could not be written: ${refused[0]}`);
    }
  });
}

/**
 * Inserts rows and answers why some of them never can be. A store that does not take them rejects, so that the batch
 * comes again; a row that cannot be written as its columns' types (a mistake of ours) is looked for by halves, so that it
 * does not hold up its neighbours for ever.
 */
async function insertRows<T extends TableName>(
  store: Store,
  table: T,
  rows: readonly Row<T>[],
  token: string,
): Promise<string[]> {
  try {
    await store.insert(table, rows, token);
    return [];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    if (rows.length === 1) return [error.message];
    const middle = rows.length >> 1;
    return [
      ...(await insertRows(store, table, rows.slice(0, middle), `${token}a`)),
      ...(await insertRows(store, table, rows.slice(middle), `${token}b`)),
    ];
  }
}

const KEPT_BYTES = 4096;

/** The event as an unreadable one, so that a person can see what it was. */
function underived(event: CaptureEvent): Derived {
  const bytes = event.kind === 'packet' ? event.payload : Buffer.from(JSON.stringify(event));
  const { id, atUs, arrivedUs } = event;
  return derive(
    {
      kind: 'unreadable',
      id,
      atUs,
      arrivedUs,
      source: 'indexer',
      peer: '',
      reason: 'derive_failed',
      bytes: bytes.subarray(0, KEPT_BYTES),
    },
    NO_CORRELATION,
  );
}
