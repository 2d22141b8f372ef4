import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import { stableId } from '../../core/model/id.ts';
import type { Log } from '../../core/runtime/log.ts';
import { type Store, StoreError } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';

/** Rows that are written together, and how long the first of them waits for the others. */
const BATCH = 1000;
const LINGER_MS = 1000;
/** Rows that wait while the store is away, some 10 MB. */
const MAX_WAITING = 50_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [500, 30_000];
/** How long a store that is away is tried at the end. */
const LAST_MS = 5000;

export type AuditRow = Omit<Row<'audit'>, 'id' | 'arrived'>;

/** Takes rows of the audit to the store, in batches, and again until they are there. */
export interface AuditLog {
  write(row: AuditRow): void;
  /** Resolves when all that was written is stored or counted as lost. Safe to call twice. */
  close(): Promise<void>;
}

export interface AuditLogDeps {
  readonly store: Pick<Store, 'insert'>;
  readonly registry: Registry;
  readonly log: Log;
  /** Milliseconds that the store is tried at the end. */
  readonly lastMs?: number;
  readonly maxWaiting?: number;
}

/** A batch is frozen with its token before it is sent, so that a repetition after a lost reply stores nothing twice. */
export function createAuditLog(deps: AuditLogDeps): AuditLog {
  const { store, log, registry, lastMs = LAST_MS, maxWaiting = MAX_WAITING } = deps;
  const registers = [registry];
  const stored = new Counter({
    name: 'calltrail_audit_stored_total',
    help: 'Rows of the audit that are in the store.',
    registers,
  });
  const lost = new Counter({
    name: 'calltrail_audit_lost_total',
    help: 'Rows of the audit that could not be stored, by why.',
    labelNames: ['reason'],
    registers,
  });
  let waiting: Row<'audit'>[] = [];
  let batch: readonly Row<'audit'>[] = [];
  new Gauge({
    name: 'calltrail_audit_waiting',
    help: 'Rows of the audit that are not in the store yet.',
    registers,
    collect() {
      this.set(waiting.length + batch.length);
    },
  });
  const began = `${process.pid} ${Date.now()} ${performance.now()}`;
  let sequence = 0;
  const ending = new AbortController();
  let untilMs = Number.POSITIVE_INFINITY;
  let running: Promise<void> | undefined;

  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { ref: false, signal: ending.signal }).catch(() => undefined);
  const lose = (rows: readonly unknown[], reason: string, why: string): void => {
    lost.inc({ reason }, rows.length);
    log.error(`${rows.length} rows of the audit are lost: ${why}`);
  };

  const send = async (): Promise<void> => {
    const token = stableId('audit', ...batch.map(({ id }) => id));
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await store.insert('audit', batch, token);
        return stored.inc(batch.length);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (!(error instanceof StoreError && error.retriable)) return lose(batch, 'refused', why);
        if (performance.now() >= untilMs) return lose(batch, 'store_away', why);
        if (pauseMs === FIRST_PAUSE_MS) log.error(`the audit waits for the store: ${why}`);
        // At the end nobody waits for long, and what is away is not asked in a loop.
        await (ending.signal.aborted ? sleep(Math.min(pauseMs, 200)) : pause(pauseMs));
      }
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (waiting.length < BATCH) await pause(LINGER_MS);
      batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await send();
      batch = [];
    }
    running = undefined;
  };

  return {
    write(row) {
      if (waiting.length >= maxWaiting) return lost.inc({ reason: 'queue_full' });
      sequence += 1;
      waiting.push({ ...row, id: stableId(began, sequence), arrived: Date.now() * 1000 });
      running ??= run();
    },
    async close() {
      untilMs = Math.min(untilMs, performance.now() + lastMs);
      ending.abort();
      await running;
    },
  };
}
