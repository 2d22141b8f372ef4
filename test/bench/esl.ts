import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createEslSource } from '../../collector/esl/client.ts';
import { createMemoryBus } from '../../core/bus/memory.ts';
import { BUS_CAPACITY, BUS_LINGER_MS } from '../../core/bus/open.ts';
import { silentLog as log } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { migrate } from '../../core/store/migrate.ts';
import type { Store } from '../../core/store/store.ts';
import { startIndexer } from '../../indexer/indexer.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { cpuSecondsOf, peakMegabytesOf } from './cpu.ts';
import { PASSWORD, type Played, type PlayOrder } from './esl-nodes.ts';

/**
 * What a FreeSWITCH call costs: recorded calls, made into as many new ones as are asked for, come from four nodes over
 * real event sockets, all events and log lines of level 7, into source, bus, indexer and the embedded store. The nodes
 * run in a process of their own whose CPU is told apart. Prints CPU and disk per two-leg call.
 */
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    warmup: { type: 'string', default: '10' },
    linger: { type: 'string', default: String(BUS_LINGER_MS) },
    linker: { type: 'boolean', default: false },
    columns: { type: 'boolean', default: false },
    recordings: { type: 'string', default: '01-basic,04-failover-fork,09-tandem' },
  },
});
const order: PlayOrder = {
  recordings: values.recordings.split(','),
  nodes: 4,
  callsPerSecond: Number(values.rate),
};

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const nodes = fork(fileURLToPath(new URL('./esl-nodes.ts', import.meta.url)));
const store = await createEmbeddedStore({ path: dir }, log);
try {
  await migrate(store);
  nodes.send(order);
  const [ports] = (await once(nodes, 'message')) as [number[]];
  const metrics = createMetrics();
  const bus = createMemoryBus({ capacity: BUS_CAPACITY, lingerMs: () => Number(values.linger), metrics });
  startIndexer({ bus, store, metrics, log, correlation: NO_CORRELATION });
  const linker = createLinker({ store, metrics, log });
  const sources = ports.map((port, i) =>
    createEslSource({
      node: { name: `fs${i + 1}`, host: '127.0.0.1', port, password: PASSWORD },
      trustSenderClock: false,
      bus,
      metrics,
      log: (level, message) => log[level](message),
    }),
  );
  for (const source of sources) await source.start();
  while (sources.some((source) => source.state().state !== 'up')) await sleep(20);
  if (values.linker) linker.start();

  const engine = store.pid();
  if (engine === undefined) throw new Error('the engine does not run');
  const play = async (seconds: number): Promise<Played> => {
    nodes.send(seconds);
    const [played] = (await once(nodes, 'message')) as [Played];
    return played;
  };
  // The first seconds pay for the compiler.
  const warmup = await play(Number(values.warmup));
  await untilStored(store, warmup);
  const ownFrom = process.cpuUsage();
  const engineFrom = cpuSecondsOf(engine);
  const played = await play(Number(values.seconds));
  const all = together(warmup, played);
  const late = await untilStored(store, all);
  await linker.stop();
  const { user, system } = process.cpuUsage(ownFrom);
  const own = (user + system) / 1e6 / played.calls;
  const theirs = (cpuSecondsOf(engine) - engineFrom) / played.calls;

  const perCall = (n: number): string => (n / played.calls).toFixed(1);
  say(
    `esl: ${played.calls} two-leg calls from ${order.nodes} nodes, ${order.callsPerSecond} a second for ` +
      `${values.seconds} s (${order.recordings.join(', ')}), linker ${values.linker ? 'on' : 'off'}`,
  );
  say(
    `per call sent: ${perCall(played.events)} events, ${perCall(played.eventBytes / 1000)} KB; ` +
      `${perCall(played.lines)} log lines, ${perCall(played.logBytes / 1000)} KB; ` +
      `the nodes' own CPU ${((played.cpuSeconds / played.calls) * 1000).toFixed(1)} ms`,
  );
  say(
    `CPU per call: ${(own * 1000).toFixed(2)} ms own + ${(theirs * 1000).toFixed(2)} ms engine; ` +
      `at 100 calls a second ${((own + theirs) * 100).toFixed(2)} cores`,
  );
  say(
    `memory at most: ${peakMegabytesOf(process.pid)} MB own, ${peakMegabytesOf(engine)} MB engine; ` +
      `everything was stored ${(late / 1000).toFixed(1)} s after it was sent`,
  );
  for (const source of sources) await source.stop();
  await bus.close();
  await tellDisk(store, all);
} finally {
  nodes.disconnect();
  await store.close();
  await rm(dir, { recursive: true, force: true });
}

function together(one: Played, other: Played): Played {
  const names = Object.keys(one) as (keyof Played)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as unknown as Played;
}

/** Waits until all that was sent is stored, and answers how many milliseconds that took. */
async function untilStored(in_: Store, { storedEvents, lines }: Played): Promise<number> {
  const from = performance.now();
  for (let before = -1; ; ) {
    const [row] = await in_.select<{ events: number; lines: number }>(
      'SELECT (SELECT count() FROM events) AS events, (SELECT count() FROM logs) AS lines',
    );
    const { events = 0, lines: stored = 0 } = row ?? {};
    if (events >= storedEvents && stored >= lines) {
      say(`stored: ${events} of ${storedEvents} events, ${stored} of ${lines} log lines`);
      return performance.now() - from;
    }
    if (events + stored === before)
      throw new Error(`stored ${events} of ${storedEvents} events, ${stored} of ${lines} lines`);
    before = events + stored;
    await sleep(2000);
  }
}

/** Bytes on disk once each table is merged into one part, which is what merging comes to in time. */
async function tellDisk(in_: Store, { calls }: Played): Promise<void> {
  const tables = await in_.select<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  );
  for (const { name } of tables) await in_.command(`OPTIMIZE TABLE ${name} FINAL`);
  const parts = await in_.select<{ table: string; bytes: number; rows: number }>(
    `SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts
     WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC`,
  );
  const all = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  say(`disk per call after OPTIMIZE FINAL: ${(all / calls / 1000).toFixed(2)} KB`);
  for (const { table, bytes, rows } of parts) {
    say(
      `  ${table.padEnd(12)} ${Math.round(bytes / calls)
        .toLocaleString('en')
        .padStart(8)} B, ${(rows / calls).toFixed(1)} rows`,
    );
  }
  if (!values.columns) return;
  const columns = await in_.select<{ table: string; column: string; bytes: number }>(
    `SELECT table, column, sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
     WHERE active AND database = currentDatabase() GROUP BY table, column HAVING bytes / ${calls} > 20 ORDER BY bytes DESC`,
  );
  for (const { table, column, bytes } of columns) say(`    ${table}.${column}: ${Math.round(bytes / calls)} B`);
}
