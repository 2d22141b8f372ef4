import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createServer } from '../../api/server.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';
import { percentile } from './measured.ts';
import { FILLINGS, insertSql } from './stored-traffic.ts';
import { callIdSql, dialogSql, dialogsOf, toNumberSql, trafficUntilNow } from './traffic-sql.ts';

/**
 * What a Grafana waits for: a store is filled with traffic up to now, and the questions of its Loki data source are asked,
 * each with other keys every time.
 *
 *   node test/bench/loki.ts [--millions 1] [--days 1] [--keys 20] [--store DIR]
 *
 * With --store the filled store stays there, and one that is there already is asked again. The rows are generated inside
 * the engine and did not come through the collector (stored-traffic.ts).
 */

const { values } = parseArgs({
  options: {
    millions: { type: 'string', default: '1' },
    days: { type: 'string', default: '1' },
    keys: { type: 'string', default: '20' },
    store: { type: 'string' },
  },
});
const traffic = trafficUntilNow(Math.round(Number(values.millions) * 1e6), Number(values.days));
const ROWS = 250_000;
const HOUR = 3_600_000_000_000n;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const path = values.store ?? (await mkdtemp(join(tmpdir(), 'calltrail-loki-bench-')));
const filled = values.store !== undefined && existsSync(path);
const store = await openStore({ kind: 'embedded', path }, silentLog);
if (!filled) {
  for (const filling of FILLINGS) {
    const rows = filling.rowsOf(traffic);
    for (let from = 0; from < rows; from += ROWS) {
      await store.command(insertSql(filling, traffic, from, Math.min(ROWS, rows - from)));
    }
  }
}
/** Rows and parts that the engine means to read for what was asked since it was cleared. */
const read = { rows: 0, parts: 0 };
const explaining: Store = {
  ...store,
  async select(sql, params, options) {
    if (/FROM (messages|events|logs)\b/.test(sql) && isExplaining) {
      for (const part of statementsIn(sql)) {
        const estimate = await store.select<{ rows: number; parts: number }>(`EXPLAIN ESTIMATE ${part}`, params);
        for (const { rows, parts } of estimate) {
          read.rows += rows;
          read.parts += parts;
        }
      }
    }
    return store.select(sql, params, options);
  },
};
let isExplaining = false;
/** A statement, and the one in it that finds the keys of its rows: the engine tells of each apart. */
function statementsIn(sql: string): string[] {
  const inner = /IN \((SELECT .*? FROM (?:messages|events|logs) WHERE .*LIMIT \{p\d+:UInt32\})\)\s+ORDER BY/s.exec(
    sql,
  )?.[1];
  return inner === undefined ? [sql] : [sql, inner];
}
const app = await createServer({
  store: explaining,
  metrics: createMetrics(),
  log: silentLog,
  sources: () => [],
  hosts: {},
  unmask: () => undefined,
  guesses: false,
  version: 'bench',
});
const dialogs = Array.from({ length: Number(values.keys) }, (_, i) => (i * 7919) % dialogsOf(traffic));
const keys = await store.select<{ callId: string; number: string }>(
  dialogs
    .map((d) => `SELECT ${callIdSql(dialogSql(d))} AS callId, ${toNumberSql(dialogSql(d))} AS number`)
    .join(' UNION ALL '),
);

const [span] = await store.select<{ until: string; rows: number }>(
  'SELECT toString(toUnixTimestamp64Micro(max(at))) AS until, count() AS rows FROM messages',
);
const end = BigInt(span?.until ?? '0') * 1000n + 1n;
const lastHour = { start: String(end - HOUR), end: String(end) };
const day = { start: String(end - 24n * HOUR), end: String(end) };
const year = { start: String(end - 8760n * HOUR), end: String(end) };
const VOLUME = 'sum by (level, detected_level) (count_over_time';

const QUESTIONS: readonly [string, string, (key: { callId: string; number: string }) => Record<string, string>][] = [
  [
    'one call, all lines',
    'query_range',
    ({ callId }) => ({ query: `{call_id="${callId}"}`, limit: '1000', ...lastHour, start: year.start }),
  ],
  [
    'volume of one call',
    'query_range',
    ({ callId }) => ({ query: `${VOLUME}({call_id="${callId}"}[10m]))`, step: '600s', ...day }),
  ],
  ['a number, a day', 'query_range', ({ number }) => ({ query: `{number="${number}"}`, limit: '1000', ...day })],
  ['newest 1000 lines of an hour', 'query_range', () => ({ query: '{source=~".+"}', limit: '1000', ...lastHour })],
  ['newest 1000 lines of a year', 'query_range', () => ({ query: '{source=~".+"}', limit: '1000', ...year })],
  [
    '1000 lines with a text, an hour',
    'query_range',
    () => ({ query: '{source="sip"} |= "SIP/2.0 503"', limit: '1000', ...lastHour }),
  ],
  [
    'a text that is nowhere, a day',
    'query_range',
    () => ({ query: '{source="sip"} |= "no such text"', limit: '1000', ...day }),
  ],
  ['volume of an hour', 'query_range', () => ({ query: `${VOLUME}({source=~".+"}[1m]))`, step: '60s', ...lastHour })],
  ['volume of a day', 'query_range', () => ({ query: `${VOLUME}({source=~".+"}[10m]))`, step: '600s', ...day })],
  ['names of labels', 'labels', () => day],
  ['newest Call-IDs', 'label/call_id/values', () => day],
  ['size of an hour', 'index/stats', () => ({ query: '{source=~".+"}', ...lastHour })],
];

say(`${span?.rows ?? 0} messages in ${values.days} day(s); ${keys.length} questions each, ms`);
say('question                          median    p95    max      rows  parts');
for (const [name, place, paramsOf] of QUESTIONS) {
  const times: number[] = [];
  Object.assign(read, { rows: 0, parts: 0 });
  for (const [i, key] of keys.entries()) {
    isExplaining = i === 0;
    const began = performance.now();
    const answer = await app.inject({ url: `/loki/api/v1/${place}?${new URLSearchParams(paramsOf(key))}` });
    if (!isExplaining || keys.length === 1) times.push(performance.now() - began);
    if (answer.statusCode !== 200) {
      say(`${name}: ${answer.statusCode} ${answer.body.slice(0, 200)}`);
      break;
    }
  }
  times.sort((a, b) => a - b);
  const at = (p: number): string => percentile(times, p).toFixed(0).padStart(7);
  say(
    `${name.padEnd(33)}${at(50)}${at(95)}${at(100)}${String(read.rows).padStart(10)}${String(read.parts).padStart(7)}`,
  );
}
await app.close();
await store.close();
if (values.store === undefined) await rm(path, { recursive: true, force: true });
