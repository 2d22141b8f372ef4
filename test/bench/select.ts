import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../core/runtime/log.ts';
import { createClickHouseStore } from '../../core/store/clickhouse.ts';
import { startEngine } from '../../core/store/embedded/process.ts';
import { cpuSecondsOf } from './cpu.ts';
import { percentile } from './measured.ts';

/**
 * What one select costs and where: the way there and back, the engine's fixed part, reading rows by their key, and how
 * much a second branch or many columns add. Steps take turns, so that a busy moment of the machine meets all of them;
 * beside the median stands the CPU time of both processes, which a busy machine changes least.
 */

const ROUNDS = 20;
const EACH = 20;

const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const engine = await startEngine({ path: dir }, silentLog);
const store = createClickHouseStore({ url: engine.url, username: 'default', password: engine.password });

const ping = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const req = request(`${engine.url}/ping`, (res) => res.resume().once('end', resolve));
    req.once('error', reject).end();
  });

let key = 0;
/** Another key every time, so that no cache answers. */
const params = (): { ids: string[] } => {
  key = (key + 7919) % 28_000;
  return { ids: [`call-${key}`] };
};

const KEYED = 'FROM rows WHERE call_id IN {ids:Array(String)}';
const STEPS: Readonly<Record<string, () => Promise<unknown>>> = {
  'HTTP there and back': ping,
  'SELECT 1': () => store.select('SELECT 1'),
  'one row set by key': () => store.select(`SELECT call_id, n ${KEYED}`, params()),
  'with 300 bytes each': () => store.select(`SELECT call_id, n, payload ${KEYED}`, params()),
  'sorted, each once': () =>
    store.select(`SELECT call_id, n ${KEYED} ORDER BY n LIMIT 1 BY call_id, n LIMIT 100`, params()),
  'two by UNION ALL': () => store.select(`SELECT n ${KEYED} UNION ALL SELECT n ${KEYED}`, params()),
  'two at once': () =>
    Promise.all([store.select(`SELECT n ${KEYED}`, params()), store.select(`SELECT n ${KEYED}`, params())]),
};

try {
  await store.command(
    'CREATE TABLE rows (call_id String, n UInt32, payload String) ENGINE = MergeTree ORDER BY call_id SETTINGS index_granularity = 256',
  );
  await store.command(
    "INSERT INTO rows SELECT concat('call-', toString(intDiv(number, 7))), number, repeat(hex(sipHash64(number)), 20) FROM numbers(200000)",
  );
  const spent = (): number =>
    process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6 + cpuSecondsOf(engine.pid);
  const ms = new Map<string, number[]>(Object.keys(STEPS).map((name) => [name, []]));
  const cpu = new Map<string, number>();
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const [name, step] of Object.entries(STEPS)) {
      const before = spent();
      for (let i = 0; i < EACH; i += 1) {
        const from = performance.now();
        await step();
        if (round >= 0) ms.get(name)?.push(performance.now() - from);
      }
      if (round >= 0) cpu.set(name, (cpu.get(name) ?? 0) + spent() - before);
    }
  }
  for (const [name, measured] of ms) {
    const perCall = ((cpu.get(name) ?? 0) * 1000) / (ROUNDS * EACH);
    process.stdout.write(
      `select: ${name.padEnd(20)} p50 ${percentile(measured, 50).toFixed(2)} ms, p95 ${percentile(measured, 95).toFixed(2)} ms, CPU ${perCall.toFixed(2)} ms\n`,
    );
  }
} finally {
  await store.close();
  await engine.stop();
  await rm(dir, { recursive: true, force: true });
}
