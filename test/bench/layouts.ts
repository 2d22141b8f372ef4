import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog } from '../../core/runtime/log.ts';
import { createEmbeddedStore } from '../../core/store/embedded/store.ts';
import { cpuSecondsOf } from './cpu.ts';
import { IDENTIFIER_LAYOUTS, type Layout, MESSAGE_LAYOUTS, type Probe, SOURCE } from './layout-candidates.ts';
import { percentile } from './measured.ts';
import { dialogsOf, trafficUntilNow } from './traffic-sql.ts';

/**
 * Ways to lay messages and identifiers out on disk, compared over the same traffic: what a message costs to write and to
 * keep, and how long the questions take that people ask. The rows are generated inside the engine.
 *
 *   node test/bench/layouts.ts [--millions 3.5] [--days 1] [--only NAME,NAME] [--keys 200] [--merged]
 *
 * `--merged` merges every day into one part first, as it is some time after midnight.
 */

const { values } = parseArgs({
  options: {
    millions: { type: 'string', default: '3.5' },
    days: { type: 'string', default: '1' },
    keys: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    merged: { type: 'boolean', default: false },
  },
});
const traffic = trafficUntilNow(Math.round(Number(values.millions) * 1e6), Number(values.days));
const KEYS = Number(values.keys);
const ROUNDS = 5;
/** Rows an insert: what a busy writer has together after a second or two. */
const ROWS = 70_000;
const MANY = 500_000;

const dir = await mkdtemp(join(tmpdir(), 'calltrail-bench-'));
const store = await createEmbeddedStore({ path: dir }, silentLog);

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function settled(): Promise<void> {
  for (;;) {
    const [row] = await store.select<{ n: number }>('SELECT count() AS n FROM system.merges');
    if (row?.n === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** CPU seconds of the engine a million messages, merges that come by themselves included. */
async function cpuOf(layout: Layout, into: string): Promise<number> {
  const units = layout.rowsOf(traffic);
  const before = cpuSecondsOf(store.pid());
  const step = Math.ceil(ROWS / (traffic.messages / units));
  for (let from = 0; from < units; from += step) {
    await store.command(layout.insert(into, traffic, from, Math.min(step, units - from)));
  }
  await settled();
  return (cpuSecondsOf(store.pid()) - before) / (traffic.messages / 1e6);
}

interface Filled {
  readonly cpu: number;
  readonly bytes: number;
  readonly parts: number;
}

async function fill(layout: Layout): Promise<Filled> {
  for (const statement of layout.create) await store.command(statement);
  const cpu = await cpuOf(layout, layout.table);
  if (values.merged) await store.command(`OPTIMIZE TABLE ${layout.table} FINAL`);
  const [size] = await store.select<{ bytes: number; parts: number }>(
    'SELECT sum(bytes_on_disk) AS bytes, count() AS parts FROM system.parts WHERE active AND startsWith(table, {table:String})',
    { table: layout.table },
  );
  return { cpu, bytes: (size?.bytes ?? 0) / traffic.messages, parts: size?.parts ?? 0 };
}

interface Asked {
  readonly ms: readonly number[];
  /** CPU milliseconds of the engine a question: what a busy machine does not change. */
  readonly cpuMs: number;
}

/** What each question costs, layouts taking turns so that a busy moment of the machine meets all of them. */
async function ask(layouts: readonly Layout[]): Promise<Map<string, Asked>> {
  const asked = new Map<string, { ms: number[]; cpuMs: number }>();
  const dialogs = dialogsOf(traffic);
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const layout of layouts) {
      for (const name of Object.keys(layout.probes(traffic, 0))) {
        const probes: Probe[] = [];
        for (let i = 0; i < KEYS / ROUNDS; i += 1) {
          const dialog = Math.floor(((round + 2) * 1000 + i) * 0.6180339887 * dialogs) % dialogs;
          probes.push(await prepared(layout.probes(traffic, dialog)[name]!));
        }
        const before = cpuSecondsOf(store.pid());
        const ms: number[] = [];
        for (const probe of probes) ms.push(await timed(probe));
        const cpuMs = ((cpuSecondsOf(store.pid()) - before) * 1000) / (KEYS / ROUNDS) / ROUNDS;
        const key = `${layout.table}\0${name}`;
        const known = asked.get(key) ?? { ms: [], cpuMs: 0 };
        if (round >= 0) asked.set(key, { ms: [...known.ms, ...ms], cpuMs: known.cpuMs + cpuMs });
      }
    }
  }
  return asked;
}

async function prepared(probe: Probe): Promise<Probe> {
  if (probe.prepare === undefined) return probe;
  return { ...probe, params: (await store.select<Record<string, unknown>>(probe.prepare))[0] ?? {} };
}

async function timed({ params, sql, atLeast }: Probe): Promise<number> {
  const from = performance.now();
  const rows = await store.select(sql, params);
  const ms = performance.now() - from;
  if (rows.length < atLeast) throw new Error(`${rows.length} rows instead of ${atLeast}: ${sql}`);
  return ms;
}

try {
  const only = values.only === '' ? undefined : new Set(values.only.split(','));
  const groups = [MESSAGE_LAYOUTS, IDENTIFIER_LAYOUTS];
  say(
    `${traffic.messages.toLocaleString('en')} messages over ${traffic.days} days; questions in ms p50 of ${KEYS} keys (CPU-ms of the engine)`,
  );
  await store.command(SOURCE.create);
  for (let from = 0; from < traffic.messages; from += MANY) {
    await store.command(SOURCE.insert(traffic, from, Math.min(MANY, traffic.messages - from)));
  }
  for (const group of groups) {
    const layouts = group.filter(({ table }) => only === undefined || only.has(table));
    if (layouts.length === 0) continue;
    const first = layouts[0] as Layout;
    // What reading or making the rows costs is not what storing them costs.
    await store.command(first.nowhere);
    const free = await cpuOf(first, first.nowhere.split(' ')[2] ?? '');
    const filled = new Map<string, Filled>();
    for (const layout of layouts) filled.set(layout.table, await fill(layout));
    const times = await ask(layouts);
    const questions = Object.keys(first.probes(traffic, 0));
    say(
      `\n| layout | B/msg | CPU-s per M | parts | ${questions.join(' | ')} |\n|---|---|---|---|${questions.map(() => '---|').join('')}`,
    );
    for (const { table, name } of layouts) {
      const { cpu, bytes, parts } = filled.get(table)!;
      const cells = questions.map((question) => {
        const { ms, cpuMs } = times.get(`${table}\0${question}`)!;
        return `${percentile(ms, 50).toFixed(1)} (${cpuMs.toFixed(1)})`;
      });
      say(`| ${name} | ${bytes.toFixed(1)} | ${(cpu - free).toFixed(1)} | ${parts} | ${cells.join(' | ')} |`);
    }
  }
} finally {
  await store.close();
  await rm(dir, { recursive: true, force: true });
}
