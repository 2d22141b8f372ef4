import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { migrate } from '../../core/store/migrate.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { makeDay } from '../generate/day.ts';
import { eventsOf } from '../generate/property.ts';
import { storeHand } from '../generate/store.ts';
import { cpuSecondsOf } from './cpu.ts';

/**
 * What linking costs: generated calls of all topologies are stored, then labelled in one pass. Prints CPU seconds per
 * million calls, of this process and of the engine; both are spent once a pass in which a call was heard of.
 */

const CALLS = Number(process.argv[2] ?? 2000);

const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const store = await createEmbeddedStore({ path: dir }, silentLog);
try {
  await migrate(store);
  const { truth, sightings } = makeDay({ seed: 1, calls: CALLS });
  await storeHand(store, eventsOf(sightings));
  const linker = createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0 });
  const pid = store.pid();
  if (pid === undefined) throw new Error('the engine does not run');
  const own = process.cpuUsage();
  const engine = cpuSecondsOf(pid);
  const from = performance.now();
  const linked = await linker.pass();
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(own);
  const perMillion = (cpuSeconds: number): string => Math.round((cpuSeconds / linked) * 1e6).toLocaleString('en');
  process.stdout.write(
    `linker: ${truth.calls.length} calls of ${sightings.length} sightings, ${linked} linked in ${seconds.toFixed(1)} s; ` +
      `CPU seconds per million calls: ${perMillion((user + system) / 1e6)} linker, ${perMillion(cpuSecondsOf(pid) - engine)} engine\n`,
  );
} finally {
  await store.close();
  await rm(dir, { recursive: true, force: true });
}
