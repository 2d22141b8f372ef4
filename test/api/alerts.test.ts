import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert, AlertDetail } from '../../api/alert-schemas.ts';
import { createServer } from '../../api/server.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createUnmask } from '../../core/sip/topology-hiding.ts';
import { type DetectorStage, MINUTE_US, openDetectorStage, TEN } from '../indexer/detector/stage.ts';
import { sipLeg } from '../indexer/outcomes/legs.ts';

const DAY = 1440;
const HOSTILE = `carrier-<b>"a"</b>'); DROP TABLE alerts; --`;
const NAMES = { '192.0.2.1': HOSTILE, '192.0.2.9': 'carrier-b' };

describe('GET /api/alerts', { timeout: 120_000 }, () => {
  let stage: DetectorStage;
  let app: FastifyInstance;
  let alert: Alert;

  const get = async <T>(url: string, status = 200): Promise<T> => {
    const response = await app.inject(url);
    if (response.statusCode !== status) throw new Error(`GET ${url}: ${response.statusCode} ${response.body}`);
    return response.json() as T;
  };
  const list = async (query = ''): Promise<Alert[]> => (await get<{ alerts: Alert[] }>(`/api/alerts${query}`)).alerts;

  /** Calls of one minute on the wire, with the final answer of those over the first trunk. */
  const minute = async (at: number, answer: number): Promise<void> => {
    const startUs = at * MINUTE_US + 5_000_000;
    const call = (i: number, caller: string, status: number) =>
      sipLeg({ callId: `${caller}/${at}-${i} ä@x`, atUs: startUs + i * 1000, caller, next: [[900, status]] }).map(
        (packet) => ({
          ...packet,
          payload: Buffer.from(packet.payload.toString().replaceAll('sip:2002@', `sip:+49301234${i}@`)),
        }),
      );
    const a = Array.from({ length: answer === 200 ? 6 : 8 }, (_, i) => call(i, '192.0.2.1', answer));
    const b = Array.from({ length: 6 }, (_, i) => call(i, '192.0.2.9', 200));
    const overUs = (at + 1) * MINUTE_US;
    await stage.pass(overUs + 25_000_000, [...a, ...b].flat());
    const heard = { minute: at, arrived: overUs + 1_000_000, kind: 'sensor', name: 'hep 101', thirds: 7 };
    await stage.store.insert('heard', [heard], `heard ${at}`);
    await stage.judge(at);
  };

  beforeAll(async () => {
    stage = await openDetectorStage({}, NAMES);
    app = await createServer({
      ...{ store: stage.store, metrics: stage.metrics(), log: silentLog, sources: () => [] },
      ...{ hosts: {}, unmask: createUnmask([]), guesses: false, version: '0' },
    });
    await stage.history(TEN - 16 * DAY, TEN, [HOSTILE, 'carrier-b'], 'hep 101');
    await stage.judge(TEN - 1);
  }, 120_000);
  afterAll(async () => {
    await app.close();
    await stage.close();
  });

  it('tells of nothing while all is as usual', async () => {
    expect(await list()).toEqual([]);
  });

  it('tells of calls that fail: how many of how many, how many were expected, over what, of which kind, and five of them', async () => {
    for (let at = TEN; at < TEN + 4; at++) await minute(at, 503);
    const alerts = await list();
    expect(alerts).toHaveLength(1);
    alert = alerts[0]!;
    expect(alert).toMatchObject({ kind: 'failures', state: 'open', closedAt: null, dimension: 'site', name: '' });
    expect(alert).toMatchObject({ numerator: 32, denominator: 56, silent: [] });
    expect(alert.expectedNumerator).toBeLessThan(5);
    expect(alert.series.map(({ dimension, name }) => [dimension, name])).toContainEqual(['trunk', HOSTILE]);
    expect(alert.explanation.map(({ dimension, value }) => [dimension, value])).toEqual(
      expect.arrayContaining([
        ['trunk', HOSTILE],
        ['cause', '503'],
      ]),
    );
    expect(alert.what).toBe(
      `32 of 56 calls failed since ${new Date(TEN * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC, ` +
        `${alert.expectedNumerator.toFixed(1)} expected; all of them over trunk "${HOSTILE}", all of them 503.`,
    );
  });

  it('leads to the calls, and to the list of all that failed', async () => {
    expect(alert.calls).toHaveLength(5);
    for (const { key, href } of alert.calls) {
      expect(href).toBe(`/calls/${encodeURIComponent(key)}`);
      const call = await get<{ outcome: string; finalStatus: number }>(`/api${href}`);
      expect(call).toMatchObject({ outcome: 'failed', finalStatus: 503 });
    }
    const { calls } = await get<{ calls: unknown[] }>(`${alert.search}&limit=500`);
    expect(calls).toHaveLength(32);
  });

  it('answers one with what it was decided by, drawn again', async () => {
    const detail = await get<AlertDetail>(`/api/alerts/${alert.id}`);
    expect(detail).toMatchObject(alert);
    expect(detail.drawn).toHaveLength(alert.series.length);
    const [site] = detail.drawn;
    const last = site!.minutes.at(-1)!;
    expect(last.at).toBe(site!.openedAt);
    const { threshold, test } = alert.series.find(({ dimension }) => dimension === 'site')!;
    expect(last[test as 'fast']).toBeGreaterThanOrEqual(threshold);
    expect(site!.minutes.filter((one) => one[test as 'fast'] >= threshold)).toHaveLength(1);
  });

  it('closes it when calls have been as usual for a while, and lists it after those that are open', async () => {
    for (let at = TEN + 4; at < TEN + 40; at++) await minute(at, 200);
    const [closed] = await list();
    expect(closed).toMatchObject({ id: alert.id, state: 'closed', numerator: 32 });
    expect(closed!.what).toContain(` to ${closed!.closedAt!.slice(0, 16).replace('T', ' ')} UTC`);
    // An hour without any word of the sensor, or of Calltrail.
    await stage.judge(TEN + 90);
    expect((await list()).map(({ kind, state }) => [kind, state])).toEqual([
      ['blind', 'open'],
      ['failures', 'closed'],
    ]);
    const [blind] = await list();
    expect(blind!.what).toMatch(/^Nothing can be said of calls since .* UTC: Calltrail did not count\.$/);
    expect(blind).toMatchObject({ calls: [], silent: ['Calltrail'] });
  });

  it('filters by state, kind and time, and takes no more than were asked for', async () => {
    expect((await list('?state=open')).map(({ kind }) => kind)).toEqual(['blind']);
    expect((await list('?state=closed,accepted&kind=')).map(({ id }) => id)).toEqual([alert.id]);
    expect((await list('?kind=failures')).map(({ id }) => id)).toEqual([alert.id]);
    expect((await list(`?to=${TEN * 60_000}`)).map(({ id }) => id)).toEqual([alert.id]);
    expect((await list(`?from=${(TEN + 60) * 60_000}`)).map(({ kind }) => kind)).toEqual(['blind']);
    expect(await list(`?to=${(TEN - 60) * 60_000}`)).toEqual([]);
    expect(await list('?limit=1')).toHaveLength(1);
  });

  it('says what is wrong with a question', async () => {
    const message = async (url: string, status: number): Promise<string> =>
      (await get<{ message: string }>(url, status)).message;
    expect(await message('/api/alerts?state=gone', 400)).toContain('open, closed, accepted');
    expect(await message('/api/alerts?kind=<b>', 400)).toContain('failures, vanished, blind');
    expect(await message('/api/alerts?limit=0', 400)).toContain('whole number from 1 to 500');
    expect(await message('/api/alerts?from=2026-01-02&to=2026-01-01', 400)).toContain('must not be later');
    expect(await message('/api/alerts/nonsense', 400)).toContain('"id"');
    expect(await message('/api/alerts/0000000000000000', 404)).toBe('There is no alert "0000000000000000".');
  });
});
