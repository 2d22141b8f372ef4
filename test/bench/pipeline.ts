import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { silentLog } from '../../core/runtime/log.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { ask } from '../system/calltrail.ts';
import { freePort } from '../system/ports.ts';
import { cpuSecondsOf, peakMegabytesOf } from './cpu.ts';
import type { FromSender, SendOrder } from './load/sender.ts';
import { percentile } from './measured.ts';
import { verdict } from './target.ts';

/**
 * The whole pipeline: HEP over UDP or TCP into a Calltrail that runs as a person would start it, until every packet is
 * stored and every call is put together. Prints CPU, loss, latency, disk and memory beside the target and beside what
 * HOMER 7 (heplify-server 1.60.3, PostgreSQL 15) needed for the same bytes on the same kind of machine.
 */

const { values } = parseArgs({
  options: {
    transport: { type: 'string', default: 'tcp' },
    rate: { type: 'string', default: '20000' },
    calls: { type: 'string', default: '48000' },
    seed: { type: 'string', default: '1' },
  },
});
const order: Omit<SendOrder, 'port'> = {
  transport: values.transport === 'udp' ? 'udp' : 'tcp',
  rate: Number(values.rate),
  calls: Number(values.calls),
  seed: Number(values.seed),
  startSec: Math.floor(Date.now() / 1000) - 900,
  spanSec: 1800,
};
/** Metrics are asked for as seldom as waiting allows: each time costs some 15 ms. */
const ASKED_MS = 2000;
/** Calls of another seed that go before, for the compiler. */
const WARMUP_CALLS = 4000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const root = fileURLToPath(new URL('../../', import.meta.url));

interface Load {
  readonly packets: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly latenciesMs: readonly number[];
}

/** Sends a load and asks for some of its dialogs as soon as they are on the way. */
async function send(sendOrder: SendOrder, httpUrl: string): Promise<Load> {
  const sender = fork(fileURLToPath(new URL('./load/sender.ts', import.meta.url)), {
    execArgv: ['--max-old-space-size=12000'],
  });
  try {
    sender.send(sendOrder);
    const [made] = (await once(sender, 'message')) as [Extract<FromSender, { type: 'made' }>];
    const waits: Promise<number>[] = [];
    const ended = new Promise<Extract<FromSender, { type: 'sent' }>>((resolve) => {
      sender.on('message', (message: FromSender) => {
        if (message.type === 'sample') waits.push(untilFound(httpUrl, message.callId, message.sentMs));
        else if (message.type === 'sent') resolve(message);
      });
    });
    sender.send('go');
    const { seconds, cpuSeconds } = await ended;
    const latenciesMs = (await Promise.all(waits)).filter((ms) => ms >= 0);
    return { packets: made.packets, bytes: made.bytes, seconds, cpuSeconds, latenciesMs };
  } finally {
    sender.disconnect();
  }
}

/** Milliseconds until the dialog is in an answer; -1 when it is not within ten seconds. */
async function untilFound(httpUrl: string, callId: string, sentMs: number): Promise<number> {
  while (Date.now() - sentMs < 10_000) {
    const response = await fetch(`${httpUrl}/api/calls/${encodeURIComponent(callId)}`);
    await response.body?.cancel();
    if (response.ok) return Date.now() - sentMs;
    // Asking costs more than storing: few are asked for, and not often.
    await sleep(400);
  }
  return -1;
}

