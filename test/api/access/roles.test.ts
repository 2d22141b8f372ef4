import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actsOf } from '../../../api/access/audit.ts';
import { ask, metricOf, openSite, type Site, USERS } from './served.ts';

describe('roles', () => {
  let site: Site;
  let server: FastifyInstance;
  beforeAll(async () => {
    site = await openSite();
    server = await site.serve({ users: USERS, anonymous: false });
  });
  afterAll(() => site.close());

  test.each(['/api/search', '/metrics', '/api/openapi.json'])('a reader reads %s', async (url) => {
    expect((await ask(server, url, 'rita')).statusCode).toBe(200);
  });

  test.each(['rita', 'otto'])('%s is told which role the audit needs, and it is counted', async (name) => {
    const before = (await metricOf(server, 'calltrail_access_refused_total{reason="role"}')) ?? 0;
    const answer = await ask(server, '/api/audit', name);
    expect([answer.statusCode, answer.json().error]).toEqual([403, 'role']);
    expect(answer.json().message).toMatch(/This needs the role "admin", and yours is "(reader|operator)"\./);
    expect(await metricOf(server, 'calltrail_access_refused_total{reason="role"}')).toBe(before + 1);
  });

  test('an admin reads the audit, an admin of one tenant does not', async () => {
    expect((await ask(server, '/api/audit', 'ada')).statusCode).toBe(200);
    const answer = await ask(server, '/api/audit', 'acme-admin');
    expect([answer.statusCode, answer.json().error]).toEqual([403, 'role']);
  });

  test.each([
    ['GET', '/api/senders'],
    ['GET', '/api/ledger'],
    ['GET', '/api/doctor'],
    ['GET', '/api/clocks'],
    ['GET', '/api/holds'],
    ['PUT', '/api/holds/x'],
    ['DELETE', '/api/holds/x?reason=over'],
    ['POST', '/api/privacy/erase'],
    ['GET', '/api/privacy/jobs/0123456789abcdef'],
  ] as const)('%s %s is of the whole site: an admin of one tenant is refused', async (method, url) => {
    const payload = { number: '+14155550101', reason: 'asked to' };
    const answer = await ask(server, url, 'acme-admin', {
      method,
      ...(method === 'POST' || method === 'PUT' ? { payload } : {}),
    });
    expect([answer.statusCode, answer.json().error]).toEqual([403, 'role']);
  });

  test('a stranger has the role of a reader where users are named, and of an admin where the port is his own', async () => {
    const open = await site.serve({ users: USERS, anonymous: true });
    expect((await ask(open, '/api/search')).statusCode).toBe(200);
    expect((await ask(open, '/api/audit')).statusCode).toBe(403);
    const own = await site.serve({ users: [], anonymous: true });
    expect((await ask(own, '/api/audit')).statusCode).toBe(200);
    const said = await site.serve({ users: [], anonymous: true, strangers: 'reader' });
    expect((await ask(said, '/api/search')).statusCode).toBe(200);
    expect((await ask(said, '/api/audit')).statusCode).toBe(403);
  });

  test('OpenAPI tells the role that each path needs', async () => {
    const { paths } = (await ask(server, '/api/openapi.json', 'rita')).json() as {
      paths: Record<string, { get: { description: string; security?: unknown[] } }>;
    };
    expect(paths['/api/audit']?.get.description).toContain('Needs the role "admin".');
    expect(paths['/api/search']?.get.description).toContain('Needs the role "reader".');
    expect(paths['/healthz']?.get).toMatchObject({ security: [], description: 'Answers everybody.' });
    expect(
      Object.values(paths)
        .flatMap((methods) => Object.values(methods))
        .filter(({ description }) => !/(Needs the role|Answers everybody)/.test(description)),
    ).toEqual([]);
  });

  test.each([
    ['another page', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['another page of an older browser', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['our page', { origin: 'http://calltrail.example', 'sec-fetch-site': 'same-origin' }, 404],
    ['our page in an older browser', { origin: 'http://calltrail.example' }, 404],
    ['a program', {}, 404],
  ])(
    'what changes something, asked from %s, with the password or the address that a browser has',
    async (_from, headers, status) => {
      const own = await site.serve({ users: [], anonymous: true });
      const host = 'calltrail.example';
      for (const [to, name] of [
        [server, 'ada'],
        [own, undefined],
      ] as const) {
        const answer = await ask(to, '/api/nothing', name, { method: 'POST', headers: { host, ...headers } });
        expect(answer.statusCode).toBe(status);
        expect((await ask(to, '/api/search', name, { headers: { host, ...headers } })).statusCode).toBe(200);
      }
    },
  );

  test('every route says what is remembered of who asks it', () => {
    const acts = actsOf(server);
    expect(acts.length).toBeGreaterThan(40);
    expect(acts.filter(({ act }) => act === undefined)).toEqual([]);
    const of = (url: string) => acts.find((one) => one.url === url)?.act;
    expect([of('/api/search'), of('/api/calls/:key/export.pcap'), of('/ladder/:key.svg')]).toEqual([
      'search',
      'export',
      'view',
    ]);
  });
});
