import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createTurns } from '../../../api/access/limits.ts';
import type { LimitsConfig } from '../../../core/config/config.ts';
import type { Store } from '../../../core/store/store.ts';
import { ask, basic, metricOf, openSite, type Site, USERS } from './served.ts';

const LIMITS: LimitsConfig = { requestsPerMinute: 1000, questions: 2, waiting: 1, tails: 1 };

describe('limits of each user', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());
  const serve = (limits: Partial<LimitsConfig>, anonymous = false, asked = (store: Store) => store) =>
    site.serve({ users: USERS, anonymous, limits: { ...LIMITS, ...limits } }, { asked });

  test('requests in a minute: one more is told how long to wait and counted, and others are not slowed', async () => {
    const server = await serve({ requestsPerMinute: 3 });
    for (let i = 0; i < 3; i++) expect((await ask(server, '/api/openapi.json', 'rita')).statusCode).toBe(200);
    const refused = await ask(server, '/api/openapi.json', 'rita');
    expect([refused.statusCode, refused.json().error]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(server, '/healthz', 'rita')).statusCode).toBe(200);
    expect((await ask(server, '/api/openapi.json', 'otto')).statusCode).toBe(200);
    expect(await metricOf(server, 'calltrail_access_refused_total{reason="too_many_requests"}')).toBe(1);
  });

  test('a stranger is his address, of IPv6 the network of his site, and an unknown path counts too', async () => {
    const server = await serve({ requestsPerMinute: 2 }, true);
    const from = async (remoteAddress: string, url = '/api/openapi.json'): Promise<number> =>
      (await server.inject({ url, remoteAddress })).statusCode;
    expect([await from('192.0.2.1'), await from('192.0.2.1', '/nothing'), await from('192.0.2.1')]).toEqual([
      200, 404, 429,
    ]);
    expect(await from('192.0.2.2')).toBe(200);
    expect([await from('2001:db8::1'), await from('2001:db8::2'), await from('2001:db8::3')]).toEqual([200, 200, 429]);
    expect(await from('2001:db8:0:1::1')).toBe(200);
  });

  test('the address is what a proxy says only where that proxy is named', async () => {
    const server = await site.serve({
      ...{ users: USERS, anonymous: true, proxies: ['192.0.2.0/24'] },
      limits: { ...LIMITS, requestsPerMinute: 1 },
    });
    const from = async (remoteAddress: string, client: string): Promise<number> =>
      (await server.inject({ url: '/api/openapi.json', remoteAddress, headers: { 'x-forwarded-for': client } }))
        .statusCode;
    expect([await from('192.0.2.9', '203.0.113.1'), await from('192.0.2.9', '203.0.113.2')]).toEqual([200, 200]);
    expect([await from('198.51.100.9', '203.0.113.3'), await from('198.51.100.9', '203.0.113.4')]).toEqual([200, 429]);
  });

  test('questions at once: more of them wait, still more are refused, and another user is answered meanwhile', async () => {
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    const slow = (store: Store): Store => ({
      ...store,
      // The real store, asked only when the gate is open: the questions of one user hang as they would behind a long one.
      async select(sql, params, options) {
        if (sql.includes('hold') || Object.values(params ?? {}).includes('hold')) {
          asked += 1;
          await gate.promise;
        }
        return store.select(sql, params, options);
      },
    });
    const server = await serve({}, false, slow);
    const held = () => ask(server, '/api/audit?about=hold', 'ada');
    const answers = [held(), held(), held()];
    await expect
      .poll(() => metricOf(server, 'calltrail_access_questions{state="waiting"}'), { timeout: 15_000 })
      .toBe(1);
    expect([asked, await metricOf(server, 'calltrail_access_questions{state="running"}')]).toEqual([2, 2]);
    const refused = await held();
    expect([refused.statusCode, refused.json().error, refused.headers['retry-after']]).toEqual([
      429,
      'too_many_questions',
      '1',
    ]);
    expect((await ask(server, '/api/search', 'otto')).statusCode).toBe(200);
    gate.resolve();
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(asked).toBe(3);
    for (const state of ['running', 'waiting']) {
      expect(await metricOf(server, `calltrail_access_questions{state="${state}"}`)).toBe(0);
    }
  });

  test('live tails: one more is refused before it begins, and may when another has ended', async () => {
    const server = await serve({});
    const url = (await server.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws');
    const open = (name: string): Promise<WebSocket | string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${url}/loki/api/v1/tail?query=${encodeURIComponent('{source="sip"}')}`, {
          headers: { authorization: basic(name) },
        });
        socket.once('open', () => resolve(socket));
        socket.once('error', (error) => resolve(error.message));
      });
    const first = await open('rita');
    expect(await open('rita')).toContain('429');
    const other = await open('otto');
    expect(other).toBeInstanceOf(WebSocket);
    for (const socket of [first, other]) (socket as WebSocket).terminate();
    await expect
      .poll(
        async () => {
          const again = await open('rita');
          if (typeof again !== 'string') again.terminate();
          return typeof again;
        },
        { timeout: 15_000 },
      )
      .toBe('object');
  });
});

describe('turns', () => {
  test('are given in order; whoever goes away while he waits is not given one, and nothing is kept of anybody', async () => {
    const turns = createTurns(1, 3);
    const began: string[] = [];
    const ends: Record<string, () => void> = {};
    const come = (name: string) =>
      turns
        .next('rita', (end) => {
          ends[name] = end;
        })
        .then((isTurn) => began.push(`${name} ${isTurn}`));
    for (const name of ['a', 'b', 'c', 'd', 'e']) void come(name);
    await turn();
    expect(began).toEqual(['a true', 'e false']);
    ends.b?.();
    ends.a?.();
    ends.a?.();
    await turn();
    expect(began.slice(2)).toEqual(['b false', 'c true']);
    expect(turns.counts()).toEqual({ running: 1, waiting: 1 });
    ends.c?.();
    await turn();
    ends.d?.();
    await turn();
    expect(began.slice(4)).toEqual(['d true']);
    expect(turns.counts()).toEqual({ running: 0, waiting: 0 });
  });
});