const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const [http, hep] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
const httpUrl = `http://127.0.0.1:${http}`;
const config = join(dir, 'calltrail.yaml');
await writeFile(
  config,
  `http: { port: ${http} }\nstore: { path: ${join(dir, 'data')} }\ncollector: { hep: { udp: "127.0.0.1:${hep}", tcp: "127.0.0.1:${hep}" } }\n`,
);
const product = spawn(process.execPath, ['--max-semi-space-size=64', 'main.ts', '--config', config], {
  cwd: root,
  stdio: 'ignore',
});
try {
  const calltrail = ask(httpUrl);
  while (
    !(await calltrail.get('/healthz').then(
      (answer) => answer.ok,
      () => false,
    ))
  )
    await sleep(100);
  const own = product.pid ?? 0;
  const engine = await childOf(own);
  const stored = (): Promise<number> => calltrail.counted('calltrail_stored_rows_total', 'table="messages"');
  const lost = (): Promise<number> => calltrail.counted('calltrail_lost_total');
  /** Until as many are accounted for as were sent, or nothing moves any more. */
  const settle = async (target: number): Promise<void> => {
    let [last, still] = [-1, 0];
    while (still < 13) {
      const now = (await stored()) + (await lost());
      if (now >= target) return;
      still = now === last ? still + 1 : 0;
      last = now;
      await sleep(ASKED_MS);
    }
  };
  /** Until so many calls are put together, or no more are: packets that were lost may have been whole calls. */
  const linkedUpTo = async (calls: number): Promise<void> => {
    let [last, still] = [-1, 0];
    while (still < 15) {
      const now = await calltrail.counted('calltrail_linked_calls_total');
      if (now >= calls) return;
      still = now === last ? still + 1 : 0;
      last = now;
      await sleep(ASKED_MS);
    }
  };

  const warmup = await send({ ...order, port: hep, seed: 99, calls: WARMUP_CALLS, transport: 'tcp' }, httpUrl);
  await settle(warmup.packets);
  await linkedUpTo(WARMUP_CALLS);
  const from = { own: cpuSecondsOf(own), engine: cpuSecondsOf(engine), stored: await stored(), lost: await lost() };
  const load = await send({ ...order, port: hep }, httpUrl);
  await settle(warmup.packets + load.packets);
  const filled = { own: cpuSecondsOf(own) - from.own, engine: cpuSecondsOf(engine) - from.engine };
  await linkedUpTo((WARMUP_CALLS + order.calls) * 0.999);
  const whole = { own: cpuSecondsOf(own) - from.own, engine: cpuSecondsOf(engine) - from.engine };
  const kept = (await stored()) - from.stored;
  const counted = (await lost()) - from.lost;
  const memory = [peakMegabytesOf(own), peakMegabytesOf(engine)];
  product.kill('SIGTERM');
  await once(product, 'exit');
  const total = warmup.packets + kept;
  const bytes = await diskOf(join(dir, 'data'), total);

  const perMillion = (cpuSeconds: number): number => (cpuSeconds / kept) * 1e6;
  const cpu = perMillion(whole.own + whole.engine);
  say(
    `pipeline: ${load.packets} HEP packets over ${order.transport.toUpperCase()}, ${Math.round(load.packets / load.seconds)} a second ` +
      `(asked for ${order.rate === 0 ? 'as many as go' : order.rate}), ${cpus().length} cores; the sender's own CPU ${((load.cpuSeconds / load.packets) * 1e6).toFixed(1)} s per million`,
  );
  say(verdict('CPU s per million packets, calls put together', cpu.toFixed(1), cpu <= 16, '16', '68, without calls'));
  say(
    `  until stored: ${perMillion(filled.own).toFixed(1)} Calltrail + ${perMillion(filled.engine).toFixed(1)} engine; ` +
      `then: ${perMillion(whole.own - filled.own).toFixed(1)} + ${perMillion(whole.engine - filled.engine).toFixed(1)}`,
  );
  const missing = load.packets - kept - counted;
  say(
    verdict(
      'lost',
      `${load.packets - kept}, of them counted ${counted}`,
      load.packets === kept,
      '0',
      'UDP never 0; TCP flood 51 %, uncounted',
    ),
  );
  if (missing !== 0) say(`  ${missing} neither stored nor counted`);
  const slowest = Math.max(...load.latenciesMs);
  const latency = `${percentile(load.latenciesMs, 50)} p50, ${percentile(load.latenciesMs, 95)} p95, ${slowest} max`;
  say(verdict('ms until a packet is found', latency, slowest <= 2000, '2000', '4000 and more'));
  say(verdict('bytes a packet on disk', bytes.toFixed(0), bytes <= 150, '150', '1949'));
  say(
    verdict(
      'peak memory MB',
      `${memory[0]} Calltrail, ${memory[1]} engine`,
      (memory[0] ?? 0) < 1000,
      '1000',
      '300 to 3800',
    ),
  );
} finally {
  product.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
}

/** The engine's process: the only child. */
async function childOf(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1')).trim().split(' ')[0]);
}

/** Bytes a packet that all tables take, as they stand after the load: parts that are merged already, and others. */
async function diskOf(path: string, packets: number): Promise<number> {
  const store = await createEmbeddedStore({ path }, silentLog);
  try {
    const tables = await store.select<{ table: string; bytes: string | number }>(
      'SELECT table, sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table ORDER BY bytes DESC',
    );
    return tables.reduce((sum, { bytes }) => sum + Number(bytes), 0) / packets;
  } finally {
    await store.close();
  }
}
