import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { createHostNames } from '../../../core/model/host-names.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { createOutcomes, type OutcomesDeps } from '../../../indexer/outcomes/outcomes.ts';
import { storeHand } from '../../generate/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

/** A linker that counts, over a store of its own, with a clock that is set. */
export interface OutcomeStage {
  /** Stores what was captured and puts calls together at this moment, epoch µs. */
  pass(nowUs: number, events?: readonly CaptureEvent[]): Promise<void>;
  /** What a scrape says: the value of a metric with exactly these labels; undefined when there is no such line. */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** All lines of a metric that are not 0, "label=value,…" without those in `without` → value, after two scrapes. */
  moved(name: string, ...without: readonly string[]): Promise<Record<string, number>>;
  /** The counts as they are stored, summed over passes, without when they arrived. */
  counts(): Promise<Record<string, unknown>[]>;
  /** What an operator reads by SQL; the views are there. */
  select<T>(sql: string): Promise<T[]>;
  /** Until which minute it is noted that all calls were counted. */
  countedUntil(): Promise<number>;
  /** From now on each insert into the counts, or the note of what is counted, fails: after it was done or before. */
  breakCounts(how: 'after' | 'before' | 'never', table?: 'outcomes' | 'counted'): void;
  /** Another process on the same store, whose counters begin at 0. */
  restart(nowUs: number): void;
  close(): Promise<void>;
}

export async function openStage(nowUs: number, options: Partial<OutcomesDeps> = {}): Promise<OutcomeStage> {
  const real = await openEmptyStore();
  let broken: 'after' | 'before' | 'never' = 'never';
  let brokenTable = 'outcomes';
  const store: Store = {
    ...real,
    async insert(table, rows, token) {
      const fails = table === brokenTable ? broken : 'never';
      if (fails === 'before') throw new Error('the store is away');
      await real.insert(table, rows, token);
      if (fails === 'after') throw new Error('the answer was lost');
    },
  };
  let now = nowUs;
  const begin = (sinceUs: number) => {
    const metrics = createMetrics();
    const places = { names: createHostNames({}), nodes: new Set<string>() };
    const common = { store, log: silentLog, metrics, places, maxLabelValues: 200, sinceUs };
    const deps = { ...common, ...options, metrics };
    const watched = createOutcomes(deps);
    const { places: named } = deps;
    const linker = createLinker({ store, metrics, log: silentLog, watched, places: named, quietMs: 0, now: () => now });
    return { metrics, linker };
  };
  let process = begin(nowUs);
  const values = async (name: string) => (await process.metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
  return {
    async pass(atUs, events = []) {
      now = atUs;
      await storeHand(store, events);
      await process.linker.pass();
    },
    async value(name, labels = {}) {
      const wanted = JSON.stringify(Object.entries(labels).sort());
      const found = (await values(name)).find((one) => JSON.stringify(Object.entries(one.labels).sort()) === wanted);
      return found?.value;
    },
    async moved(name, ...without) {
      await values(name);
      const sums: Record<string, number> = {};
      for (const { labels, value } of await values(name)) {
        if (value === 0) continue;
        const kept = Object.entries(labels).filter(([label]) => !without.includes(label));
        const key = kept.map(([label, text]) => `${label}=${text}`).join(',');
        sums[key] = (sums[key] ?? 0) + value;
      }
      return sums;
    },
    counts: () =>
      store.select(
        `SELECT minute, tenant, trunk, node, sensors, direction, class, code, cause, prefix, stage, root, sum(attempts) AS attempts,
           arrayFilter(s -> s != '', groupArray(samples)) AS samples FROM outcomes
         GROUP BY minute, tenant, trunk, node, sensors, direction, class, code, cause, prefix, stage, root
         ORDER BY minute, trunk, class, code, prefix`,
      ),
    select: (sql) => real.select(sql),
    countedUntil: async () =>
      (await store.select<{ minute: number }>("SELECT max(minute) AS minute FROM heard WHERE kind = 'calls'"))[0]
        ?.minute ?? 0,
    breakCounts(how, table = 'outcomes') {
      broken = how;
      brokenTable = table;
    },
    restart(atUs) {
      process = begin(atUs);
    },
    close: () => real.close(),
  };
}
