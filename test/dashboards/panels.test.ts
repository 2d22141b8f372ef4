import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../api/diagnosis-schemas.ts';
import type { SearchAnswer } from '../../api/schemas.ts';
import { queriesOf } from '../../dashboards/src/check/queries.ts';
import { grafanaFiles } from '../../dashboards/src/files.ts';
import { type LokiAnswer, type Site, startSite } from '../api/loki/site.ts';
import { rowsOf } from './ask-panel.ts';

const DAY_MS = 86_400_000;

describe('the questions of the dashboards to logs and traces', () => {
  let site: Site;
  let variables: Record<string, string>;
  let window: { fromMs: number; toMs: number };

  beforeAll(async () => {
    site = await startSite(['03-failures']);
    const { calls } = await site.json<SearchAnswer>('/api/search', { q: '', limit: '100' });
    const failed = calls.find(({ finalStatus, channelUuids }) => (finalStatus ?? 0) >= 500 && channelUuids.length > 0);
    if (failed?.startedAt == null) throw new Error('the recording has no call that failed');
    const [callId = ''] = failed.callIds;
    const startedMs = Date.parse(failed.startedAt);
    window = { fromMs: startedMs - DAY_MS / 2, toMs: startedMs + DAY_MS / 2 };
    const { data } = await site.json<{ data: string[] }>('/loki/api/v1/label/trace_id/values', {
      query: `{call_id=${JSON.stringify(callId)}}`,
      start: `${window.fromMs}000000`,
      end: `${window.toMs}000000`,
    });
    variables = { call: callId, trace: data[0] ?? '', q: failed.to.number };
  }, 120_000);
  afterAll(() => site?.stop());

  it('all find something in recorded calls', { timeout: 120_000 }, async () => {
    const queries = [...grafanaFiles()]
      .filter(([path]) => path.startsWith('dashboards/'))
      .flatMap(([, text]) => queriesOf(JSON.parse(text), variables))
      .filter(({ model }) => model.datasource.type !== 'prometheus');
    expect(queries.length).toBeGreaterThan(4);
    const empty: string[] = [];
    for (const query of queries) {
      const { dashboard, panel, model } = query;
      if ((await rowsOf(site.url, query, window)) === 0) {
        empty.push(`${dashboard} / ${panel}: ${JSON.stringify(model.expr ?? model.query)}`);
      }
    }
    expect(empty).toEqual([]);
  });

  it('the verdicts of a call are what its diagnosis says, a line each, and lines of no other question', async () => {
    const lines = async (query: string, range = window): Promise<Readonly<Record<string, string>>[]> => {
      const { data } = await site.json<LokiAnswer>('/loki/api/v1/query_range', {
        query,
        start: `${range.fromMs}000000`,
        end: `${range.toMs}000000`,
        limit: '100',
      });
      return data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ line, ...stream })));
    };
    const call = JSON.stringify(variables.call);
    const { verdicts } = await site.json<Diagnosis>(
      `/api/calls/${encodeURIComponent(variables.call ?? '')}/diagnosis`,
      {},
    );
    const found = await lines(`{call_id=${call}, source="verdict"}`);
    expect(found.map(({ line, ...labels }) => [line, labels.verdict, labels.cause, labels.next])).toEqual(
      verdicts.map(({ sentence, id, cause, next }) => [sentence, id, cause, next]),
    );
    expect(found.length).toBeGreaterThan(0);
    // The table of the dashboard has a column for each of these, and no others.
    const { panels } = JSON.parse(grafanaFiles().get('dashboards/call.json') ?? '') as {
      panels: { title: string; transformations?: { id: string; options: { include?: { names: string[] } } }[] }[];
    };
    const table = panels.find(({ title }) => title === 'Why')?.transformations;
    const columns = table?.find(({ id }) => id === 'filterFieldsByName')?.options.include?.names ?? [];
    expect(columns.length).toBeGreaterThan(5);
    expect(columns.filter((name) => name !== 'Line' && found.every((labels) => !(name in labels)))).toEqual([]);
    expect(await lines('{source="verdict", call_id="nothing like it"}')).toEqual([]);
    expect(await lines(`{call_id=${call}, source="verdict"}`, { fromMs: 0, toMs: 1000 })).toEqual([]);
    expect(await lines(`{call_id=${call}, source="verdict"} |= "x"`)).toEqual([]);
    expect((await lines(`{call_id=${call}}`)).filter(({ source }) => source === 'verdict')).toEqual([]);
  });

  it('lead from the call to its trace, whose root is that call', async () => {
    expect(variables.trace).toMatch(/^[0-9a-f]{32}$/);
  });
});
