import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { Counter, Gauge, type Registry } from 'prom-client';
import { stableId } from '../../core/model/id.ts';
import type { Log } from '../../core/runtime/log.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { type Store, StoreError } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';

/** Rows that are written together, and how long the first of them waits for the others. */
const BATCH = 1000;
const LINGER_MS = 1000;
/** Characters of rows that wait while the store is away: some 100,000 searches, or 2000 of the longest texts. */
const MAX_WAITING = 32_000_000;
/** What a row takes beside its texts. */
const ROW = 300;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [500, 30_000];
/** How long a store that is away is tried at the end. */
const LAST_MS = 5000;

export type AuditRow = Omit<Row<'audit'>, 'id' | 'arrived'>;

const sizeOf = ({ about, numbers, reason }: AuditRow): number => ROW + about.length + numbers.length + reason.length;

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
  /** Characters of rows that may wait. */
  readonly maxWaiting?: number;
  /** Milliseconds before a batch is sent, and before it is sent again for the first time. */
  readonly lingerMs?: number;
  readonly pauseMs?: number;
}

/** A batch is frozen with its token before it is sent, so that a repetition after a lost reply stores nothing twice. */
export function createAuditLog(deps: AuditLogDeps): AuditLog {
  const { store, log, registry, lastMs = LAST_MS, maxWaiting = MAX_WAITING } = deps;
  const { lingerMs = LINGER_MS, pauseMs: firstPauseMs = FIRST_PAUSE_MS } = deps;
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
  /** Of those in the batch too. */
  let waitingSize = 0;
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
  /** Rejects at the end, for a store that neither takes nor refuses. */
  const overdue = Promise.withResolvers<never>();
  overdue.promise.catch(() => undefined);
  let untilMs = Number.POSITIVE_INFINITY;
  let running: Promise<void> | undefined;
  let isFull = false;
  let isClosed = false;

  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { ref: false, signal: ending.signal }).catch(() => undefined);
  const lose = (rows: readonly unknown[], reason: string, why: string): void => {
    lost.inc({ reason }, rows.length);
    log.error(`${rows.length} rows of the audit are lost: ${why}`);
  };

  const send = async (): Promise<void> => {
    const token = stableId('audit', ...batch.map(({ id }) => id));
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await Promise.race([store.insert('audit', batch, token), overdue.promise]);
        return stored.inc(batch.length);
      } catch (error) {
        const why = reasonOf(error);
        if (!(error instanceof StoreError && error.retriable)) return lose(batch, 'refused', why);
        if (performance.now() >= untilMs) return lose(batch, 'store_away', why);
        if (pauseMs === firstPauseMs) log.error(`the audit waits for the store: ${why}`);
        // At the end nobody waits for long, and what is away is not asked in a loop.
        await (ending.signal.aborted ? sleep(Math.min(pauseMs, 200)) : pause(pauseMs));
      }
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (waiting.length < BATCH) await pause(lingerMs);
      batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      await send();
      for (const row of batch) waitingSize -= sizeOf(row);
      batch = [];
    }
    running = undefined;
  };

  return {
    write(row) {
      if (isClosed) return lose([row], 'stopped', 'it came after the end');
      if (waitingSize + sizeOf(row) > maxWaiting) {
        if (!isFull) log.error('too much of the audit waits for the store: what comes now is lost');
        isFull = true;
        return lost.inc({ reason: 'queue_full' });
      }
      isFull = false;
      waitingSize += sizeOf(row);
      sequence += 1;
      waiting.push({ ...row, id: stableId(began, sequence), arrived: Date.now() * 1000 });
      running ??= run();
    },
    async close() {
      untilMs = Math.min(untilMs, performance.now() + lastMs);
      ending.abort();
      const giveUp = setTimeout(() => overdue.reject(new StoreError('timeout', 'it does not answer')), lastMs);
      // Requests that the end of the server cut off are told of in the turn after it.
      do {
        await turn();
        await running;
      } while (running !== undefined || waiting.length > 0);
      clearTimeout(giveUp);
      isClosed = true;
    },
  };
}
