import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../api/schemas.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { StoreError } from '../../core/store/store.ts';
import { until } from '../system/until.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';

const YEAR = { start: '1770000000000000000', end: '1801536000000000000' };
const SECONDS = { start: '1770000000', end: '1801536000' };
/** What the engine would work on for a minute and more. */
const SLOW = 'SELECT sum(sleepEachRow(0.1)) AS slow FROM numbers(1000) SETTINGS max_block_size = 1';

describe('a client that goes away', { timeout: 120_000 }, () => {
  let api: RecordedApi;
  let url: string;
  let traceId: string;
  let isSlow = false;
  let asked: (SelectOptions | undefined)[] = [];

  /** Loki's, Tempo's and our own: each with a question that reads as much as there is. */
  const requests = (): readonly (readonly [string, Record<string, string>])[] => {
    const callId = api.callIds['03-failures']?.[0] ?? '';
    const query = '{source=~"sip|pbx"} |~ "no such (text|word)"';
    const key = encodeURIComponent(callId);
    return [
      ['/loki/api/v1/query_range', { query, ...YEAR }],
      ['/loki/api/v1/query_range', { query: `sum by (host) (count_over_time(${query}[1d]))`, ...YEAR, step: '1d' }],
      ['/loki/api/v1/query', { query: `sum(rate(${query}[365d]))`, time: YEAR.end }],
      ['/loki/api/v1/labels', { query, ...YEAR }],
      ['/loki/api/v1/label/host/values', { query, ...YEAR }],
      ['/loki/api/v1/label/call_id/values', YEAR],
      ['/loki/api/v1/series', { 'match[]': query, ...YEAR }],
      ['/loki/api/v1/index/stats', { query, ...YEAR }],
      ['/loki/api/v1/detected_fields', { query, ...YEAR }],
      ['/loki/api/v1/detected_field/method/values', { query: `{call_id="${callId}"}`, ...YEAR }],
      ['/tempo/api/search', { q: '{ .sip.from_name = "nobody" }', ...SECONDS }],
      ['/tempo/api/search', { q: '{ .sip.number = "1001" }', ...SECONDS }],
      ['/tempo/api/v2/search/tag/name/values', { q: '{ status = error }', ...SECONDS }],
      [`/tempo/api/v2/traces/${traceId}`, {}],
      ['/api/search', { q: '1001' }],
      ['/api/search', { q: '', outcome: 'answered,busy,failed', tries: 'true' }],
      ['/api/search', { q: '', from: '2026-01-31T00:00:00Z', to: '2027-01-31T00:00:00Z' }],
      [`/api/calls/${key}`, {}],
      [`/api/calls/${key}/ladder`, {}],
      [`/api/calls/${key}/logs`, {}],
      [`/api/calls/${key}/steps`, {}],
      [`/api/calls/${key}/legs`, {}],
      [`/api/calls/${key}/export.pcap`, {}],
      [`/ladder/${key}.svg`, {}],
    ];
  };
  const addressOf = ([path, params]: readonly [string, Record<string, string>]): string =>
    `${url}${path}?${new URLSearchParams(params)}`;

  /** Questions that are slow take as long as they do until they are withdrawn, whatever their limit. */
  const slowed = (store: Store): Store => ({
    ...store,
    select: (sql, params, options) => {
      asked.push(options);
      return isSlow ? store.select(SLOW, {}, { ...options, maxSeconds: 90 }) : store.select(sql, params, options);
    },
  });
  const running = async (): Promise<number> => {
    const [row] = await api.store.select<{ n: number }>(
      "SELECT count() AS n FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'",
    );
    return row?.n ?? 0;
  };

  beforeAll(async () => {
    api = await openRecorded(['03-failures'], { asked: slowed });
    url = await api.server.listen({ host: '127.0.0.1', port: 0 });
    const found = await fetch(`${url}/tempo/api/search?q={}&limit=1`);
    traceId = ((await found.json()) as { traces: { traceID: string }[] }).traces[0]?.traceID ?? '';
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  }, 120_000);
  afterAll(() => api?.close());
  beforeEach(() => {
    isSlow = false;
    asked = [];
  });

  it('can withdraw every question to the store, whatever it asked for', async () => {
    // What is learnt of the site is for everybody who asks in the next minute, and not given up with the first of them.
    const key = encodeURIComponent(api.callIds['03-failures']?.[0] ?? '');
    await (await fetch(`${url}/api/calls/${key}/diagnosis`)).text();
    for (const request of requests()) {
      asked = [];
      const answer = await fetch(addressOf(request));
      expect(answer.status, `${addressOf(request)}: ${await answer.text()}`).toBe(200);
      expect(asked.length, request[0]).toBeGreaterThan(0);
      for (const options of asked) expect(options?.signal, request[0]).toBeInstanceOf(AbortSignal);
    }
  });

  it('leaves nothing running in the engine', async () => {
    isSlow = true;
    for (const request of requests()) {
      const gone = new AbortController();
      const answer = fetch(addressOf(request), { signal: gone.signal }).then(
        () => 'answered',
        () => 'gone',
      );
      await until(`a question of ${request[0]}`, async () => (await running()) > 0);
      gone.abort();
      expect(await answer).toBe('gone');
      // Its own end would be a minute away.
      await until(`the end of ${request[0]}`, async () => (await running()) === 0, { timeoutMs: 15_000 });
    }
    isSlow = false;
    const { calls } = (await (await fetch(`${url}/api/search?q=`)).json()) as SearchAnswer;
    expect(calls.length).toBeGreaterThan(0);
  });

  it('of many at once, too', async () => {
    isSlow = true;
    const gone = new AbortController();
    const answers = requests()
      .slice(0, 12)
      .map((request) => fetch(addressOf(request), { signal: gone.signal }).catch((error: unknown) => error));
    // As many as are read at once; the others wait for their turn.
    await until('questions', async () => asked.length >= 12);
    gone.abort();
    for (const answer of await Promise.all(answers)) expect(answer).toBeInstanceOf(Error);
    isSlow = false;
    await until('the end of all', async () => (await running()) === 0, { timeoutMs: 15_000 });
  });
});

describe('a question that takes too much', { timeout: 60_000 }, () => {
  let api: RecordedApi;
  let failure: StoreError;
  beforeAll(async () => {
    const failing = (store: Store): Store => ({ ...store, select: () => Promise.reject(failure) });
    api = await openRecorded([], { asked: failing });
  }, 60_000);
  afterAll(() => api?.close());

  it.each([
    ['timeout', 504, /Narrow the time range/],
    ['too_large', 422, /Narrow the time range, or ask for fewer groups/],
    ['unreachable', 503, /Try again in a moment/],
  ] as const)('of %s is an error with a sentence everywhere, and no empty answer', async (code, status, text) => {
    failure = new StoreError(code, 'what the engine says');
    for (const address of [
      '/loki/api/v1/query_range?query={source="sip"}',
      '/loki/api/v1/query?query=sum(rate({source="sip"}[1d]))',
      '/loki/api/v1/label/host/values',
      '/tempo/api/search?q={}',
      '/tempo/api/v2/traces/019e5ab14ef0aabbccddeeff00112233',
      '/api/search?q=1001',
    ]) {
      const answer = await api.server.inject(address);
      expect(answer.statusCode, `${address}: ${answer.body}`).toBe(status);
      expect(answer.body, address).toMatch(text);
      expect(answer.body).not.toContain('what the engine says');
    }
  });
});
