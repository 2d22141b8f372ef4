import type { Bus } from '../core/bus/bus.ts';
import { nextPacket, openFrame, packetAt, releaseFrame } from '../core/frame/reader.ts';
import type { CaptureEvent, PacketFrame, UnreadableSeen } from '../core/model/capture-event.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Word } from '../core/runtime/news.ts';
import { turn } from '../core/runtime/turn.ts';
import type { Store } from '../core/store/store.ts';
import type { Row, TableName } from '../core/store/tables.ts';
import { type Batch, createBatch } from './batch.ts';
import { createBatchHealth } from './batch-health.ts';
import { createHeard } from './heard.ts';
import type { CorrelationOptions } from './options.ts';
import type { Registrations } from './registrations/registrations.ts';

export interface IndexerDeps {
  /** Where batches come from. */
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly correlation: CorrelationOptions;
  /** Told of REGISTERs once they are stored, as a batch may come again before. */
  readonly registrations?: Registrations;
  /** Told of each batch that was stored. */
  readonly stored?: (word: Word) => void;
}

/**
 * Reads the bus and writes rows. One batch of the bus is one insert a table; the bus moves on only after the store
 * confirmed all of them, and hands over the same batch again otherwise. Rows have deterministic ids and inserts carry
 * a token made from them, so a repetition stores nothing twice.
 */
export function startIndexer(deps: IndexerDeps): void {
  const { bus, store, metrics, log, correlation, registrations, stored } = deps;
  const batch = createBatch(correlation);
  const health = createBatchHealth(metrics);
  const heard = createHeard({ store, log });

  /** A mistake of ours about one event must not stop all that come after it: it is counted, told and kept. */
  const failed = (error: unknown, event: Exclude<CaptureEvent, PacketFrame>): void => {
    metrics.rejected('indexer', 'derive_failed', '');
    log.error(
      `event ${event.id} (${event.kind}) could not be indexed: ${error instanceof Error ? error.stack : error}`,
    );
    batch.add(underived(event));
  };
  const addFrame = (frame: PacketFrame): void => {
    const open = openFrame(frame);
    health.frame(open);
    for (let at = 0; at < open.bytes.length; at = nextPacket(open, at)) {
      heard.packet(open, at);
      try {
        batch.addPacket(open, at);
      } catch (error) {
        failed(error, packetAt(open, at));
      }
    }
  };
  const add = (event: Exclude<CaptureEvent, PacketFrame>): void => {
    try {
      batch.add(event);
    } catch (error) {
      failed(error, event);
    }
  };

  bus.subscribe(async (events: readonly CaptureEvent[]) => {
    batch.clear();
    health.clear();
    heard.clear();
    for (const event of events) {
      if (event.kind !== 'frame') {
        health.event(event);
        heard.event(event);
        add(event);
      } else {
        addFrame(event);
        await turn();
      }
    }
    await storeBatch(batch, { store, metrics, log });
    const nowUs = Date.now() * 1000;
    health.stored(nowUs);
    registrations?.saw(batch.registers(), nowUs);
    stored?.({ sinceUs: health.oldestUs(), tables: new Set(batch.blocks().map(({ table }) => table)) });
    await heard.stored(nowUs);
    await registrations?.write(nowUs);
    for (const event of events) if (event.kind === 'frame') releaseFrame(event);
  });
}

/** Facts before what is derived from them: a reader that finds an edge finds its proof. */
export async function storeBatch(
  batch: Batch,
  { store, metrics, log }: Pick<IndexerDeps, 'store' | 'metrics' | 'log'>,
): Promise<void> {
  const token = batch.token();
  for (const block of batch.blocks()) {
    await store.insertBlock(block, `${block.table} ${token}`);
    metrics.stored(block.table, block.rows);
  }
  for (const { table, rows } of batch.tables()) {
    await turn();
    const refused = await insertRows(store, table, rows, `${table} ${token}`);
    metrics.stored(table, rows.length - refused.length);
    if (refused.length === 0) continue;
    metrics.lost('store', 'unwritable', refused.length);
    log.error(`${refused.length} rows of ${table} could not be written: ${refused[0]}`);
  }
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
function underived(event: Exclude<CaptureEvent, PacketFrame>): UnreadableSeen {
  const bytes = event.kind === 'packet' ? event.payload : Buffer.from(JSON.stringify(event));
  const { id, atUs, arrivedUs } = event;
  return {
    kind: 'unreadable',
    id,
    atUs,
    arrivedUs,
    source: 'indexer',
    peer: '',
    reason: 'derive_failed',
    bytes: bytes.subarray(0, KEPT_BYTES),
  };
}
