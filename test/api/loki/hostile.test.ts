import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../../api/server.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { type Store, StoreError } from '../../../core/store/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { messageRow } from './rows.ts';

const T0 = 1_795_256_514_370_755;
const YEAR = { start: '1770000000000000000', end: '1801536000000000000' };
const NASTY = `'; DROP TABLE messages; -- \\ \u0000 "{p0:String}" ${'é'.repeat(9)}`;

describe('hostile questions to the Loki API', { timeout: 60_000 }, () => {
  let store: Store;
  let app: FastifyInstance;

  const serverOver = (own: Store): Promise<FastifyInstance> =>
    createServer({
      store: own,
      metrics: createMetrics(),
      log: silentLog,
      sources: () => [],
      hosts: {},
      unmask: () => undefined,
      guesses: false,
      version: '0',
    });
  const get = async (path: string, params: Record<string, string>, on = app) => {
    const answer = await on.inject({ url: `/loki/api/v1/${path}?${new URLSearchParams(params)}` });
    return { status: answer.statusCode, body: answer.json() };
  };
  const lines = async (query: string): Promise<string[]> => {
    const { status, body } = await get('query_range', { query, ...YEAR, limit: '5000' });
    expect(status, JSON.stringify(body)).toBe(200);
    return body.data.result.flatMap(({ values }: { values: [string, string][] }) => values.map(([, line]) => line));
  };

  beforeAll(async () => {
    store = await openEmptyStore();
    await store.insert(
      'messages',
      [
        ...Array.from({ length: 300 }, (_, i) => messageRow(i + 1, `call-${i % 7}@h`, T0 + i, `OPTIONS number ${i}`)),
        messageRow(1001, NASTY, T0 + 400, `OPTIONS ${NASTY}`),
        messageRow(1002, 'huge@h', T0 + 500, `${'a'.repeat(60_000)}!`),
      ],
      'rows',
    );
    app = await serverOver(store);
  });
  afterAll(async () => {
    await app.close();
    await store.close();
  });

  it('a range of a year is answered, and no further than its limit', async () => {
    expect(await lines('{source="sip"}')).toHaveLength(302);
    const { body } = await get('query_range', { query: '{source="sip"}', ...YEAR });
    expect(body.data.result.flatMap(({ values }: { values: unknown[] }) => values)).toHaveLength(100);
  });

  it('a label with the name of something of the language has no value, and is no failure of ours', async () => {
    for (const label of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const values = await get(`label/${label}/values`, YEAR);
      expect(values, label).toMatchObject({ status: 200, body: { data: [] } });
      // The grammar itself takes some of these for words of its own.
      for (const query of [`{source=~".+"} | ${label}="x"`, `{source=~".+", ${label}="x"}`]) {
        const { status, body } = await get('query_range', { query, ...YEAR });
        expect([200, 400], JSON.stringify(body)).toContain(status);
      }
    }
  });

  it('unknown labels, unknown values and empty windows give no lines', async () => {
    expect(await lines('{source="sip", no_such="x"}')).toEqual([]);
    expect(await lines('{no_such=~".+"}')).toEqual([]);
    expect(await lines('{call_id="nobody@nowhere"}')).toEqual([]);
    expect(await lines('{source="sip"} | trace_id="00000000000000000000000000000000"')).toEqual([]);
    expect(await lines('{number="+15550000"}')).toEqual([]);
    const { status, body } = await get('query_range', { query: '{source="sip"}', start: YEAR.end, end: YEAR.end });
    expect([status, body.data.result]).toEqual([200, []]);
  });

  it('a text that would be SQL is a text', async () => {
    const quoted = JSON.stringify(NASTY);
    expect(await lines(`{call_id=${quoted}}`)).toHaveLength(1);
    expect(await lines(`{source="sip"} |= ${quoted}`)).toHaveLength(1);
    expect(await lines(`{source="sip"} | leg=${quoted} | drop leg=${quoted}`)).toHaveLength(1);
    const values = await get(`label/${encodeURIComponent("host' OR 1=1 --")}/values`, YEAR);
    expect(values.body.data).toEqual([]);
    expect(await lines('{source="sip"}')).toHaveLength(302);
  });

  it.each(['(', '*', 'a{2,1}', '(x{1000}){1000}', '\\', '[z-a]', '(?P<n', '\\8', 'a(?=b)', '((\0'])(
    'a pattern that is none is refused with a sentence: %s',
    async (pattern) => {
      for (const query of [
        `{source=~".+"} |~ \`${pattern}\``,
        `{source=~\`${pattern}\`}`,
        `{a="b"} | x!~\`${pattern}\``,
      ]) {
        const { status, body } = await get('query_range', { query, ...YEAR });
        expect(status, JSON.stringify(body)).toBe(400);
        expect(body.message).toMatch(/^parse error : error parsing regexp: /);
      }
    },
  );

  it('a pattern over which other engines never end is answered', async () => {
    expect(await lines('{source="sip"} |~ `^(a+)+$`')).toEqual([]);
    expect(await lines('{source="sip"} |~ `^((a*)*)*b$`')).toEqual([]);
    expect(await lines('{source="sip"} |~ `^(a|aa)+!$`')).toHaveLength(1);
  });

  it.each([
    ['query_range', { query: '{source="sip"}', limit: '5001' }, /max entries limit/],
    ['query_range', { query: '{source="sip"}', limit: '-1' }, /limit must be/],
    ['query_range', { query: '{source="sip"}', start: 'yesterday' }, /could not parse 'start'/],
    ['query_range', { query: '{source="sip"}', start: '2', end: '1' }, /end timestamp/],
    ['query_range', { query: 'rate({source="sip"}[1m])', ...YEAR, step: '1s' }, /maximum resolution/],
    ['query_range', { query: 'rate({source="sip"}[1m])', ...YEAR, step: '0' }, /step/],
    ['query_range', { query: 'rate({source="sip"}[1m])', ...YEAR, step: 'x' }, /duration/],
    ['query_range', { query: '{number=~".*1"}' }, /number must be named/],
    ['query_range', { query: '{number="abc"}' }, /no telephone number/],
    ['query_range', { query: '{number!=""}' }, /number must be named/],
    ['query_range', { query: '{search=~".*1"}' }, /search must be named/],
    ['query_range', { query: '{search="  "}' }, /search must be named/],
    ['query_range', { query: '{search=""}' }, /empty-compatible/],
    ['query_range', {}, /unexpected \$end/],
    ['query', { query: '{source="sip"}' }, /not supported as an instant query/],
    ['series', {}, /needs match/],
    ['index/stats', { query: 'vector(1)' }, /only log queries/],
  ] as const)('%s %o is refused with a sentence', async (path, params, text) => {
    const { status, body } = await get(path, params);
    expect(status, JSON.stringify(body)).toBe(400);
    expect(body.message).toMatch(text);
  });

  it('a store that takes too long is an error and no empty answer', async () => {
    const slow: Store = {
      ...store,
      select: async (sql, ...rest) => {
        if (sql.includes('FROM messages')) throw new StoreError('timeout', 'too long');
        return store.select(sql, ...rest);
      },
    };
    const over = await serverOver(slow);
    const { status, body } = await get('query_range', { query: '{source="sip"}', ...YEAR }, over);
    expect([status, body.error]).toEqual([504, 'timeout']);
    await over.close();
  });

  it('rows that were delivered twice are one line, and counted once', async () => {
    const before = (await lines('{call_id="call-1@h"}')).length;
    await store.insert('messages', [messageRow(2, 'call-1@h', T0 + 1, 'OPTIONS number 1')], 'again');
    expect(await lines('{call_id="call-1@h"}')).toHaveLength(before);
    const { body } = await get('query', {
      query: 'sum(count_over_time({call_id="call-1@h"}[1d]))',
      time: String((T0 + 1_000_000) * 1000),
    });
    expect(body.data.result[0].value[1]).toBe(String(before));
  });
});
