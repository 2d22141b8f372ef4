import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveAccess } from '../../../core/config/access.ts';
import type { AccessConfig, GrafanaConfig } from '../../../core/config/config.ts';
import { freePort } from '../../system/ports.ts';
import { ask, metricOf, openSite, type Site, USERS } from './served.ts';

const ISSUER = 'https://grafana.example/';
/** As Grafana 12.4.0 writes it (pkg/services/auth/idimpl/service.go). */
const CLAIMS = {
  iss: ISSUER,
  aud: ['org:1'],
  sub: 'user:ben7xyz',
  namespace: 'default',
  identifier: 'ben7xyz',
  type: 'user',
  username: 'alice',
  name: 'Alice',
  email: 'alice@example.com',
  role: 'Admin',
};

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, privateKey, publicKey: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}
type Key = Awaited<ReturnType<typeof newKey>>;
const sign = ({ kid, privateKey }: Key, claims: JWTPayload = {}, seconds = 600): Promise<string> =>
  new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'jwt', kid })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(privateKey);

describe("Grafana's word on who looks", () => {
  let site: Site;
  let grafana: Server;
  let url: string;
  let key: Key;
  let published: JWK[];
  beforeAll(async () => {
    site = await openSite();
    key = await newKey('id-2026-11-es256');
    published = [key.publicKey];
    grafana = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published }));
    });
    const port = await freePort('127.0.0.1');
    await new Promise<void>((resolve) => grafana.listen(port, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${port}/api/signing-keys/keys`;
  });
  afterAll(async () => {
    await site.close();
    grafana.close();
  });

  const accessOf = (more: Partial<GrafanaConfig> = {}): AccessConfig => ({
    ...{ users: USERS, anonymous: false },
    grafana: {
      ...{ keys: { url }, issuer: ISSUER, users: {} },
      roles: { Admin: 'admin', Editor: 'operator', Viewer: 'reader' },
      ...more,
    },
  });
  const look = (server: FastifyInstance, id: string | string[], name?: string, path = '/api/search?q=person') =>
    ask(server, path, name, { headers: { 'x-grafana-id': id } });

  test('the person is the viewer, and the audit names him and the data source that asked', async () => {
    const server = await site.serve(accessOf());
    expect((await look(server, await sign(key), 'grafana', '/api/search?q=alicesearch')).statusCode).toBe(200);
    await expect
      .poll(async () => (await ask(server, '/api/audit?about=alicesearch', 'ada')).json(), { timeout: 15_000 })
      .toMatchObject({ acts: [{ who: 'alice', via: 'grafana', through: 'grafana', action: 'search', status: 200 }] });
  });

  test('he has no more rights than the data source: not its role, and not its tenants', async () => {
    const server = await site.serve(accessOf({ orgs: { 1: ['*'], 2: ['zeta'], 3: ['bell', 'zeta'] } }));
    expect((await look(server, await sign(key), 'grafana', '/viewer')).json()).toEqual({
      name: 'alice',
      role: 'operator',
      tenants: ['acme', 'bell'],
    });
    expect(
      (await look(server, await sign(key, { role: 'Viewer', aud: ['org:3'] }), 'grafana', '/viewer')).json(),
    ).toEqual({ name: 'alice', role: 'reader', tenants: ['bell'] });
    expect((await look(server, await sign(key, { aud: ['org:3'] }), 'ada', '/viewer')).json()).toEqual({
      name: 'alice',
      role: 'admin',
      tenants: ['bell', 'zeta'],
    });
    expect((await look(server, await sign(key), 'grafana', '/api/audit')).statusCode).toBe(403);
    const apart = await look(server, await sign(key, { aud: ['org:2'] }), 'grafana');
    expect([apart.statusCode, apart.json().error]).toEqual([403, 'nothing_granted']);
  });

  test('by login he may have a role and tenants of his own', async () => {
    const server = await site.serve(accessOf({ users: { alice: { role: 'reader', tenants: ['acme'] } }, orgs: {} }));
    expect((await look(server, await sign(key), 'ada', '/viewer')).json()).toEqual({
      name: 'alice',
      role: 'reader',
      tenants: ['acme'],
    });
    // A prototype is no login.
    expect((await look(server, await sign(key, { username: 'constructor' }), 'ada')).statusCode).toBe(403);
  });

  test.each([
    ['another organisation', { aud: ['org:9'] }],
    ['no organisation', { aud: ['everybody'] }],
    ['the role None', { role: 'None' }],
    ['a role that is a property of every object', { role: 'toString' }],
  ])('%s gives nothing', async (_what, claims) => {
    const server = await site.serve(accessOf({ orgs: { 1: ['*'] } }));
    const answer = await look(server, await sign(key, claims), 'grafana');
    expect([answer.statusCode, answer.json().error]).toEqual([403, 'nothing_granted']);
  });

  test('whatever is wrong with it is refused with a sentence, and counted', async () => {
    const server = await site.serve(accessOf());
    const other = await newKey(key.kid);
    const good = await sign(key);
    const [head, body, signature] = good.split('.') as [string, string, string];
    const wrong: Record<string, string> = {
      'signed by another': await sign(other),
      'by a key that nobody has': await sign({ ...other, kid: 'id-unknown' }),
      over: await sign(key, {}, -3600),
      'of another Grafana': await sign(key, { iss: 'https://other.example/' }),
      'without a subject': await sign(key, { sub: undefined as never }),
      'without a signature': new UnsecuredJWT(CLAIMS).setExpirationTime('1h').encode(),
      'with a signature of nothing': `${head}.${body}.`,
      'with changed claims': `${head}.${Buffer.from(JSON.stringify({ ...CLAIMS, username: 'root' })).toString('base64url')}.${signature}`,
      'said twice': `${good}, ${good}`,
      empty: '',
      'no token': 'alice',
      long: 'e'.repeat(8000),
    };
    for (const [what, id] of Object.entries(wrong)) {
      const answer = await look(server, id, 'grafana');
      expect([what, answer.statusCode, answer.json().error]).toEqual([what, 401, 'grafana_identity']);
      expect(answer.json().message).toMatch(/^The header X-Grafana-Id .*\.$/);
    }
    expect(await metricOf(server, 'calltrail_access_refused_total{reason="grafana_identity"}')).toBe(
      Object.keys(wrong).length,
    );
  });

  test('the header alone lets nobody in', async () => {
    expect((await look(await site.serve(accessOf()), await sign(key))).statusCode).toBe(401);
  });

  test('where no Grafana is believed the header says nothing', async () => {
    const server = await site.serve({ users: USERS, anonymous: false });
    expect((await look(server, 'alice', 'grafana')).statusCode).toBe(200);
  });

  test('keys that rotate are found, and a Grafana that is away is told apart from a wrong token', async () => {
    const server = await site.serve(accessOf());
    const next = await newKey('id-2026-12-es256');
    published = [next.publicKey, key.publicKey];
    expect((await look(server, await sign(next), 'grafana')).statusCode).toBe(200);
    const away = await site.serve(accessOf({ keys: { url: `http://127.0.0.1:${await freePort('127.0.0.1')}/keys` } }));
    const answer = await look(away, await sign(key), 'grafana');
    expect([answer.statusCode, answer.json().error]).toEqual([503, 'provider_away']);
    // Those who come without it are not concerned.
    expect((await ask(away, '/api/search', 'rita')).statusCode).toBe(200);
  });

  test('the keys may be a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'calltrail-keys-')), 'keys.json');
    writeFileSync(file, JSON.stringify({ keys: [key.publicKey] }));
    const { grafana: resolved } = resolveAccess({ grafana: { keys: file, issuer: 'https://grafana.example' } });
    const server = await site.serve({ users: USERS, anonymous: false, ...(resolved && { grafana: resolved }) });
    expect((await look(server, await sign(key), 'grafana')).statusCode).toBe(200);
    expect(() => resolveAccess({ grafana: { keys: '/nowhere', issuer: ISSUER } })).toThrow(/access\.grafana\.keys/);
  });
});
