import type { Static } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Ladder, SearchAnswer } from '../../api/schemas.ts';
import type { LegTable, StepTable } from '../../api/table-schemas.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createLinker } from '../../indexer/linker/linker.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';

/** The tables of docs/grafana.md: where the rows are, and columns with the types that Infinity gives them. */
type Columns = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'timestamp'>>;
const TABLES: readonly (readonly [string, string, string, Columns])[] = [
  [
    'search',
    '/api/search?limit=100',
    'calls',
    {
      startedAt: 'timestamp',
      'from.number': 'string',
      'from.name': 'string',
      'to.number': 'string',
      outcome: 'string',
      finalStatus: 'number',
      hangupCause: 'string',
      setupMs: 'number',
      talkMs: 'number',
      'attempts.failed': 'number',
      legCount: 'number',
      tenant: 'string',
      id: 'string',
    },
  ],
  [
    'legs',
    '/api/calls/:key/legs',
    'legs',
    {
      leg: 'string',
      parent: 'string',
      fromNumber: 'string',
      toNumber: 'string',
      startedAt: 'timestamp',
      endedAt: 'timestamp',
      outcome: 'string',
      finalStatus: 'number',
      nodes: 'string',
      callId: 'string',
    },
  ],
  [
    'steps',
    '/api/calls/:key/steps',
    'steps',
    { at: 'timestamp', sinceMs: 'number', kind: 'string', leg: 'string', from: 'string', to: 'string', body: 'string' },
  ],
  [
    'reasons',
    '/api/calls/:key',
    'edges',
    { since: 'timestamp', kind: 'string', tier: 'string', reason: 'string', 'a.value': 'string', 'b.value': 'string' },
  ],
  [
    'logs',
    '/api/calls/:key/logs',
    'lines',
    { at: 'timestamp', node: 'string', level: 'number', file: 'string', text: 'string' },
  ],
];

describe('answers read as tables', { timeout: 120_000 }, () => {
  let api: RecordedApi;
  let key: string;
  beforeAll(async () => {
    api = await openRecorded(['01-basic', '03-failures', '04-failover-fork']);
    key = api.callIds['04-failover-fork']![0]!;
  }, 120_000);
  afterAll(async () => {
    await api?.close();
  });

  const get = async <T>(path: string): Promise<T> => {
    const response = await api.server.inject(path.replace(':key', encodeURIComponent(key)));
    expect(response.statusCode, response.body.slice(0, 300)).toBe(200);
    return response.json<T>();
  };

  it.each(TABLES)(
    '%s: every cell that a column selects is one value of its type, or null',
    async (_, path, root, columns) => {
      const rows = (await get<Record<string, unknown[]>>(path))[root]!;
      expect(rows.length).toBeGreaterThan(1);
      for (const row of rows) {
        for (const [selector, type] of Object.entries(columns)) {
          const cell = selector
            .split('.')
            .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], row);
          expect(cell, selector).not.toBeUndefined();
          if (cell === null) continue;
          expect(typeof cell, selector).toBe(type === 'timestamp' ? 'string' : type);
          if (type === 'timestamp') expect(cell).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        }
      }
    },
  );

  it('steps are those of the ladder, in its order, with the names of hosts', async () => {
    const { steps } = await get<Static<typeof StepTable>>('/api/calls/:key/steps?show=sip');
    const ladder = await get<Ladder>('/api/calls/:key/ladder');
    const messages = ladder.steps.filter(({ kind }) => kind === 'message');
    expect(steps.map(({ id }) => id)).toEqual(messages.map(({ id }) => id));
    const names = new Map(ladder.lanes.map(({ id, name }) => [id, name]));
    expect(steps.map(({ from }) => from)).toEqual(messages.map(({ from }) => names.get(from!)));
    expect(steps.filter(({ failed }) => failed).map(({ status }) => status)).toEqual([503, 500]);
    expect(steps[0]).toMatchObject({ sinceMs: 0, leg: 'A', method: 'INVITE', kind: 'message' });
    expect(steps[0]!.body).toContain(' → ');
  });

  it('legs are those of the call, with letters for names', async () => {
    const { legs } = await get<Static<typeof LegTable>>('/api/calls/:key/legs');
    const call = await get<Call>('/api/calls/:key');
    expect(legs.map(({ id, outcome }) => [id, outcome])).toEqual(call.legs.map(({ id, outcome }) => [id, outcome]));
    expect(legs.map(({ leg }) => leg)).toEqual(['A', 'B', 'C']);
    const letters = new Map(legs.map(({ id, leg }) => [id, leg]));
    expect(legs.map(({ parent }) => parent)).toEqual(call.legs.map(({ parent }) => letters.get(parent ?? '') ?? null));
  });

  it('a search holds only the outcomes that are asked for, from the list of calls as well', async () => {
    const search = (query: string) => get<SearchAnswer>(`/api/search?limit=200${query}`);
    const check = async () => {
      const all = (await search('')).calls;
      const outcomes = new Set(all.map(({ outcome }) => outcome));
      expect(outcomes.size).toBeGreaterThan(2);
      for (const outcome of outcomes) {
        const { calls } = await search(`&outcome=${outcome}`);
        expect(calls).toEqual(all.filter((call) => call.outcome === outcome));
      }
      const two = (await search('&outcome=busy,rejected')).calls;
      expect(two).toEqual(all.filter(({ outcome }) => outcome === 'busy' || outcome === 'rejected'));
      expect((await search('&outcome=')).calls).toEqual(all);
      const few = await get<SearchAnswer>('/api/search?limit=1&outcome=answered');
      expect(few.calls).toHaveLength(1);
      expect(few.more).toBe(true);
      return all;
    };
    const walked = await check();
    // As the server and the linker of one configuration have them.
    const places = { names: createHostNames({}), nodes: new Set<string>() };
    await createLinker({ store: api.store, metrics: createMetrics(), log: silentLog, places, quietMs: 0 }).pass();
    expect(await check()).toEqual(walked);
  });

  it('a search by time takes epoch milliseconds, as a dashboard writes them', async () => {
    const { calls } = await get<SearchAnswer>('/api/search?limit=200');
    const middle = Date.parse(calls[Math.floor(calls.length / 2)]!.startedAt!);
    const late = (await get<SearchAnswer>(`/api/search?limit=200&from=${middle}`)).calls;
    expect(late.length).toBeGreaterThan(0);
    expect(late.length).toBeLessThan(calls.length);
    expect(late.every(({ endedAt }) => endedAt === null || Date.parse(endedAt) >= middle)).toBe(true);
  });

  it.each([
    ['/api/search?outcome=lost', 'must be a list of in_progress, answered'],
    ['/api/calls/x/steps?show=video', 'must be a list of sip, events and logs'],
  ])('%s is answered 400 with a sentence', async (path, sentence) => {
    const response = await api.server.inject(path);
    expect(response.statusCode).toBe(400);
    expect(response.json<{ message: string }>().message).toContain(sentence);
  });

  it.each(['steps', 'legs'])('%s of an unknown key are 404', async (table) => {
    expect((await api.server.inject(`/api/calls/nobody/${table}`)).statusCode).toBe(404);
  });

  it('are described in OpenAPI', async () => {
    const { paths } = await get<{ paths: Record<string, { get: { parameters: { name: string }[] } }> }>(
      '/api/openapi.json',
    );
    expect(paths['/api/calls/{key}/steps']).toBeDefined();
    expect(paths['/api/calls/{key}/legs']).toBeDefined();
    expect(paths['/api/search']!.get.parameters.map(({ name }) => name)).toContain('outcome');
  });
});
