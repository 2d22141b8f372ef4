import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveConfig } from '../../core/config/resolve.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { migrate } from '../../core/store/migrate.ts';
import { applyRetention } from '../../core/store/retention.ts';
import type { Store } from '../../core/store/store.ts';
import { cpuSecondsOf } from './cpu.ts';
import { memoryMbOf, percentile } from './measured.ts';
import { askOpenings, openingsOf } from './openings.ts';
import { FILLINGS, insertSql } from './stored-traffic.ts';
import { callIdSql, dialogSql, dialogsOf, toNumberSql, trafficUntilNow } from './traffic-sql.ts';

/**
 * How long a person waits: a store is filled with traffic, the product is started on it, and the questions that people ask
 * are asked over HTTP, each with other keys every time. Beside each stands the target and what HOMER 7 took for the same
 * question over 3.5 million messages on a machine like this (PostgreSQL, warm).
 *
 *   node test/bench/search.ts [--millions 3.5] [--days 1] [--keys 300] [--openings 40] [--store DIR]
 *
 * With --store the filled store stays there, and one that is there already is asked again.
 *
 * The rows are generated inside the engine and did not come through the collector (stored-traffic.ts).
 */

const { values } = parseArgs({
  options: {
    millions: { type: 'string', default: '3.5' },
    days: { type: 'string', default: '1' },
    keys: { type: 'string', default: '300' },
    openings: { type: 'string', default: '40' },
    store: { type: 'string' },
  },
});
const traffic = trafficUntilNow(Math.round(Number(values.millions) * 1e6), Number(values.days));
const KEYS = Number(values.keys);
/** A statement of these takes less than half of the engine's memory. */
const ROWS = 100_000;
/** Of the oldest day as well nothing is dropped while it is asked. */
const KEPT_DAYS = Math.ceil(traffic.days) + 30;
const RETENTION = { messages: KEPT_DAYS, events: KEPT_DAYS, logs: KEPT_DAYS, identifiers: KEPT_DAYS };
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Key {
  readonly callId: string;
  readonly number: string;
}

async function fill(store: Store): Promise<void> {
  for (const filling of FILLINGS) {
    const rows = filling.rowsOf(traffic);
    for (let from = 0; from < rows; from += ROWS) {
      await store.command(insertSql(filling, traffic, from, Math.min(ROWS, rows - from)));
    }
  }
  for (;;) {
    const [row] = await store.select<{ n: number }>('SELECT count() AS n FROM system.merges');
    if (row?.n === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Keys from all over the stored time. */
async function keysOf(store: Store): Promise<Key[]> {
  const dialogs = Array.from(
    { length: KEYS },
    (_, i) => Math.floor(i * 0.6180339887 * dialogsOf(traffic)) % dialogsOf(traffic),
  );
  const keys = await store.select<Key>(
    dialogs
      .map((d) => `SELECT ${callIdSql(dialogSql(d))} AS callId, ${toNumberSql(dialogSql(d))} AS number`)
      .join(' UNION ALL '),
  );
  // Zeros that a number begins with are taken for a prefix, so that fewer digits would be looked for.
  return keys.filter(({ number }) => number.at(-7) !== '0');
}

interface Product {
  readonly process: ChildProcess;
  readonly url: string;
  readonly startMs: number;
}

async function startProduct(dir: string): Promise<Product> {
  const config = join(dir, 'calltrail.yaml');
  writeFileSync(
    config,
    `http: { host: 127.0.0.1, port: 0 }\ncollector:\n  hep: { udp: "127.0.0.1:0", tcp: "127.0.0.1:0" }\nstore: { kind: embedded, path: ${join(dir, 'data')}, retention: ${JSON.stringify(RETENTION)} }\n`,
  );
  const from = performance.now();
  const main = new URL('../../main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /is at (http:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`the product did not start: ${said}`)));
  });
  return { process: child, url, startMs: performance.now() - from };
}

const agent = new Agent({ keepAlive: true });

function get(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const req = request(url, { agent }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      res.once('end', () => {
        if (res.statusCode === 200) resolve(text);
        else reject(new Error(`${res.statusCode} ${text.slice(0, 300)}`));
      });
    });
    req.once('error', reject).end();
  });
}

interface Question {
  readonly name: string;
  path(key: Key): string;
  /** What the answer must hold to be one. */
  holds(key: Key): string;
  readonly targetMs: number;
  readonly homerMs?: number;
  /** The same for every key: asked once a turn. */
  readonly once?: true;
}

const search = (text: string): string => `/api/search?q=${encodeURIComponent(text)}`;
const QUESTIONS: readonly Question[] = [
  { name: 'Call-ID', path: ({ callId }) => search(callId), holds: ({ callId }) => callId, targetMs: 4, homerMs: 3.8 },
  {
    name: 'number, exact',
    path: ({ number }) => search(number),
    holds: ({ callId }) => callId,
    targetMs: 4,
    homerMs: 3.4,
  },
  {
    name: 'last 7 digits',
    path: ({ number }) => search(number.slice(-7)),
    holds: ({ callId }) => callId,
    targetMs: 8,
    homerMs: 1605,
  },
  {
    name: 'whole call',
    path: ({ callId }) => `/api/calls/${encodeURIComponent(callId)}`,
    holds: ({ callId }) => callId,
    targetMs: 10,
  },
  {
    name: 'its ladder',
    path: ({ callId }) => `/api/calls/${encodeURIComponent(callId)}/ladder`,
    holds: ({ callId }) => callId,
    targetMs: 10,
    homerMs: 7.5,
  },
  { name: 'newest calls', path: () => search(''), holds: () => '"startedAt"', targetMs: 50, once: true },
];
/** Without a time range over a hundred million messages, at the 95th percentile. */
const LARGE = { messages: 50e6, targetMs: 50 };

