import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostNames } from '../../core/model/host-names.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { migrate } from '../../core/store/migrate.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import type { SeenCall } from '../../indexer/outcomes/attempt.ts';
import { createOutcomes } from '../../indexer/outcomes/outcomes.ts';
import { storeHand } from '../generate/store.ts';
import { sipLeg } from '../indexer/outcomes/legs.ts';

/**
 * What counting outcomes costs: calls of SIP alone are stored and put together; those that the linker tells of are told to
 * counters again and again, as if they were new, in passes of so many calls. Callers are telephones, each with an address
 * of its own. Prints CPU microseconds a call, writing the counts included, and those of a scrape.
 */

const CALLS = Number(process.argv[2] ?? 20_000);
const PASSES = Number(process.argv[3] ?? 5);
const AT = (Date.now() + 3_600_000) * 1000;
const NEXT = [200, 200, 200, 200, 486, 404, 503, 487];

const cpuUs = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return user + system;
};

const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const store = await createEmbeddedStore({ path: dir }, silentLog);
try {
  await migrate(store);
  const legs = Array.from({ length: CALLS }, (_, i) => {
    const caller = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
    const next = [
      [50, 180],
      [900, NEXT[i % NEXT.length]!],
    ] as const;
    return sipLeg({ callId: `call-${i}@bench`, atUs: AT, caller, callee: `192.0.2.${i % 4}`, next });
  });
  await storeHand(store, legs.flat());
  const told: SeenCall[][] = [];
  const watched = {
    saw: async (calls: readonly SeenCall[]) => void told.push([...calls]),
    passed: async () => true,
  };
  const now = AT + 2_000_000;
  await createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0, watched, now: () => now }).pass();
  const counted: number[] = [];
  const scraped: number[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    const metrics = createMetrics();
    const places = { names: createHostNames({}), nodes: new Set<string>() };
    const sinceUs = AT - 3_600_000_000;
    const outcomes = createOutcomes({ store, log: silentLog, metrics, places, maxLabelValues: 200, sinceUs });
    const before = process.cpuUsage();
    for (const calls of told) await outcomes.saw(calls, () => undefined, now);
    await outcomes.passed(now);
    counted.push(cpuUs(before) / told.flat().length);
    const idle = process.cpuUsage();
    await metrics.registry.metrics();
    scraped.push(cpuUs(idle));
  }
  const list = (values: readonly number[]): string => values.map((us) => us.toFixed(1)).join(', ');
  process.stdout.write(
    `outcomes: ${told.flat().length} calls a pass; CPU µs a call ${list(counted)}; a scrape ${list(scraped)}\n`,
  );
} finally {
  await store.close();
  await rm(dir, { recursive: true, force: true });
}
