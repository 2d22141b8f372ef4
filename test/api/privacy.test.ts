import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '../../api/server.ts';
import { readOpenJobs } from '../../core/privacy/jobs.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { basic, USERS } from './access/served.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';

describe('orders to erase and holds', () => {
  let recorded: RecordedApi;
  let server: FastifyInstance;
  let key: string;
  beforeAll(async () => {
    recorded = await openRecorded(['01-basic']);
    key = recorded.callIds['01-basic']?.[0] ?? '';
    server = await createServer({
      ...{ store: recorded.store, metrics: createMetrics(), log: silentLog, hosts: {}, guesses: false, version: '1' },
      ...{ access: { users: USERS, anonymous: false }, sources: () => [], unmask: () => undefined },
    });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await recorded.close();
  });
  const ask = async (who: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    server.inject({
      method,
      url,
      headers: { authorization: basic(who) },
      ...(payload === undefined ? {} : { payload }),
    });
  const holdUrl = (): string => `/api/holds/${encodeURIComponent(key)}`;

  test('are of an admin of the whole site alone', async () => {
    for (const who of ['rita', 'otto', 'acme-admin']) {
      const answers = await Promise.all([
        ask(who, 'POST', '/api/privacy/erase', { number: '+14155550101', reason: 'asked for' }),
        ask(who, 'GET', '/api/privacy/jobs/00000000000000aa'),
        ask(who, 'GET', '/api/holds'),
        ask(who, 'PUT', holdUrl(), { reason: 'court order' }),
        ask(who, 'DELETE', `${holdUrl()}?reason=over`),
      ]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403]);
    }
    expect(await readOpenJobs(recorded.store)).toEqual([]);
  });

  test('an order is answered with a job, which can be asked for, and which does not repeat the number', async () => {
    const answer = await ask('ada', 'POST', '/api/privacy/erase', { number: '+1 415 555 0101', reason: 'asked for' });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ state: 'waiting', who: 'ada', reason: 'asked for', legs: 0 });
    const job = await ask('ada', 'GET', `/api/privacy/jobs/${answer.json().id}`);
    expect(job.json()).toEqual(answer.json());
    expect(job.body).not.toContain('555');
    expect((await readOpenJobs(recorded.store)).map(({ number }) => number)).toEqual(['+1 415 555 0101']);
  });

  test.each([
    [{ number: 'alice', reason: 'asked for' }, 400],
    [{ number: '+14155550101' }, 400],
    [{ number: '+14155550101', reason: '' }, 400],
    [{ reason: 'asked for' }, 400],
  ])('an order that says %j is refused', async (body, status) => {
    const answer = await ask('ada', 'POST', '/api/privacy/erase', body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().message).toMatch(/^Parameter "/);
  });

  test('a call is held, listed and released', async () => {
    const held = await ask('ada', 'PUT', holdUrl(), { reason: 'court order' });
    expect([held.statusCode, held.json()]).toMatchObject([200, { call: key, who: 'ada', reason: 'court order' }]);
    expect(held.json().legs).toBeGreaterThan(1);
    expect((await ask('ada', 'GET', '/api/holds')).json().holds).toEqual([held.json()]);
    expect((await ask('ada', 'DELETE', `${holdUrl()}?reason=over`)).statusCode).toBe(200);
    expect((await ask('ada', 'GET', '/api/holds')).json().holds).toEqual([]);
    expect((await ask('ada', 'DELETE', `${holdUrl()}?reason=over`)).statusCode).toBe(404);
    expect((await ask('ada', 'PUT', '/api/holds/nobody', { reason: 'court order' })).statusCode).toBe(404);
  });
});
