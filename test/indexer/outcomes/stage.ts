import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { openStore } from '../../../core/store/open.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { createOutcomes, type OutcomesDeps } from '../../../indexer/outcomes/outcomes.ts';
import { storeHand } from '../../generate/store.ts';

/** A linker that counts, over a store of its own, with a clock that is set. */
export interface OutcomeStage {
  /** Stores what was captured and puts calls together at this moment, epoch µs. */
  pass(nowUs: number, events?: readonly CaptureEvent[]): Promise<void>;
  /** What a scrape says: the value of a metric with exactly these labels; undefined when there is no such line. */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  /** All lines of a metric that are not 0, "label=value,…" without those in `without` → value, after two scrapes. */
  moved(name: string, ...without: readonly string[]): Promise<Record<string, number>>;
  /** Another process on the same store, whose counters begin at 0. */
  restart(nowUs: number): void;
  close(): Promise<void>;
}

export async function openStage(nowUs: number, options: Partial<OutcomesDeps> = {}): Promise<OutcomeStage> {
  const dir = mkdtempSync(join(tmpdir(), 'calltrail-outcomes-'));
  const store = await openStore({ kind: 'embedded', path: dir }, silentLog);
  let now = nowUs;
  const begin = (sinceUs: number) => {
    const metrics = createMetrics();
    const places = { names: {}, nodes: new Set<string>() };
    const common = { store, log: silentLog, registry: metrics.registry, places, maxLabelValues: 200, sinceUs };
    const watched = createOutcomes({ ...common, ...options, registry: metrics.registry });
    const linker = createLinker({ store, metrics, log: silentLog, watched, quietMs: 0, now: () => now });
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
    restart(atUs) {
      process = begin(atUs);
    },
    async close() {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
