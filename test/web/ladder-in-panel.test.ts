import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRecorded, type RecordedApi } from '../api/recorded.ts';
import { readXml } from '../api/xml.ts';
import { needs } from '../system/needs.ts';

const PREFIX = '/api/datasources/proxy/uid/calls-loki';
const SESSION = 'grafana_session=test';
const RECORDING = '01-basic';

/**
 * What Grafana's data source proxy does with a request, as far as a picture can tell: it asks for a session, takes its own
 * part off the address, leaves the rest as it was encoded, and answers under its own policy.
 */
function standIn({ server }: RecordedApi, panel: () => string): Server {
  return createServer(async (request, response) => {
    const url = request.url ?? '';
    if (request.headers.cookie !== SESSION) return response.writeHead(401).end('Unauthorized');
    if (!url.startsWith(PREFIX)) return response.writeHead(200, { 'content-type': 'text/html' }).end(panel());
    const answer = await server.inject({ url: url.slice(PREFIX.length), headers: { 'user-agent': 'Grafana/12.4.0' } });
    const { 'content-type': type, 'cache-control': cache } = answer.headers;
    return response
      .writeHead(answer.statusCode, {
        'content-type': String(type),
        'cache-control': String(cache),
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
      })
      .end(answer.rawPayload);
  });
}

needs('chromium')('the ladder in a panel of Grafana', { timeout: 120_000 }, () => {
  let api: RecordedApi;
  let proxy: Server;
  let origin: string;
  let browser: Browser;
  let key: string;

  /** The line that the documentation tells to put into the panel, with the variables filled in. */
  const panel = (): string => {
    const [line] = /^<img .*>$/m.exec(readFileSync(new URL('../../docs/grafana.md', import.meta.url), 'utf8')) ?? [];
    expect(line).toBeDefined();
    return line!.replace(/\$\{call:percentencode\}/g, encodeURIComponent(key)).replace(/\$\{__to\}/g, '1795256498752');
  };

  beforeAll(async () => {
    api = await openRecorded([RECORDING]);
    key = api.callIds[RECORDING]![0]!;
    proxy = standIn(api, () => `<!doctype html><html style="color-scheme:dark"><body>${panel()}</body></html>`);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox'] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await new Promise<void>((resolve) => {
      proxy?.close(() => resolve());
      proxy?.closeAllConnections();
    });
    await api?.close();
  });

  const through = (path: string, headers: Record<string, string> = { cookie: SESSION }): Promise<Response> =>
    fetch(`${origin}${PREFIX}${path}`, { headers });

  test('conformance 39: the proxy hands on the same picture, and nothing to those who are not logged in', async () => {
    const path = `/ladder/${encodeURIComponent(key)}.svg`;
    const response = await through(path);
    expect(response.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    const body = await response.text();
    expect(body).toBe((await api.server.inject(path)).body);
    expect(readXml(body)[0]?.name).toBe('svg');
    expect((await through(path, {})).status).toBe(401);
  });

  test('the documented line shows it', async () => {
    const context = await browser.newContext({ extraHTTPHeaders: { cookie: SESSION } });
    const page = await context.newPage();
    await page.goto(origin);
    const [width, height] = await page.locator('img').evaluate(async (image) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    expect(width).toBe(1600);
    expect(height).toBeGreaterThan(500);
    await context.close();
  });

  test('a call that nobody knows is told in the panel', async () => {
    const known = key;
    key = 'nobody@nowhere';
    const context = await browser.newContext({ extraHTTPHeaders: { cookie: SESSION } });
    const page = await context.newPage();
    await page.goto(origin);
    const width = await page.locator('img').evaluate(async (image) => {
      await image.decode();
      return image.naturalWidth;
    });
    expect(width).toBe(1600);
    await context.close();
    key = known;
  });
});
