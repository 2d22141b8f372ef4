import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Params } from '../../../api/loki/conditions.ts';
import { windowSql } from '../../../api/loki/lines.ts';
import { createServer } from '../../../api/server.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { messageRow } from './rows.ts';

const DAY_US = 86_400_000_000;
const HOUR_US = 3_600_000_000;
const DAYS = 5;
const ROWS = 1000;
const TODAY_US = Math.floor(Date.now() / 86_400_000) * DAY_US;

describe('a question about a time', { timeout: 60_000 }, () => {
  let store: Store;
  let app: FastifyInstance;
  let asked: string[] = [];

  /** What the engine means to read. */
  const readOf = async (sinceUs: number, untilUs: number): Promise<number> => {
    const params = new Params();
    const where = windowSql({ since: sinceUs, until: untilUs }, params);
    const parts = await store.select<{ rows: number }>(
      `EXPLAIN ESTIMATE SELECT count() FROM messages WHERE ${where}`,
      params.values,
    );
    return parts.reduce((sum, { rows }) => sum + rows, 0);
  };
  const linesOf = async (sinceUs: number, untilUs: number): Promise<string[]> => {
    const params = { query: '{source="sip"}', start: `${sinceUs}000`, end: `${untilUs}000`, limit: '5000' };
    const answer = await app.inject(`/loki/api/v1/query_range?${new URLSearchParams(params)}`);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer
      .json()
      .data.result.flatMap(({ values }: { values: [string, string][] }) => values.map(([, line]) => line));
  };

  beforeAll(async () => {
    store = await openEmptyStore();
    // Calls of a day, whose Call-IDs stand in no order of time.
    for (let day = 0; day < DAYS; day++) {
      const beganUs = TODAY_US - (DAYS - 1 - day) * DAY_US;
      const rows = Array.from({ length: ROWS }, (_, i) => {
        const atUs = beganUs + Math.floor((i / ROWS) * 20 * HOUR_US);
        const n = day * ROWS + i + 1;
        return { ...messageRow(n, `${(n * 7919) % 10_007}@h`, atUs, `OPTIONS ${n}`), arrived: atUs };
      });
      await store.insert('messages', rows, `day ${day}`);
    }
    const noting: Store = {
      ...store,
      select: (sql, ...rest) => {
        if (sql.includes('FROM messages')) asked.push(sql);
        return store.select(sql, ...rest);
      },
    };
    app = await createServer({
      ...{ store: noting, metrics: createMetrics(), log: silentLog, sources: () => [], hosts: {}, version: '0' },
      ...{ unmask: () => undefined, guesses: false },
    });
  });
  afterAll(async () => {
    await app.close();
    await store.close();
  });

  it('reads what came in that time, and neither the days before it nor those after', async () => {
    for (let day = 0; day < DAYS; day++) {
      const beganUs = TODAY_US - (DAYS - 1 - day) * DAY_US;
      expect(await readOf(beganUs + HOUR_US, beganUs + 2 * HOUR_US)).toBe(ROWS);
    }
    expect(await readOf(TODAY_US - 1.5 * DAY_US, TODAY_US + HOUR_US)).toBe(3 * ROWS);
    expect(await readOf(TODAY_US + 21 * HOUR_US, TODAY_US + 22 * HOUR_US)).toBe(0);
    expect(await readOf(0, TODAY_US + 10 * DAY_US)).toBe(DAYS * ROWS);
  });

  it('opens the days from that end on which lines are wanted, and no more than it takes', async () => {
    const year = { start: `${TODAY_US - 364 * DAY_US}000`, end: `${TODAY_US + DAY_US}000` };
    const ask = async (params: Record<string, string>): Promise<[string, string][]> => {
      asked = [];
      const query = new URLSearchParams({ query: '{source="sip"}', ...year, ...params });
      const answer = await app.inject(`/loki/api/v1/query_range?${query}`);
      const entries = answer.json().data.result.flatMap(({ values }: { values: [string, string][] }) => values);
      return entries.toSorted(([a]: [string], [b]: [string]) => (a < b ? -1 : 1));
    };
    const newest = await ask({ limit: '700' });
    expect(newest.map(([, line]) => line)).toEqual(Array.from({ length: 700 }, (_, i) => `OPTIONS ${4301 + i}`));
    expect(asked).toHaveLength(1);
    const across = await ask({ limit: '1500' });
    expect(across.map(([, line]) => line)).toEqual(Array.from({ length: 1500 }, (_, i) => `OPTIONS ${3501 + i}`));
    expect(asked).toHaveLength(2);
    const oldest = await ask({ limit: '1200', direction: 'forward' });
    expect(oldest.map(([, line]) => line)).toEqual(Array.from({ length: 1200 }, (_, i) => `OPTIONS ${1 + i}`));
  });

  it('offers so many values of a label at most, and streams', async () => {
    const params = new URLSearchParams({ query: '{source="sip"}', start: `${TODAY_US - 364 * DAY_US}000` });
    const values = await app.inject(`/loki/api/v1/label/call_id/values?${params}`);
    expect(values.json().data).toHaveLength(1000);
    const series = await app.inject(`/loki/api/v1/series?match[]={source="sip"}&start=${TODAY_US - 364 * DAY_US}000`);
    expect(series.json().data).toHaveLength(1000);
  });

  it('finds what came at another time: an old capture, and a message of a sender whose clock is days ahead', async () => {
    const past = TODAY_US - 400 * DAY_US;
    const future = TODAY_US + 9 * DAY_US;
    for (const [n, atUs] of [past, future].entries()) {
      const row = { ...messageRow(9001 + n, `odd-${n}@h`, atUs, `OPTIONS odd ${n}`), arrived: TODAY_US };
      await store.insert('messages', [row], `odd ${n}`);
      expect(await linesOf(atUs - HOUR_US, atUs + HOUR_US)).toEqual([`OPTIONS odd ${n}`]);
    }
  });
});
