import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAuthorization } from '../../../api/access/users.ts';
import { resolveAccess } from '../../../core/config/access.ts';
import { ask, openSite, type Site, USERS } from './served.ts';

/** Repeats itself: mulberry32. */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Pieces that the readers of these headers look for, and bytes that they do not. */
const PIECES = [
  ...['Basic', 'bearer', 'Bearer ', ' ', '\t', ':', ';', '=', ',', '"', '.', '..', '%', '%00', '%zz', '\\'],
  ...[
    'eyJhbGciOiJub25lIn0',
    'eyJhbGciOiJFUzI1NiJ9',
    'e30',
    'cml0YTo=',
    '__proto__',
    'calltrail_session',
    'é',
    'ÿ',
    'null',
  ],
];

describe('whoever says who he is in a hostile way', () => {
  let site: Site;
  let server: FastifyInstance;
  let port: number;
  beforeAll(async () => {
    site = await openSite();
    const users = USERS.map(({ name, secret, role }) => ({ name, secret, role }));
    server = await site.serve({
      ...resolveAccess({
        users,
        openid: {
          ...{ issuer: 'http://127.0.0.1:9', clientId: 'calltrail', clientSecret: 'a secret of the client' },
          ...{ baseUrl: 'http://127.0.0.1:8080', audience: 'api', roles: { claim: 'groups' } },
        },
        grafana: { keys: 'http://127.0.0.1:9/keys', issuer: 'https://grafana.example' },
      }),
    });
    port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);
  });
  afterAll(() => site.close());

  /** The status line of what is answered to bytes. */
  const raw = (headers: readonly (string | Buffer)[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''));
      socket.on('error', reject);
      socket.write('GET /api/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\n');
      for (const header of headers) socket.write(Buffer.concat([Buffer.from(header as string), Buffer.from('\r\n')]));
      socket.end('\r\n');
    });

  const GOOD = `Authorization: Basic ${Buffer.from(`rita:${USERS[0]?.secret}`).toString('base64')}`;
  test.each<[string, readonly (string | Buffer)[], string]>([
    ['a header longer than any', [`Authorization: Basic ${'A'.repeat(20_000)}`], '431'],
    ['one that just fits', [`Authorization: Basic ${'A'.repeat(12_000)}`], '401'],
    ['bytes that are no UTF-8', [Buffer.from([...Buffer.from('Authorization: Basic '), 0xff, 0xfe, 0x80])], '401'],
    [
      'a secret that is no UTF-8',
      [`Authorization: Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`],
      '401',
    ],
    ['a zero byte', ['Authorization: Basic \u0000'], '400'],
    ['the right one behind a wrong one', ['Authorization: Basic cml0YTp4', GOOD], '401'],
    ['two thousand headers', Array.from({ length: 1999 }, (_, i) => `x${i}: 1`), '431'],
    ['a thousand cookies', [`Cookie: ${Array.from({ length: 1000 }, (_, i) => `c${i}=1`).join('; ')}`], '401'],
    ['a thousand cookies of a session', Array.from({ length: 300 }, () => 'Cookie: calltrail_session=x'), '401'],
    [
      'a token with a key that is an address',
      [`Authorization: Bearer ${'eyJhbGciOiJFUzI1NiIsImprdSI6Imh0dHA6Ly94In0'}.e30.AA`],
      '503',
    ],
    ['an identity of nothing beside a right one', [GOOD, 'X-Grafana-Id: '], '401'],
  ])('%s: is answered', async (_what, headers, status) => {
    expect(await raw(headers)).toContain(` ${status} `);
    expect((await ask(server, '/api/search', 'rita')).statusCode).toBe(200);
  });

  test('random headers let nobody in, and break nothing', async () => {
    const next = random(7);
    const pick = (): string => PIECES[Math.floor(next() * PIECES.length)] ?? '';
    const text = (): string => Array.from({ length: Math.floor(next() * 12) }, pick).join('');
    const statuses = new Map<number, number>();
    for (let i = 0; i < 1500; i++) {
      const headers: Record<string, string> = {};
      if (next() < 0.7) headers.authorization = next() < 0.5 ? text() : `Bearer ${text().trim()}`;
      if (next() < 0.7) headers.cookie = next() < 0.5 ? text() : `calltrail_session=${text()}`;
      if (next() < 0.3) headers['x-grafana-id'] = text();
      if (next() < 0.3) headers['x-forwarded-for'] = text();
      const { statusCode } = await server.inject({ url: '/api/search', headers, remoteAddress: `10.0.${i >> 3}.1` });
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    }
    // 503: a token of the form of one, whose provider is away here.
    expect([...statuses.keys()].filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
    expect(statuses.get(401)).toBeGreaterThan(1000);
    expect((await ask(server, '/api/search', 'rita')).statusCode).toBe(200);
  });

  test('what is read of a header is nothing, or what was said', () => {
    const next = random(11);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Buffer.from(Array.from({ length: Math.floor(next() * 24) }, () => Math.floor(next() * 256)));
      const random = readAuthorization(bytes.toString('latin1'));
      expect(random === undefined || random.secret.length > 0 || random.name !== undefined).toBe(true);
      const [name, secret] = [bytes.toString('hex'), bytes.toString('utf8')];
      const header = `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
      expect(readAuthorization(header)).toEqual(name === '' && secret === '' ? undefined : { name, secret });
    }
  });
});
