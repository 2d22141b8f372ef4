import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTrace } from '../../api/call/trace.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';
import { percentile } from './measured.ts';

/**
 * What it costs to find a call by its trace id alone: the list's table of endings is filled inside the engine with calls
 * over some days, of two minutes on average and a hundredth of them of up to two hours, and moments are asked for at
 * random, with a hash that no call has: every call of the millisecond is looked at then.
 *
 *   node test/bench/trace-lookup.ts [--millions 10] [--days 30] [--keys 100]
 */

const { values } = parseArgs({
  options: {
    millions: { type: 'string', default: '10' },
    days: { type: 'string', default: '30' },
    keys: { type: 'string', default: '100' },
  },
});
const CALLS = Math.round(Number(values.millions) * 1e6);
const SPAN_US = Number(values.days) * 86_400_000_000;
const SINCE_US = Date.UTC(2026, 0, 1) * 1000;
const ROWS = 1_000_000;

async function fill(store: Store): Promise<void> {
  const step = Math.floor(SPAN_US / CALLS);
  for (let from = 0; from < CALLS; from += ROWS) {
    const since = `${SINCE_US} + number * ${step} + sipHash64(number) % ${step}`;
    const random = `(1 + sipHash64(number, 1) % 1000000) / 1000001`;
    const lasts = `toInt64(if(sipHash64(number, 2) % 100 = 0, 7200e6 * ${random}, -120e6 * log(${random})))`;
    await store.command(
      `INSERT INTO endings (until, node, since, arrived)
       SELECT fromUnixTimestamp64Micro(toInt64(${since}) + ${lasts}), concat('c:', toString(sipHash64(number, 3)), '@h'),
              fromUnixTimestamp64Micro(toInt64(${since})), fromUnixTimestamp64Micro(toInt64(${since}))
       FROM numbers(${from}, ${Math.min(ROWS, CALLS - from)})`,
    );
  }
}

const dir = mkdtempSync(join(tmpdir(), 'calltrail-lookup-'));
const store = await openStore({ kind: 'embedded', path: dir }, silentLog);
try {
  await fill(store);
  const ofEndings: number[] = [];
  const timed: Store = {
    ...store,
    async select(sql, ...rest) {
      const before = performance.now();
      const rows = await store.select(sql, ...rest);
      if (sql.includes('FROM endings')) ofEndings.push(performance.now() - before);
      return rows as never;
    },
  };
  const whole: number[] = [];
  for (let i = 0; i < Number(values.keys); i++) {
    const ms = Math.floor((SINCE_US + Math.random() * SPAN_US) / 1000);
    const before = performance.now();
    const found = await findTrace(
      { store: timed, guesses: false, unmask: () => undefined },
      `${ms.toString(16).padStart(12, '0')}${'0'.repeat(20)}`,
      {},
    );
    whole.push(performance.now() - before);
    if (found !== undefined) throw new Error('no call has this id');
  }
  const [parts] = await store.select<{ parts: number; mb: number }>(
    "SELECT count() AS parts, round(sum(bytes_on_disk) / 1e6) AS mb FROM system.parts WHERE table = 'endings' AND active",
  );
  const [index] = await store.select<{ mb: number }>(
    "SELECT round(sum(data_compressed_bytes) / 1e6, 1) AS mb FROM system.data_skipping_indices WHERE table = 'endings'",
  );
  const shown = (times: readonly number[]): string =>
    [50, 95].map((percent) => `p${percent} ${percentile(times, percent).toFixed(1)} ms`).join(', ');
  process.stdout.write(
    `${CALLS / 1e6} million calls over ${values.days} days, ${parts?.parts} parts, ${parts?.mb} MB, of these ${index?.mb} MB index\n` +
      `what began in a millisecond: ${shown(ofEndings)}\nwhole look-up of an id: ${shown(whole)}\n`,
  );
} finally {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
}
