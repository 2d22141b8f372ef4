import type { FastifyInstance } from 'fastify';
import { importJWK, type JWK, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { viewerOf } from '../../../../api/access/openid/claims.ts';
import { createSealed } from '../../../../api/access/openid/sealed.ts';
import { resolveAccess } from '../../../../core/config/access.ts';
import { freePort } from '../../../system/ports.ts';
import { ask, metricOf, openSite, type Site, USERS } from '../served.ts';
import { createBrowser, logIn } from './browser.ts';
import { AUDIENCE, CLIENT, machineToken, newKey, PEOPLE, type RealProvider, startProvider } from './provider.ts';

type OpenIdFile = NonNullable<NonNullable<Parameters<typeof resolveAccess>[0]>['openid']>;
const HOST = '127.0.0.1';
const SESSION = 'calltrail_session';

describe('people of a provider of OpenID Connect', () => {
  let site: Site;
  let provider: RealProvider;
  let key: JWK;
  let baseUrl: string;
  let providerPort: number;
  let server: FastifyInstance;
  let others: FastifyInstance[] = [];

  const accessOf = (more: Partial<OpenIdFile> = {}) =>
    resolveAccess({
      users: USERS.map(({ name, secret, role }) => ({ name, secret, role })),
      openid: {
        ...{ issuer: `http://${HOST}:${providerPort}`, ...CLIENT, baseUrl, audience: AUDIENCE },
        roles: {
          claim: 'groups',
          values: { 'voip-admins': 'admin', staff: 'reader', machines: 'operator', acme: 'reader' },
        },
        tenants: { claim: 'groups', values: { 'voip-admins': ['*'], machines: ['*'], acme: ['acme'] } },
        ...more,
      },
    });
  beforeAll(async () => {
    site = await openSite();
    const port = await freePort(HOST);
    baseUrl = `http://${HOST}:${port}`;
    providerPort = await freePort(HOST);
    key = await newKey('first');
    provider = await startProvider({ port: providerPort, keys: [key], baseUrl });
    server = await site.serve(accessOf());
    await server.listen({ host: HOST, port });
  });
  afterEach(async () => {
    await Promise.all(others.map((other) => other.close()));
    others = [];
  });
  afterAll(async () => {
    await site.close();
    await provider.close();
  });
  const another = async (more: Partial<OpenIdFile>, log?: Parameters<Site['serve']>[1]): Promise<string> => {
    const port = await freePort(HOST);
    const other = await site.serve(accessOf({ baseUrl: `http://${HOST}:${port}`, ...more }), log);
    others.push(other);
    return other.listen({ host: HOST, port });
  };
  const isCallback = ({ pathname }: URL): boolean => pathname === '/login/callback';

  test('a browser that asks for a page is sent to the provider and comes back to that page, logged in', async () => {
    const browser = createBrowser();
    const page = await logIn(browser, `${baseUrl}/viewer?a=1&b=%2Fx`, 'alice');
    expect([page.url.href, page.status]).toEqual([`${baseUrl}/viewer?a=1&b=%2Fx`, 200]);
    expect(JSON.parse(page.text)).toEqual({ name: 'alice', role: 'admin' });
    expect([...browser.cookies(baseUrl).keys()]).toEqual([SESSION]);
  });

  test('the cookies are for this page alone, no script reads them, and what is in them is sealed', async () => {
    const browser = createBrowser();
    const back = await logIn(browser, `${baseUrl}/login`, 'alice', { stopAt: isCallback });
    const login = browser.cookies(baseUrl).get('calltrail_login') ?? '';
    const answer = await fetch(back.url, { redirect: 'manual', headers: { cookie: `calltrail_login=${login}` } });
    const [gone = '', session = ''] = answer.headers.getSetCookie();
    expect(gone).toMatch(/^calltrail_login=; /);
    expect(session).toMatch(/^calltrail_session=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Lax$/);
    for (const sealed of [login, session.split(/[=;]/)[1] ?? '']) {
      const [header = '', ...rest] = sealed.split('.');
      expect(Buffer.from(header, 'base64url').toString()).toBe('{"alg":"dir","enc":"A256GCM"}');
      expect(rest.map((part) => Buffer.from(part, 'base64url').toString('latin1')).join()).not.toContain('alice');
    }
    const https = await another({ baseUrl: 'https://calltrail.example' });
    const [secure = ''] = (await fetch(`${https}/login`, { redirect: 'manual' })).headers.getSetCookie();
    expect(secure).toMatch(/^__Host-calltrail_login=.*; Secure; /);
  });

  test('the code is asked for with a challenge, a state and a nonce, which differ each time', async () => {
    const asked = async (): Promise<URLSearchParams> => {
      const answer = await fetch(`${baseUrl}/login`, { redirect: 'manual' });
      return new URL(answer.headers.get('location') ?? '').searchParams;
    };
    const [one, other] = [await asked(), await asked()];
    expect([one.get('response_type'), one.get('code_challenge_method')]).toEqual(['code', 'S256']);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one.get(name)?.length).toBeGreaterThan(30);
      expect(one.get(name)).not.toBe(other.get(name));
    }
  });

  test.each([
    ['bob', 200, { name: 'bob', role: 'reader', tenants: ['acme'] }],
    ['carol', 403, 'gives no tenant'],
    ['mallory', 403, 'gives no role'],
    ['nobody', 403, 'gives no role'],
  ])('what the claims of %s give is what the configuration says: %i', async (name, status, what) => {
    const page = await logIn(createBrowser(), `${baseUrl}/login?to=/viewer`, name);
    expect(page.status).toBe(status);
    if (typeof what === 'string') expect(page.text).toContain(what);
    else expect(JSON.parse(page.text)).toEqual(what);
  });

  test('a claim may lie deeper, and whoever has no value of it may have a role all the same', () => {
    const { openid } = accessOf({
      roles: { claim: 'groups', otherwise: 'reader' },
      tenants: { claim: 'org.names', values: { acme: ['acme'] } },
    });
    expect(viewerOf({ sub: '1', ...PEOPLE.bob }, openid!)).toEqual({ name: 'bob', role: 'reader', tenants: ['acme'] });
    expect(() => viewerOf({ sub: '1', 'org.names': 7, ...PEOPLE.alice }, openid!)).toThrow(/gives no tenant/);
    expect(() => viewerOf({}, openid!)).toThrow(/may not read here/);
  });

  test('whoever is logged in is in the audit, with his login', async () => {
    const browser = createBrowser();
    await logIn(browser, `${baseUrl}/api/search?q=4420555`, 'alice');
    await expect
      .poll(async () => (await ask(server, '/api/audit?who=alice&about=4420555', 'ada')).json(), { timeout: 15_000 })
      .toMatchObject({ acts: [{ who: 'alice', via: 'openid', action: 'search', status: 200 }] });
    const { acts } = (await ask(server, '/api/audit?who=alice&action=login', 'ada')).json() as { acts: unknown[] };
    expect(acts.length).toBeGreaterThan(0);
  });

  test('a wrong state logs nobody in', async () => {
    const browser = createBrowser();
    const back = await logIn(browser, `${baseUrl}/login`, 'alice', { stopAt: isCallback });
    back.url.searchParams.set('state', 'of-another-login');
    const page = await browser.go(back.url.href);
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('Nobody was logged in.')]);
    expect(browser.cookies(baseUrl).has(SESSION)).toBe(false);
  });

  test('a wrong nonce logs nobody in', async () => {
    const browser = createBrowser();
    const page = await logIn(browser, `${baseUrl}/login`, 'alice', {
      change: ({ pathname, searchParams }) => {
        if (pathname === '/auth' && searchParams.has('nonce')) searchParams.set('nonce', 'of-another-login');
      },
    });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('nonce')]);
    expect(browser.cookies(baseUrl).has(SESSION)).toBe(false);
  });

  test('a code serves once, in the browser that asked for it', async () => {
    const browser = createBrowser();
    const back = await logIn(browser, `${baseUrl}/login`, 'alice', { stopAt: isCallback });
    const stolen = await createBrowser().go(back.url.href);
    expect([stolen.status, stolen.text]).toEqual([400, expect.stringContaining('begun in another browser')]);
    const login = browser.cookies(baseUrl).get('calltrail_login') ?? '';
    expect((await browser.go(back.url.href, { stopAt: ({ pathname }) => pathname === '/' })).status).toBe(0);
    browser.cookies(baseUrl).set('calltrail_login', login);
    const again = await browser.go(back.url.href);
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('Nobody was logged in.')]);
  });

  test('what the provider refuses is told as it says it, as text', async () => {
    const browser = createBrowser();
    const { url } = await browser.go(`${baseUrl}/login`, { stopAt: ({ pathname }) => pathname === '/auth' });
    const state = url.searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error: 'access_denied', error_description: '<b>no</b>', state });
    query.set('iss', provider.issuer);
    const page = await browser.go(`${baseUrl}/login/callback?${query}`);
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('&lt;b&gt;no&lt;/b&gt;')]);
    expect(page.text).not.toContain('<b>');
  });

  test.each([
    ['an address without a scheme', '//evil.example/'],
    ['one with a backslash', '/\\evil.example'],
    ['a whole one', 'https://evil.example/'],
    ['one behind dots', '/.//evil.example'],
    ['one with the end of a header', '/a\r\nset-cookie: a=b'],
    ['a path that fits into no cookie', `/${'x'.repeat(5000)}`],
  ])('nobody is sent on to %s after his login', async (_what, to) => {
    const page = await logIn(createBrowser(), `${baseUrl}/login?to=${encodeURIComponent(to)}`, 'alice', {
      stopAt: ({ origin, pathname }) =>
        !origin.startsWith(`http://${HOST}`) || (origin === baseUrl && !/^\/login/.test(pathname)),
    });
    expect(page.url.origin).toBe(baseUrl);
    expect(page.url.pathname.startsWith('//')).toBe(false);
  });

  describe('a session', () => {
    let cookie: string;
    beforeAll(async () => {
      const browser = createBrowser();
      await logIn(browser, `${baseUrl}/viewer`, 'alice');
      cookie = `${SESSION}=${browser.cookies(baseUrl).get(SESSION)}`;
    });
    const inject = (headers: Record<string, string>, to = server, method: 'GET' | 'POST' = 'GET', url = '/viewer') =>
      to.inject({ method, url, headers });

    test('that was changed, cut or made up opens nothing, and a page is told that it has ended', async () => {
      const [name = '', value = ''] = cookie.split('=');
      const parts = value.split('.');
      const wrong = [
        value.slice(0, -1),
        `${value}A`,
        [...parts.slice(0, 3), Buffer.from('{"viewer":{"role":"admin"}}').toString('base64url'), parts[4]].join('.'),
        `${Buffer.from('{"alg":"none"}').toString('base64url')}..e30.`,
        'x',
        '%00',
        'é'.repeat(10),
        'e'.repeat(4000),
      ];
      for (const one of wrong) {
        const answer = await inject({ cookie: `${name}=${one}` });
        expect([answer.statusCode, answer.json().message]).toEqual([401, 'Your session has ended: log in again.']);
      }
      expect(await metricOf(server, 'calltrail_access_refused_total{reason="session_ended"}')).toBe(wrong.length);
      expect((await inject({ cookie })).json()).toEqual({ name: 'alice', role: 'admin' });
    });

    test('is no login, and a login no session', async () => {
      const answer = await fetch(`${baseUrl}/login`, { redirect: 'manual' });
      const login = answer.headers.getSetCookie()[0]?.split(/[=;]/)[1] ?? '';
      expect((await inject({ cookie: `${SESSION}=${login}` })).statusCode).toBe(401);
    });

    test('ends when its time is over', async () => {
      const { openid } = accessOf();
      const before = createSealed(openid!, () => Date.now() - 8 * 3_600_000);
      const old = await before.seal('session', { viewer: { name: 'alice', role: 'admin' } }, 8 * 3600 - 1);
      expect((await inject({ cookie: `${SESSION}=${old}` })).statusCode).toBe(401);
      const still = await before.seal('session', { viewer: { name: 'alice', role: 'admin' } }, 8 * 3600 + 60);
      expect((await inject({ cookie: `${SESSION}=${still}` })).statusCode).toBe(200);
    });

    test('is one at every process with the same configuration, and at none whose configuration gives something else', async () => {
      const same = await site.serve(accessOf());
      const other = await site.serve(accessOf({ roles: { claim: 'groups', otherwise: 'reader' } }));
      others.push(same, other);
      expect((await inject({ cookie }, same)).statusCode).toBe(200);
      expect((await inject({ cookie }, other)).statusCode).toBe(401);
    });

    test('a page that is not ours changes nothing with it', async () => {
      const from = async (headers: Record<string, string>): Promise<number> =>
        (await inject({ cookie, ...headers }, server, 'POST', '/logout')).statusCode;
      expect(await from({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBe(403);
      expect(await from({ 'sec-fetch-site': 'same-site' })).toBe(403);
      expect(await from({ 'sec-fetch-site': 'none' })).toBe(403);
      expect(await from({ origin: 'null' })).toBe(403);
      expect(await from({ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' })).toBe(403);
      expect(await from({})).toBe(403);
      expect(await from({ origin: baseUrl })).toBe(303);
      expect(await from({ 'sec-fetch-site': 'same-origin' })).toBe(303);
      expect(await metricOf(server, 'calltrail_access_refused_total{reason="cross_site"}')).toBeGreaterThanOrEqual(6);
    });

    test('a live tail opens from our page alone', async () => {
      const tail = `${baseUrl.replace('http', 'ws')}/loki/api/v1/tail?query=${encodeURIComponent('{source="sip"}')}`;
      const open = (headers: Record<string, string>): Promise<string> =>
        new Promise((resolve) => {
          const socket = new WebSocket(tail, { headers: { cookie, ...headers } });
          socket.once('open', () => {
            resolve('open');
            socket.terminate();
          });
          socket.once('error', (error) => resolve(error.message));
        });
      expect(await open({ origin: 'https://evil.example' })).toContain('403');
      expect(await open({ origin: baseUrl })).toBe('open');
    });

    test('is over here and at the provider after a logout', async () => {
      const browser = createBrowser();
      await logIn(browser, `${baseUrl}/viewer`, 'alice');
      expect((await browser.go(`${baseUrl}/logout`)).text).toContain('<form method="post" action="/logout">');
      const page = await browser.go(`${baseUrl}/logout`, { method: 'POST', headers: { origin: baseUrl } });
      expect(page.url.href).toContain(`${provider.issuer}/session/end`);
      expect(browser.cookies(baseUrl).has(SESSION)).toBe(false);
    });
  });

  describe('a token of a machine', () => {
    const bearer = (token: string, to = server, url = '/viewer') =>
      to.inject({ url, headers: { authorization: `Bearer ${token}` }, remoteAddress: '192.0.2.50' });
    const forge = async (claims: object, kid = key.kid, by: JWK = key, typ = 'at+jwt'): Promise<string> =>
      new SignJWT({ iss: provider.issuer, sub: 'machine', aud: AUDIENCE, groups: ['machines'], ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: kid!, typ })
        .setExpirationTime('5m')
        .sign(await importJWK({ ...by }, 'ES256'));

    test('lets it in with the role of its claims', async () => {
      expect((await bearer(await machineToken(provider.issuer, AUDIENCE))).json()).toEqual({
        name: 'machine',
        role: 'operator',
      });
    });

    test('for another audience, by another key, of another provider or without a role is refused', async () => {
      const answers = {
        audience: await bearer(await machineToken(provider.issuer, 'https://other.example/api')),
        key: await bearer(await forge({}, 'first', await newKey('first'))),
        unknown: await bearer(await forge({}, 'nobodys', await newKey('nobodys'))),
        issuer: await bearer(await forge({ iss: 'https://other.example' })),
        idToken: await bearer(await forge({ aud: CLIENT.clientId })),
      };
      for (const [what, answer] of Object.entries(answers)) {
        expect([what, answer.statusCode, answer.json().error]).toEqual([what, 401, 'wrong_token']);
      }
      const nothing = await bearer(await forge({ groups: ['guests'] }));
      expect([nothing.statusCode, nothing.json().error]).toEqual([403, 'nothing_granted']);
    });

    test('that is over is told so, and is no guess that others have to wait for', async () => {
      const over = await new SignJWT({ iss: provider.issuer, sub: 'machine', aud: AUDIENCE, groups: ['machines'] })
        .setProtectedHeader({ alg: 'ES256', kid: 'first' })
        .setExpirationTime(Math.floor(Date.now() / 1000) - 120)
        .sign(await importJWK(key, 'ES256'));
      for (let i = 0; i < 25; i++) {
        const answer = await bearer(over);
        expect([answer.statusCode, answer.json().error]).toEqual([401, 'token_expired']);
      }
      expect((await bearer(await machineToken(provider.issuer, AUDIENCE))).statusCode).toBe(200);
    });

    test('is none where no audience is configured', async () => {
      const { audience: _, ...openid } = accessOf().openid!;
      const other = await site.serve({ ...accessOf(), openid });
      others.push(other);
      expect((await bearer(await machineToken(provider.issuer, AUDIENCE), other)).statusCode).toBe(401);
    });
  });

  test('keys that the provider changes are found for people and machines', async () => {
    const next = await newKey('second');
    await provider.close();
    provider = await startProvider({ port: providerPort, keys: [next], baseUrl });
    // A key that is not known is looked for again after a few seconds at the earliest.
    await expect
      .poll(async () => (await logIn(createBrowser(), `${baseUrl}/viewer`, 'alice')).status, {
        timeout: 30_000,
        interval: 1000,
      })
      .toBe(200);
    const token = await machineToken(provider.issuer, AUDIENCE);
    const answer = await server.inject({ url: '/viewer', headers: { authorization: `Bearer ${token}` } });
    expect(answer.statusCode).toBe(200);
    await provider.close();
    provider = await startProvider({ port: providerPort, keys: [key], baseUrl });
  });

  test('a provider that is away at the start is told of, those of access.users are let in, and later it is found', async () => {
    const port = await freePort(HOST);
    const lines: string[] = [];
    const log = {
      info: (text: string) => void lines.push(text),
      warn: () => {},
      error: (text: string) => void lines.push(text),
    };
    const url = await another({ issuer: `http://${HOST}:${port}` }, { log });
    await expect
      .poll(() => lines, { timeout: 10_000 })
      .toEqual([expect.stringContaining(`through http://${HOST}:${port} yet`)]);
    const page = await createBrowser().go(`${url}/login`);
    expect([page.status, page.text]).toEqual([503, expect.stringContaining('does not answer right now')]);
    const [other] = others;
    expect((await ask(other!, '/viewer', 'rita')).statusCode).toBe(200);
    const health = async () => (await ask(other!, '/healthz', 'rita')).json() as { sources: unknown[] };
    expect((await health()).sources).toMatchObject([{ name: 'openid', state: 'connecting' }]);
    const late = await startProvider({ port, keys: [key], baseUrl: url });
    try {
      await expect.poll(async () => (await health()).sources, { timeout: 30_000 }).toMatchObject([{ state: 'up' }]);
      expect(lines.at(-1)).toBe(`people log in through http://${HOST}:${port}`);
      expect((await logIn(createBrowser(), `${url}/viewer`, 'alice')).status).toBe(200);
    } finally {
      await late.close();
    }
  });
});
