import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchAnswer } from '../../api/schemas.ts';
import { type Checked, checkGrafana } from '../../dashboards/src/check/checks.ts';
import { createGrafana } from '../../dashboards/src/check/grafana.ts';
import { grafanaFiles } from '../../dashboards/src/files.ts';
import { METRICS } from '../../dashboards/src/lib/sources.ts';
import { type Site, startSite } from '../api/loki/site.ts';
import { PASSWORD, type StandInOptions, startStandIn } from './stand-in.ts';

const DAY_MS = 86_400_000;

describe('the check of a Grafana', { timeout: 120_000 }, () => {
  let site: Site;
  let variables: Record<string, string>;
  let window: { fromMs: number; toMs: number };
  const dashboards = new Map(
    [...grafanaFiles()]
      .filter(([path]) => path.startsWith('dashboards/'))
      .map(([, text]) => JSON.parse(text) as { uid: string; title: string })
      .map((json) => [json.uid, json] as const),
  );

  beforeAll(async () => {
    site = await startSite(['03-failures']);
    const { calls } = await site.json<SearchAnswer>('/api/search', { q: '', limit: '100' });
    const failed = calls.find(({ finalStatus, channelUuids }) => (finalStatus ?? 0) >= 500 && channelUuids.length > 0);
    if (failed?.startedAt == null) throw new Error('the recording has no call that failed');
    const startedMs = Date.parse(failed.startedAt);
    window = { fromMs: startedMs - DAY_MS / 2, toMs: startedMs + DAY_MS / 2 };
    variables = { call: failed.callIds[0] ?? '', q: failed.to.number, tenant: '.*', trunk: '.*', node: '.*' };
  }, 120_000);
  afterAll(() => site?.stop());

  const check = async (more: Partial<StandInOptions> = {}, password = PASSWORD): Promise<Checked[]> => {
    const standIn = await startStandIn({ calltrailUrl: site.url, dashboards, ...more });
    try {
      const grafana = createGrafana(standIn.url, { user: 'admin', password });
      const all: Checked[] = [];
      for await (const one of checkGrafana(grafana, { dashboards, ...window, variables })) all.push(one);
      return all;
    } finally {
      await standIn.close();
    }
  };
  const bad = (all: readonly Checked[]): Checked[] => all.filter(({ why }) => why !== undefined);

  it('finds data sources, panels, dashboards and the ladder through the proxy well, and that no Prometheus is there', async () => {
    const all = await check();
    const told = bad(all).filter(
      ({ what, why }) => what !== `data source ${METRICS.uid}` && why !== 'there is no Prometheus here',
    );
    expect(told).toEqual([]);
    const well = all.filter(({ why }) => why === undefined).map(({ what }) => what);
    expect(well).toEqual(
      expect.arrayContaining([
        ...['data source calltrail-logs', 'data source calltrail-traces', 'the log has calls', 'the call has a trace'],
        ...['the ladder comes through the data source', 'nobody gets the ladder without a session'],
        ...[...dashboards.keys()].map((uid) => `dashboard ${uid} is the file`),
      ]),
    );
    expect(well.filter((what) => what.includes(' / ')).length).toBeGreaterThan(4);
    expect(bad(all).length).toBeGreaterThan(10);
  });

  it('tells which dashboard was changed, and in what', async () => {
    const [uid, json] = [...dashboards][0] as [string, { title: string }];
    const changed = new Map<string, unknown>([...dashboards, [uid, { ...json, title: 'Mine' }]]);
    const told = bad(await check({ dashboards: changed })).find(({ what }) => what === `dashboard ${uid} is the file`);
    expect(told?.why).toBe('differs in title');
  });

  it('tells when anybody may look, and when nobody may', async () => {
    const open = bad(await check({ anonymous: true })).map(({ what }) => what);
    expect(open).toContain('nobody gets the ladder without a session');
    expect(await check({}, 'wrong')).toEqual([{ what: 'Grafana answers', why: expect.stringContaining('401') }]);
  });
});
