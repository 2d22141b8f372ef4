import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '../../api/server.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createClickHouseStore } from '../../core/store/clickhouse.ts';
import { type EngineProcess, startEngine } from '../../core/store/embedded/process.ts';
import { migrate } from '../../core/store/migrate.ts';
import type { Store } from '../../core/store/store.ts';
import { createViews, VIEWS } from '../../core/store/views.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { type Shards, spreadOver } from '../core/store/shards.ts';
import { storeHand } from '../generate/store.ts';
import { readSeen } from '../golden/recorded.ts';

const RECORDINGS = ['01-basic', '05-transfer-hold', '30-asterisk-basic'];
const SHARDS = 3;

const serve = (store: Store): Promise<FastifyInstance> =>
  createServer({
    ...{ store, metrics: createMetrics(), log: silentLog, sources: () => [], hosts: {}, unmask: () => undefined },
    ...{ guesses: false, version: 'test' },
  });

describe('rows that are spread over three stores as over the shards of a cluster', { timeout: 400_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-shards-'));
  let engine: EngineProcess;
  let one: Store;
  let shards: Shards;
  let servers: readonly [FastifyInstance, FastifyInstance];
  beforeAll(async () => {
    engine = await startEngine({ path: join(directory, 'one') }, silentLog);
    one = createClickHouseStore({ url: engine.url, username: 'default', password: engine.password });
    await migrate(one);
    await createViews(one);
    for (const name of RECORDINGS) await storeHand(one, await readSeen(name));
    await createLinker({ store: one, metrics: createMetrics(), log: silentLog, quietMs: 0 }).pass();
    shards = await spreadOver(engine, SHARDS, directory);
    // Each question goes over HTTP to three engines that share this machine: it may take its time.
    const patient: Store = {
      ...shards.store,
      select: (sql, params, options) => shards.store.select(sql, params, { ...options, maxSeconds: 120 }),
    };
    servers = [await serve(one), await serve(patient)];
  }, 240_000);
  afterAll(async () => {
    for (const server of servers) await server.close();
    await shards.close();
    await one.close();
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  const values = async (sql: string): Promise<string[]> =>
    (await one.select<{ v: string | number }>(sql)).map(({ v }) => String(v));

  /** What both answer; the same, and something. */
  const asked = async (url: string, found: RegExp): Promise<void> => {
    const [whole, spread] = await Promise.all(servers.map((server) => server.inject({ url })));
    expect([url, whole!.statusCode]).toEqual([url, 200]);
    expect(whole!.body).toMatch(found);
    expect([url, spread!.statusCode, spread!.body]).toEqual([url, 200, whole!.body]);
  };

  test('lie on all of them', async () => {
    for (const table of ['messages', 'events', 'logs', 'edges', 'identifiers', 'calls', 'labels']) {
      const rows = await shards.rows(table);
      expect([table, rows.every((n) => n > 0)]).toEqual([table, true]);
      const [all] = await values(`SELECT count() AS v FROM (SELECT * FROM ${table})`);
      expect(rows.reduce((sum, n) => sum + n, 0)).toBe(Number(all));
    }
  });

  test('give the same calls, ladders, legs, logs and traces, whichever of its names a call is asked for by', async () => {
    const names = await values(
      "SELECT DISTINCT substring(node, 3) AS v FROM edges WHERE substring(node, 1, 1) IN ('c', 'u') ORDER BY cityHash64(v) LIMIT 3",
    );
    expect(names.length).toBe(3);
    for (const name of names) {
      const key = encodeURIComponent(name);
      await asked(`/api/calls/${key}`, /"outcome"/);
      await asked(`/api/calls/${key}/ladder`, /"steps"/);
      await asked(`/api/calls/${key}/logs`, /\[/);
    }
  });

  test('give the same search by number, its end, name, identifier and address, and the same newest calls', async () => {
    const numbers = await values(
      "SELECT DISTINCT from_number AS v FROM calls WHERE from_number != '' ORDER BY v LIMIT 3",
    );
    const ids = await values('SELECT id AS v FROM calls WHERE gone = 0 ORDER BY id LIMIT 3');
    const addresses = await values("SELECT DISTINCT value AS v FROM identifiers WHERE kind = 'ip' ORDER BY v LIMIT 1");
    const people = await values("SELECT DISTINCT value AS v FROM identifiers WHERE kind = 'name' ORDER BY v LIMIT 1");
    expect([numbers.length, ids.length, addresses.length]).toEqual([3, 3, 1]);
    const typed = [...numbers, ...numbers.map((number) => number.slice(-4)), ...ids, ...addresses, ...people];
    for (const text of typed) await asked(`/api/search?limit=50&q=${encodeURIComponent(text)}`, /"calls"/);
    await asked('/api/search?limit=100', /"id"/);
  });

  test('give the same answers to Loki’s and Tempo’s questions', async () => {
    const [from, to] = await one
      .select<{ a: number; b: number }>(
        'SELECT toUnixTimestamp(min(at)) - 60 AS a, toUnixTimestamp(max(at)) + 60 AS b FROM messages',
      )
      .then(([row]) => [row!.a, row!.b] as const);
    const queries = [
      '{source=~".+"}',
      '{source="sip"} |= "INVITE"',
      '{source="log"} |~ "(?i)hangup"',
      'sum by (method) (count_over_time({source="sip"}[1h]))',
    ];
    for (const query of queries) {
      {
        const direction = queries.indexOf(query) % 2 === 0 ? 'forward' : 'backward';
        const params = new URLSearchParams({
          query,
          direction,
          limit: '200',
          start: `${from}`,
          end: `${to}`,
          step: '3600',
        });
        await asked(`/loki/api/v1/query_range?${params}`, /"status":"success"/);
      }
    }
    const window = new URLSearchParams({ start: `${from}`, end: `${to}` });
    await asked(`/loki/api/v1/labels?${window}`, /"success"/);
    await asked(`/loki/api/v1/label/method/values?${window}`, /INVITE/);
    const found = new URLSearchParams({ q: '{}', start: `${from}`, end: `${to}`, limit: '50' });
    await asked(`/tempo/api/search?${found}`, /"traceID"/);
    const { traces } = (await servers[0].inject({ url: `/tempo/api/search?${found}` })).json() as {
      traces: { traceID: string }[];
    };
    for (const { traceID } of traces.slice(0, 2)) await asked(`/tempo/api/traces/${traceID}`, /./);
  });

  test('give the same to those who read the views', async () => {
    for (const view of VIEWS) {
      const [whole, spread] = await Promise.all(
        [one, shards.store].map((store) =>
          store.select(`SELECT * FROM ${view} ORDER BY ALL SETTINGS enable_analyzer = 1`),
        ),
      );
      expect(spread).toEqual(whole);
    }
  });
});
