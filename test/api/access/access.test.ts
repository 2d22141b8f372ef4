import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createServer } from '../../../api/server.ts';
import type { AccessConfig } from '../../../core/config/config.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { openRecorded, type RecordedApi } from '../recorded.ts';

const SECRET = 'correct horse battery';
const users = [
  { name: 'ops', secret: SECRET, role: 'reader' },
  { name: 'grafana', secret: 'another long secret', role: 'reader' },
] as const;
const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
const RIGHT = basic('ops', SECRET);

describe('with users named', () => {
  let recorded: RecordedApi;
  let store: Store;
  const servers: FastifyInstance[] = [];
  beforeAll(async () => {
    recorded = await openRecorded(['01-basic']);
    store = recorded.store;
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await recorded.close();
  });

  const serve = async (access: AccessConfig = { users, anonymous: false }): Promise<FastifyInstance> => {
    const server = await createServer({
      ...{ store, metrics: createMetrics(), log: silentLog, hosts: {}, guesses: false, version: '1.2.3', access },
      sources: () => [{ name: 'hep-udp', state: 'up', detail: 'listens at 192.0.2.1:9060', lastSeenMs: 0 }],
      unmask: () => undefined,
    });
    servers.push(server);
    return server;
  };
  const ask = (server: FastifyInstance, url: string, authorization?: string) =>
    server.inject({ url, ...(authorization === undefined ? {} : { headers: { authorization } }) });

  test('no path but the health checks answers whoever does not say who he is, not even one that does not exist', async () => {
    const server = await serve();
    const key = encodeURIComponent(recorded.callIds['01-basic']?.[0] ?? '');
    const paths = new Set(['/metrics', '/nothing', '/api/openapi.json', `/api/calls/${key}`, `/ladder/${key}.svg`]);
    const { paths: known } = (await ask(server, '/api/openapi.json', RIGHT)).json() as {
      paths: Record<string, unknown>;
    };
    for (const path of Object.keys(known)) paths.add(path.replaceAll(/\{[^}]+\}/g, key));
    for (const open of ['/healthz', '/livez', '/readyz']) expect(paths.delete(open)).toBe(true);
    expect(paths.size).toBeGreaterThan(20);
    for (const path of paths) {
      const answer = await ask(server, path);
      expect([path, answer.statusCode]).toEqual([path, 401]);
      // A picture says it as a picture, Loki as Loki does.
      expect(answer.body).toContain('Say who you are');
      expect(answer.headers['www-authenticate']).toContain('Basic realm=');
      expect(answer.body).not.toContain(key);
    }
  });

  test('every operation that asks the store says that the store may be away or take too long', async () => {
    const server = await serve();
    const { paths } = (await ask(server, '/api/openapi.json', RIGHT)).json() as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    const withoutStore = new Set([
      ...['/healthz', '/livez', '/readyz', '/metrics', '/api/ledger', '/api/senders', '/api/me', '/api/reveal'],
      ...['/tempo/api/echo', '/tempo/api/search/tags', '/tempo/api/v2/search/tags'],
      ...['/tempo/api/metrics/query', '/tempo/api/metrics/query_range'],
    ]);
    const silent = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        withoutStore.has(path) || (responses['503'] !== undefined && responses['504'] !== undefined)
          ? []
          : [`${method} ${path}`],
      ),
    );
    expect(silent).toEqual([]);
  });

  test('a name with its secret is let in, and so is the secret alone as a bearer token', async () => {
    const server = await serve();
    for (const header of [RIGHT, `Bearer ${users[1]?.secret.replaceAll(' ', '')}`, 'Bearer another']) {
      const answer = await ask(server, '/api/search', header);
      expect(answer.statusCode).toBe(header === RIGHT ? 200 : 401);
    }
    const tokens = await serve({
      users: [{ name: 'grafana', secret: 'a-token-of-a-machine', role: 'reader' }],
      anonymous: false,
    });
    expect((await ask(tokens, '/api/search', 'Bearer a-token-of-a-machine')).statusCode).toBe(200);
  });

  test.each([
    ['a wrong secret', basic('ops', 'wrong')],
    ["another user's secret", basic('ops', 'another long secret')],
    ['a name that nobody has', basic('root', SECRET)],
    ['no secret', basic('ops', '')],
    ['a scheme that is not offered', 'Digest username="ops"'],
    ['no base64', 'Basic %%%'],
    ['no colon', `Basic ${Buffer.from('ops').toString('base64')}`],
  ])('%s is refused with a sentence', async (_what, header) => {
    const answer = await ask(await serve(), '/api/search', header);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().message).toMatch(/\.$/);
  });

  test('the health check tells a stranger whether it works, and not of what the site is made', async () => {
    const server = await serve();
    const stranger = await ask(server, '/healthz');
    expect([stranger.statusCode, stranger.json()]).toEqual([
      200,
      { status: 'ok', version: '', store: { state: 'up' }, sources: [] },
    ]);
    expect((await ask(server, '/healthz', RIGHT)).json()).toMatchObject({
      version: '1.2.3',
      sources: [{ name: 'hep-udp', detail: 'listens at 192.0.2.1:9060' }],
    });
  });

  test('who guesses has to wait, and is told how long; others are not', async () => {
    const server = await serve();
    const wrong = basic('ops', 'a guess');
    for (let i = 0; i < 20; i++) expect((await ask(server, '/api/search', wrong)).statusCode).toBe(401);
    const waits = await ask(server, '/api/search', wrong);
    expect(waits.statusCode).toBe(429);
    expect(Number(waits.headers['retry-after'])).toBeGreaterThan(0);
    const other = await server.inject({
      url: '/api/search',
      headers: { authorization: RIGHT },
      remoteAddress: '192.0.2.99',
    });
    expect(other.statusCode).toBe(200);
    const metrics = await server.inject({
      url: '/metrics',
      headers: { authorization: RIGHT },
      remoteAddress: '192.0.2.99',
    });
    expect(metrics.body).toContain('calltrail_access_refused_total{reason="wrong_credentials"} 20');
    expect(metrics.body).toContain('calltrail_access_refused_total{reason="too_many_tries"} 1');
  });

  test('a live tail is refused before it begins, and opens for who may', async () => {
    const server = await serve();
    const url = (await server.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws');
    const tail = `${url}/loki/api/v1/tail?query=${encodeURIComponent('{source="sip"}')}`;
    const opened = (headers: Record<string, string>): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(tail, { headers });
        socket.once('open', () => {
          resolve('open');
          socket.terminate();
        });
        socket.once('error', (error) => resolve(error.message));
      });
    expect(await opened({})).toContain('401');
    expect(await opened({ authorization: RIGHT })).toBe('open');
  });

  test('everybody may read where that was said, and a wrong secret is refused all the same', async () => {
    const server = await serve({ users, anonymous: true });
    expect((await ask(server, '/api/search')).statusCode).toBe(200);
    expect((await ask(server, '/api/search', basic('', ''))).statusCode).toBe(200);
    expect((await ask(server, '/api/search', basic('ops', 'wrong'))).statusCode).toBe(401);
  });
});
