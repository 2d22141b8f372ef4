import { Counter, Gauge, type Registry } from 'prom-client';
import type { Retention } from '../../core/config/config.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Tenant } from '../../core/runtime/tenants.ts';
import type { Store } from '../../core/store/store.ts';
import { createRounds } from '../rounds.ts';
import { workOnJobs } from './erase.ts';
import { refreshHolds } from './hold-on.ts';
import { sweepTenants } from './tenant-retention.ts';

export interface KeeperDeps {
  readonly store: Store;
  readonly log: Log;
  readonly registry: Registry;
  readonly retention: Retention;
  readonly tenants: readonly Tenant[];
  /** How long after an order what was on its way is waited for; default 120 000. */
  readonly settleMs?: number;
  /** Between two looks at orders; default 5 000. */
  readonly intervalMs?: number;
  /** Between two sweeps, and two looks at held calls; default an hour. */
  readonly sweepMs?: number;
  /** Epoch µs. */
  readonly now?: () => number;
}

/** Erases what was ordered, keeps what is held, and deletes what is kept for a shorter time than the tables keep it. */
export interface Keeper {
  start(): void;
  /** Resolves when what runs has ended. Safe to call twice. */
  stop(): Promise<void>;
  /** One look at everything, whenever the last one was. */
  pass(): Promise<void>;
}

const HOUR_MS = 3_600_000;

export function createKeeper(deps: KeeperDeps): Keeper {
  const { store, log, registry, retention, tenants, now = () => Date.now() * 1000 } = deps;
  const { settleMs = 120_000, intervalMs = 5_000, sweepMs = HOUR_MS } = deps;
  const registers = [registry];
  const erased = new Counter({
    name: 'calltrail_erased_rows_total',
    help: 'Rows that were erased because somebody asked for it.',
    labelNames: ['table'],
    registers,
  });
  const swept = new Counter({
    name: 'calltrail_retention_deleted_rows_total',
    help: 'Rows of tenants with a retention of their own that were deleted for their age.',
    labelNames: ['kind'],
    registers,
  });
  const held = new Counter({
    name: 'calltrail_held_rows_refreshed_total',
    help: 'Rows of held calls that were stored again before their time was over.',
    registers,
  });
  const failures = new Counter({
    name: 'calltrail_privacy_failures_total',
    help: 'Passes over erasures, holds and retention that failed, and will be tried again.',
    labelNames: ['task'],
    registers,
  });
  for (const task of ['erase', 'sweep']) failures.inc({ task }, 0);
  let sweptUs = now();
  new Gauge({
    name: 'calltrail_retention_sweep_age_seconds',
    help: 'Since the last good sweep over tenants and held calls, or since the start.',
    registers,
    collect() {
      this.set(Math.max(0, now() - sweptUs) / 1e6);
    },
  });
  let sweepAtUs = 0;

  const jobs = (): Promise<number> =>
    workOnJobs({ store, now, settleUs: settleMs * 1000, erased: (table, rows) => erased.inc({ table }, rows) });

  const sweep = async (): Promise<void> => {
    const nowUs = Math.floor(now());
    held.inc(await refreshHolds(store, retention, nowUs));
    await sweepTenants(
      { store, nowUs, swept: (kind, rows) => swept.inc({ kind }, rows), isStopped: () => rounds.stopped() },
      tenants,
    );
    sweptUs = nowUs;
  };

  /** Each by itself: one that fails does not keep the other from its work. */
  const tried = async (task: 'erase' | 'sweep', work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.inc({ task });
      // Not its text: a store quotes what it was asked.
      const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
      log.warn(`${task === 'erase' ? 'an erasure' : 'a sweep'} failed${code}, it will be tried again`);
    }
  };

  const rounds = createRounds(async () => {
    await tried('erase', jobs);
    if (rounds.stopped() || now() < sweepAtUs) return;
    sweepAtUs = now() + sweepMs * 1000;
    await tried('sweep', sweep);
  }, intervalMs);

  return {
    start: rounds.start,
    stop: rounds.stop,
    async pass() {
      await jobs();
      await sweep();
    },
  };
}
