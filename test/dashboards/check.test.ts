import { afterEach, describe, expect, it } from 'vitest';
import { rulesOf } from '../../dashboards/src/check/alerts.ts';
import type { Checked } from '../../dashboards/src/check/check.ts';
import { checkGrafana } from '../../dashboards/src/check/checks.ts';
import { createGrafana } from '../../dashboards/src/check/grafana.ts';
import { type Changed, RECORDED, type RecordedAnswer, type StandIn, startStandIn } from './stand-in-grafana.ts';

/** The files of the dashboards that were checked: what Grafana answered, without what it counts itself. */
const dashboards = new Map(
  RECORDED.answers
    .filter(({ path }) => path.startsWith('/api/dashboards/uid/'))
    .map(({ answer }) => (answer as { dashboard: Record<string, unknown> & { uid: string } }).dashboard)
    .map(({ id: _id, version: _version, ...file }) => [String(file.uid), file]),
);
const rules = rulesOf({
  groups: [{ rules: [{ uid: 'calltrail-call-failures-spike', title: 'CallFailuresSpike', for: '1m' }] }],
});

describe('the check of a Grafana', () => {
  let standIn: StandIn | undefined;
  afterEach(() => standIn?.stop());

  const check = async (changed?: Changed): Promise<Checked[]> => {
    standIn = await startStandIn(changed);
    const options = {
      ...{ dashboards, rules, fromMs: 1795589904000, toMs: 1795676304000 },
      variables: { q: '', tenant: '.*', trunk: '.*', node: '.*' },
    };
    const all: Checked[] = [];
    for await (const one of checkGrafana(createGrafana(standIn.url, { token: 'test' }), options)) all.push(one);
    return all;
  };
  /** What is not well, by what was looked at. */
  const amiss = (all: readonly Checked[]): string[] =>
    all.filter(({ outcome }) => outcome !== 'ok').map(({ what, outcome, why }) => `${outcome}: ${what}: ${why}`);
  const at =
    (part: string, answer: Partial<RecordedAnswer>): Changed =>
    ({ path, query }) =>
      `${path} ${JSON.stringify(query)}`.includes(part) ? answer : undefined;
  const emptied = { answer: { results: { A: { status: 200, frames: [] } } } };

  it('is content with what a real one answered', async () => {
    const all = await check();
    expect(standIn?.unknown).toEqual([]);
    expect(amiss(all)).toEqual([]);
    expect(all.length).toBeGreaterThan(35);
  });

  it.each<[string, Changed, string]>([
    [
      'a data source that is not connected',
      at('/calltrail-logs/health', {
        status: 400,
        answer: { status: 'ERROR', message: 'Unable to connect with Loki.' },
      }),
      'failed: data source calltrail-logs: 400 {"status":"ERROR","message":"Unable to connect with Loki."}',
    ],
    [
      'a panel that shows an error, by the text that it shows',
      at('warning|critical', { status: 400, answer: { results: { A: { error: 'parse error at line 1' } } } }),
      'failed: FreeSWITCH nodes / Complaints A: parse error at line 1',
    ],
    [
      'a dashboard that was changed',
      ({ path, answer }) =>
        path.endsWith('uid/calltrail-call')
          ? { answer: { dashboard: { ...(answer as { dashboard: object }).dashboard, title: 'Mine' } } }
          : undefined,
      'failed: dashboard calltrail-call is the file: differs in title',
    ],
    [
      'a dashboard that the next schema refuses',
      at('dryRun', { status: 422, answer: 'unknown field "spec.foo"' }),
      'failed: dashboard calltrail-call fits the schema: 422 unknown field "spec.foo"',
    ],
    [
      'a rule that cannot be evaluated',
      at('/api/v1/rules', {
        answer: {
          data: { groups: [{ rules: [{ uid: 'calltrail-call-failures-spike', health: 'error', lastError: 'bad' }] }] },
        },
      }),
      'failed: alert rule CallFailuresSpike: bad',
    ],
    [
      'a rule that is not there',
      at('/api/v1/rules', { answer: { data: { groups: [] } } }),
      'failed: alert rule CallFailuresSpike: no rule has the uid calltrail-call-failures-spike',
    ],
    [
      'a Prometheus that scrapes something else',
      at('"expr":"calltrail_source_up","instant"', emptied),
      'failed: metrics: Prometheus scrapes Calltrail: it has no calltrail_source_up',
    ],
    [
      'a ladder that anybody may see',
      ({ path, session }) => (path.includes('/ladder/') && !session ? { status: 200 } : undefined),
      'failed: nobody gets the ladder without a session: status 200: anonymous access is on',
    ],
    [
      'a ladder that is no picture',
      ({ path, session, status }) =>
        path.includes('/ladder/') && session && status === 200 ? { type: 'text/html', answer: 'log in' } : undefined,
      'failed: the ladder comes through the data source as a picture: 200 text/html: log in',
    ],
  ])('tells of %s', async (_what, changed, sentence) => {
    expect(amiss(await check(changed))).toContain(sentence);
  });

  it('tells apart what has nothing to show: a panel of failures may be empty, one of the call may not', async () => {
    const found = amiss(await check(({ query }) => (query === undefined ? undefined : emptied)));
    expect(found).toContain('nothing: FreeSWITCH nodes / Failed A: no rows');
    expect(found).toContain('failed: Call / Messages, events and log lines A: no rows');
  });

  it('does not take a right that is missing for a fault', async () => {
    const found = amiss(await check(at('dryRun', { status: 403, answer: { message: 'Access denied' } })));
    expect(found).toEqual(
      [...dashboards.keys()].map(
        (uid) => `nothing: dashboard ${uid} fits the schema: not asked: this takes the right to make dashboards`,
      ),
    );
  });

  it('stops where nobody may ask, and says what to give', async () => {
    const [first, ...rest] = await check(at('/api/org', { status: 401, answer: { message: 'Unauthorized' } }));
    expect(first?.why).toBe('it knows nobody who asks so: give --token or --user and --password');
    expect(rest).toEqual([]);
  });
});
