import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createServer } from '../../api/server.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createUnmask } from '../../core/sip/topology-hiding.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { hostileCall, SHAPES } from '../generate/hostile-calls.ts';
import { storeHand } from '../generate/store.ts';
import { openEmptyStore } from '../system/empty-store.ts';

/**
 * How long others wait while somebody looks at a call that was made to be dear: of each shape the time until the answer and the
 * longest turn of the event loop, in ms. `--only` takes shapes by their names, `--messages` their size.
 */
const { values } = parseArgs({
  options: { messages: { type: 'string', default: '9900' }, only: { type: 'string', multiple: true, default: [] } },
});
const HOUR_MS = 3_600_000;

const turns = monitorEventLoopDelay({ resolution: 10 });
turns.enable();
let worst = { ms: 0, what: 'nothing' };

async function measure(name: string, what: string, work: () => Promise<string>): Promise<void> {
  turns.reset();
  const began = performance.now();
  const said = await work();
  const took = performance.now() - began;
  // The turn that answered is over a moment later.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const longest = turns.max / 1e6;
  if (longest > worst.ms) worst = { ms: longest, what: `${what}, ${name}` };
  const columns = [said.padStart(14), took.toFixed(0).padStart(7), longest.toFixed(0).padStart(7)];
  process.stdout.write(`${name.padEnd(46)} ${what.padEnd(13)}${columns.join('')}\n`);
}

process.stdout.write(`${'shape'.padEnd(46)} ${'asked'.padEnd(13)}${'answer'.padStart(14)}     ms  longest turn\n`);
for (const name of Object.keys(SHAPES)) {
  if (values.only.length > 0 && !values.only.includes(name)) continue;
  const store = await openEmptyStore();
  const { callId, packets } = hostileCall(name, Number(values.messages), (Date.now() - HOUR_MS) * 1000);
  await measure(name, 'indexer', async () => {
    await storeHand(store, packets);
    return `${packets.length} rows`;
  });
  const deps = { store, metrics: createMetrics(), log: silentLog };
  await measure(name, 'linker', async () => `${await createLinker({ ...deps, quietMs: 0 }).pass()} call`);
  const more = { sources: () => [], hosts: {}, unmask: createUnmask([]), guesses: false, version: 'bench' };
  const app = await createServer({ ...deps, ...more });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const call = `/api/calls/${encodeURIComponent(callId)}`;
  for (const [what, path] of [
    ['search', `/api/search?q=${encodeURIComponent(callId)}`],
    ['call', call],
    ['ladder', `${call}/ladder?raw=small`],
    ['diagnosis', `${call}/diagnosis`],
    ['text', `${call}/export.txt`],
    ['masked text', `${call}/export.txt?masked=true`],
    ['picture', `/ladder/${encodeURIComponent(callId)}.svg`],
    ['doctor', '/api/doctor'],
  ] as const) {
    await measure(name, what, async () => {
      const response = await fetch(url + path);
      return `${response.status} ${(await response.text()).length} B`;
    });
  }
  await app.close();
  await store.close();
}
process.stdout.write(`longest turn of all: ${worst.ms.toFixed(0)} ms (${worst.what})\n`);
process.exit();
