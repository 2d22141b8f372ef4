import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { afterEach, expect, test } from 'vitest';
import { bound, HTTP_LIMITS, type HttpLimits, limited } from '../../api/limits.ts';
import { until } from '../system/until.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(limits: Partial<HttpLimits>) {
  const all = { ...HTTP_LIMITS, ...limits };
  const registry = new Registry();
  const app = Fastify({ ...limited(all), forceCloseConnections: true });
  bound(app as unknown as FastifyInstance, registry, all);
  app.get('/', async () => 'here');
  app.get('/large', async () => 'x'.repeat(50_000_000));
  app.post('/', async () => 'taken');
  await app.listen({ host: '127.0.0.1', port: 0 });
  ends.push(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const refused = async (reason: string): Promise<number> => {
    const { values } = await registry.getSingleMetric('calltrail_http_refused_total')!.get();
    return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
  };
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    ends.push(async () => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const url = `http://127.0.0.1:${port}/`;
  return { url, open, refused, serves: async () => (await fetch(url, { headers: { connection: 'close' } })).text() };
}

const isClosed = (socket: Socket): Promise<unknown> =>
  until('the connection is closed', () => {
    socket.resume();
    return socket.destroyed;
  });

test('a request that comes byte by byte is cut off and counted, and a neighbour is answered meanwhile', async () => {
  const { open, refused, serves } = await serve({ requestMs: 300 });
  const slow = await open();
  const timer = setInterval(() => slow.write('X'), 50);
  ends.push(async () => clearInterval(timer));
  slow.write('GET / HTTP/1.1\r\nHost: x\r\n');
  expect(await serves()).toBe('here');
  await isClosed(slow);
  expect(await refused('slow')).toBe(1);
});

test('a body that does not come is not waited for', async () => {
  const { open, refused } = await serve({ requestMs: 300 });
  const slow = await open();
  slow.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nabc');
  await isClosed(slow);
  expect(await refused('slow')).toBe(1);
});

test('connections beyond the limit are turned away and counted, and there is room again when others end', async () => {
  const { open, refused, serves } = await serve({ connections: 2 });
  const [first] = [await open(), await open()];
  await serves().catch(() => {});
  await until('it is counted', async () => (await refused('too_many_connections')) > 0);
  first!.destroy();
  await until('there is room', async () => (await serves().catch(() => '')) === 'here');
});

test('a head and a body that are too large are refused with what they are, and counted', async () => {
  const { url, refused } = await serve({ headBytes: 2000, bodyBytes: 1000 });
  expect((await fetch(`${url}?${'a'.repeat(3000)}`)).status).toBe(431);
  expect(await refused('large_head')).toBe(1);
  const body = 'b'.repeat(2000);
  expect((await fetch(url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })).status).toBe(413);
  expect(await refused('large_body')).toBe(1);
});

test('a client that does not read its answer is let go of', async () => {
  const { open, refused, serves } = await serve({ silenceMs: 500 });
  const deaf = await open();
  deaf.pause();
  deaf.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
  await until('it is counted', async () => (await refused('silent')) > 0);
  await isClosed(deaf);
  expect(await serves()).toBe('here');
});
