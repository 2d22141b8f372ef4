import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Store, StoreError } from '../../../core/store/store.ts';
import { ask, metricOf, openSite, type Site, USERS } from './served.ts';

interface Entry {
  who: string;
  via: string;
  action: string;
  about: string;
  address: string;
  reason: string;
  status: number;
}

const ACCESS = { users: USERS, anonymous: false } as const;
const LOKI = '/loki/api/v1/query_range?query=';

describe('the audit', () => {
  let site: Site;
  let server: FastifyInstance;
  beforeAll(async () => {
    site = await openSite();
    server = await site.serve(ACCESS);
  });
  afterAll(() => site.close());

  const entries = async (query: string): Promise<Entry[]> => {
    const answer = await ask(server, `/api/audit?${query}`, 'ada');
    expect(answer.statusCode).toBe(200);
    return (answer.json() as { acts: Entry[] }).acts;
  };
  const until = (query: string, count: number): Promise<Entry[]> =>
    expect
      .poll(() => entries(query), { timeout: 15_000, interval: 100 })
      .toHaveLength(count)
      .then(() => entries(query));
  const seek = (path: string, name: string) => ask(server, path, name, { remoteAddress: '192.0.2.7' });

  test('says who searched which number, in whatever form it was written by either, and over which API', async () => {
    await seek(`/api/search?q=${encodeURIComponent('+49 (30) 555-0101')}`, 'rita');
    await seek(`/api/search?q=${encodeURIComponent('030 5550101')}`, 'otto');
    await seek(`${LOKI}${encodeURIComponent('{number="+49305550101"}')}`, 'otto');
    await seek(`/tempo/api/search?q=${encodeURIComponent('{ span.sip.from_user = "0049305550101" }')}`, 'ada');
    await seek(`/api/search?q=${encodeURIComponent('+49 30 555 0199')}`, 'rita');
    await until('action=search', 5);
    for (const form of ['+49305550101', '0049 30 5550101', '+49 (30) 555-0101']) {
      const found = await entries(`about=${encodeURIComponent(form)}`);
      expect(found.map(({ who, via, action }) => `${who} ${via} ${action}`).sort()).toEqual([
        'ada basic search',
        'otto basic search',
        'otto basic search',
        'rita basic search',
      ]);
    }
    expect(await entries('about=5550101&who=rita')).toMatchObject([
      { about: '+49 (30) 555-0101', address: '192.0.2.7', status: 200, reason: '' },
    ]);
  });

  test('says who looked at which call, who took it away, and that he did not get it', async () => {
    for (const path of ['', '/ladder', '/logs', '/steps', '/legs', '/export.pcap', '/export.txt']) {
      expect((await seek(`/api/calls/a%20call${path}`, 'otto')).statusCode).toBe(404);
    }
    await seek('/ladder/a%20call.svg', 'otto');
    const views = await until(`action=view&about=${encodeURIComponent('a call')}`, 6);
    expect(new Set(views.map(({ about, status }) => `${about} ${status}`))).toEqual(new Set(['a call 404']));
    expect(await entries(`action=export&about=${encodeURIComponent('A CALL')}`)).toHaveLength(2);
  });

  test('a live tail is written down when it begins', async () => {
    const url = (await server.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws');
    const query = encodeURIComponent('{number="+4930777"}');
    const token = USERS.find(({ name }) => name === 'rita')?.secret ?? '';
    const socket = new WebSocket(`${url}/loki/api/v1/tail?query=${query}`, {
      headers: { authorization: `Basic ${Buffer.from(`rita:${token}`).toString('base64')}` },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(await until('about=4930777', 1)).toMatchObject([{ who: 'rita', action: 'search', status: 101 }]);
    socket.terminate();
  });

  test('what a stranger asked is nobody’s, and what was asked too often is not written down', async () => {
    await ask(server, '/api/search?q=8005550000');
    const limits = { requestsPerMinute: 1, questions: 1, waiting: 1, tails: 1 };
    const strict = await site.serve({ ...ACCESS, limits });
    await ask(strict, '/api/search?q=8005550000', 'rita');
    expect((await ask(strict, '/api/search?q=8005550000', 'rita')).statusCode).toBe(429);
    await strict.close();
    expect(await entries('about=8005550000')).toHaveLength(1);
  });

  test('a text in the audit opens no formula in a spreadsheet, and stays one cell', async () => {
    const hostile = ['=cmd|"/c calc"!A1', '+1+1', '-2', '@SUM(A1)', '\t=1', 'a,"b"\r\n=c', '1\u0000'];
    for (const q of hostile) await seek(`/api/search?q=${encodeURIComponent(q)}`, 'acme-admin');
    await until('who=acme-admin', hostile.length);
    const answer = await ask(server, '/api/audit?who=acme-admin&format=csv', 'ada');
    expect(answer.headers['content-type']).toContain('text/csv');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="audit.csv"');
    const cells = cellsOf(answer.body);
    expect(cells[0]).toEqual(['at', 'who', 'via', 'through', 'address', 'action', 'about', 'reason', 'status']);
    expect(cells).toHaveLength(hostile.length + 1);
    expect(
      cells
        .slice(1)
        .map((row) => row[6])
        .sort(),
    ).toEqual(hostile.map((text) => (/^[=+\-@\t]/.test(text) ? `'${text}` : text)).sort());
  });

  test.each(['format=xml', 'action=read', 'from=yesterday', 'limit=0', 'from=2&to=1'])('refuses %s', async (query) => {
    expect((await ask(server, `/api/audit?${query}`, 'ada')).statusCode).toBe(400);
  });

  test('is filtered by time, and the newest come first', async () => {
    const all = await entries('limit=3');
    expect(all).toHaveLength(3);
    const at = (all[1] as unknown as { at: string }).at;
    const older = await entries(`to=${at}&limit=1`);
    expect(older).toEqual([all[1]]);
    expect(await entries(`from=${at}`)).toEqual(all.slice(0, 2));
  });

  test('while the store is away it waits; nothing is lost then, nor doubled when the reply is lost after it', async () => {
    let isAway = true;
    const errors: string[] = [];
    const tokens = new Set<string>();
    const asked = (store: Store): Store => ({
      ...store,
      async insert(table, rows, token) {
        if (isAway) throw new StoreError('unreachable', 'it is away');
        await store.insert(table, rows, token);
        if (!tokens.has(token)) {
          tokens.add(token);
          throw new StoreError('unreachable', 'the reply was lost');
        }
      },
    });
    const log = { info: () => {}, warn: () => {}, error: (text: string) => void errors.push(text) };
    const other = await site.serve(ACCESS, { log, asked });
    for (let i = 0; i < 20; i++) await ask(other, `/api/search?q=700555${i + 1000}`, 'rita');
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBe(1);
    expect(errors[0]).toBe('the audit waits for the store: it is away');
    expect(await metricOf(other, 'calltrail_audit_waiting')).toBe(20);
    isAway = false;
    await expect.poll(() => metricOf(other, 'calltrail_audit_stored_total'), { timeout: 20_000 }).toBe(20);
    expect(await entries('about=700555')).toHaveLength(20);
    expect(tokens.size).toBeGreaterThan(0);
    expect(await metricOf(other, 'calltrail_audit_lost_total{reason="store_away"}')).toBeUndefined();
  });

  test('what was not stored yet is, when the process stops', async () => {
    const other = await site.serve(ACCESS);
    await ask(other, '/api/search?q=6005550000', 'rita');
    await other.close();
    expect(await entries('about=6005550000')).toHaveLength(1);
  });
});

/** RFC 4180, read by other code than that which wrote it. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (isQuoted && c === '"' && text[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (c === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (c === ',' || (c === '\r' && text[i + 1] === '\n'))) {
      rows.at(-1)?.push(cell);
      cell = '';
      if (c === '\r') {
        i += 1;
        rows.push([]);
      }
    } else cell += c;
  }
  return rows.filter((row) => row.length > 0);
}