interface Asked {
  readonly ms: number[];
  /** CPU milliseconds of both processes, a question. */
  cpuMs: number;
}

const TURN = 10;

/** Questions take turns, so that a busy moment of the machine meets all of them. */
async function ask({ url, process: { pid = 0 } }: Product, keys: readonly Key[]): Promise<Map<string, Asked>> {
  const asked = new Map<string, Asked>(QUESTIONS.map(({ name }) => [name, { ms: [], cpuMs: 0 }]));
  const engine = engineOf(pid);
  const spent = (): number => (cpuSecondsOf(pid) + cpuSecondsOf(engine)) * 1000;
  for (let turn = 0; turn < keys.length; turn += TURN) {
    const some = keys.slice(turn, turn + TURN);
    for (const { name, path, holds, once } of QUESTIONS) {
      const before = spent();
      const own = asked.get(name) as Asked;
      const asking = once === true ? some.slice(0, 1) : some;
      for (const key of asking) {
        const from = performance.now();
        const text = await get(`${url}${path(key)}`);
        const ms = performance.now() - from;
        if (!text.includes(holds(key))) throw new Error(`${name}: ${path(key)} does not tell of ${holds(key)}`);
        // The first turn is for the caches of the operating system and of the compiler.
        if (turn > 0) own.ms.push(ms);
      }
      if (turn > 0) own.cpuMs += ((spent() - before) * some.length) / asking.length / (keys.length - TURN);
    }
  }
  return asked;
}

/** The engine's process is the only child of the product's. */
function engineOf(pid: number): number {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const [first] = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ');
    if (first !== undefined && first !== '') return Number(first);
  }
  throw new Error('the product has no engine');
}

const dir = values.store ?? (await mkdtemp(join(tmpdir(), 'calltrail-bench-')));
let product: Product | undefined;
try {
  const filled = existsSync(join(dir, 'data'));
  const store = await createEmbeddedStore({ path: join(dir, 'data') }, silentLog);
  const from = performance.now();
  if (!filled) {
    await migrate(store);
    // As the product does at its first start, so that it finds a store of its own.
    await applyRetention(store, resolveConfig({ store: { retention: RETENTION } }).retention);
    await fill(store);
  }
  const keys = await keysOf(store);
  const openings = await openingsOf(store, traffic, Number(values.openings));
  const sizes = await store.select<{ table: string; bytes: number; rows: number; parts: number }>(
    "SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS rows, count() AS parts FROM system.parts WHERE active AND database = 'default' GROUP BY table",
  );
  await store.close();
  const sum = (of: 'bytes' | 'parts'): number => sizes.reduce((all, size) => all + size[of], 0);
  const calls = sizes.find(({ table }) => table === 'calls');
  say(
    `search: ${traffic.messages.toLocaleString('en')} messages over ${traffic.days} days, generated in the engine in ${Math.round((performance.now() - from) / 1000)} s; ` +
      `${(sum('bytes') / traffic.messages).toFixed(0)} bytes a message with all that is derived, ` +
      `${((calls?.bytes ?? 0) / (calls?.rows ?? 1)).toFixed(0)} bytes a call in the list, ${sum('parts')} parts`,
  );
  product = await startProduct(dir);
  const { pid } = product.process;
  if (pid === undefined) throw new Error('the product did not start');
  say(`search: started in ${(product.startMs / 1000).toFixed(2)} s (target 3 s)`);
  const { url } = product;
  const asked = await ask(product, keys);
  const large = traffic.messages >= LARGE.messages;
  for (const { name, targetMs, homerMs } of QUESTIONS) {
    const { ms, cpuMs } = asked.get(name) as Asked;
    const figures = [50, 95, 100].map((percent) => percentile(ms, percent).toFixed(1));
    const target = large ? `p95 ${LARGE.targetMs}` : `p50 ${targetMs}`;
    say(
      `search: ${name.padEnd(14)} p50 ${figures[0]} ms, p95 ${figures[1]} ms, max ${figures[2]} ms, CPU ${cpuMs.toFixed(1)} ms; target ${target} ms` +
        (homerMs === undefined ? '' : `; HOMER 7 p50 ${homerMs} ms`),
    );
  }
  const spent = (): number => (cpuSecondsOf(pid) + cpuSecondsOf(engineOf(pid))) * 1000;
  say(`search: ${await askOpenings(openings, (path) => get(`${url}${path}`), spent)}`);
  say(`search: memory ${memoryMbOf(pid)} MB and the engine's ${memoryMbOf(engineOf(pid))} MB`);
} finally {
  agent.destroy();
  if (product !== undefined && product.process.exitCode === null) {
    product.process.kill('SIGTERM');
    await once(product.process, 'exit');
  }
  if (values.store === undefined) await rm(dir, { recursive: true, force: true });
}
