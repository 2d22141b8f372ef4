import { once } from 'node:events';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Ladder, SearchAnswer } from '../../../api/schemas.ts';
import { traceIdOfSummary } from '../../../api/tempo/search.ts';
import { createRandom } from '../../generate/random.ts';
import { until } from '../../system/until.ts';
import { askEach } from '../tempo/site.ts';
import { type Known, type Probe, probesOf, type RouteProbes } from './probes.ts';
import { BELL, OWN, openTwoTenants, type TwoTenants } from './two-tenants.ts';

/** Other ones of the names at each question: all that there are would be asked for an hour. */
const AT_EACH = 2;

/** Routes that tell everybody the same, or nobody of calls: that they do not tell others' to whoever may see them proves nothing. */
const UNTOLD: ReadonlySet<string> = new Set([
  ...['/', '/doctor', '/compare/*', '/calls/*', '/index.html', '/api/openapi.json', '/tempo/api/echo'],
  ...['/tempo/api/v2/search/tags', '/tempo/api/search/tags', '/tempo/api/metrics/query'],
  ...['/tempo/api/metrics/query_range', '/loki/api/v1/tail'],
  // Names of labels, and numbers.
  ...['/loki/api/v1/labels', '/loki/api/v1/label', '/loki/api/v1/index/stats', '/loki/api/v1/detected_fields'],
  // Of the site.
  ...['/ledger', '/livez', '/readyz', '/api/me', '/api/senders', '/api/ledger', '/api/audit', '/api/holds'],
  ...['/clocks', '/api/clocks', 'POST /api/privacy/erase', 'POST /api/reveal'],
]);
/** What is asked for by the key of his own call. */
const isByKey = (route: string): boolean => /:key|:id/.test(route);

describe.each([
  ['before the linker', false],
  ['after the linker', true],
])('a reader of one tenant, %s', { timeout: 600_000 }, (_when, isLinked) => {
  let site: TwoTenants;
  let table: Readonly<Record<string, RouteProbes>>;

  /** A machine that does much else may take too long: that is no answer, and it is asked again. */
  const ask = async (
    url: string,
    accept?: string,
    name: 'acme' | 'both' | 'site' = 'acme',
    sent: Pick<Probe, 'method' | 'body'> = {},
    tries = 4,
  ): Promise<LightMyRequestResponse> => {
    const headers = { ...site.headers(name), ...(accept === undefined ? {} : { accept }) };
    const answer = await site.server.inject({
      ...{ url, headers, method: sent.method ?? ('GET' as const) },
      ...(sent.body === undefined ? {} : { payload: sent.body }),
    });
    return answer.statusCode === 504 && tries > 1 ? ask(url, accept, name, sent, tries - 1) : answer;
  };

  beforeAll(async () => {
    site = await openTwoTenants(isLinked);
    const all = (await ask('/api/search?limit=500', undefined, 'site')).json<SearchAnswer>().calls;
    const stepsOf = async (key: string, name: 'acme' | 'site'): Promise<string[]> =>
      (await ask(`/api/calls/${encodeURIComponent(key)}/ladder`, undefined, name))
        .json<Ladder>()
        .steps.map(({ id }) => id);
    const foreign = all.filter(({ tenant }) => tenant !== 'acme');
    const own = all.find(({ id }) => id === OWN.callId);
    if (own === undefined) throw new Error('the planted call is there');
    const known: Known = {
      site,
      ownTrace: traceIdOfSummary(own),
      foreignTraces: foreign.map(traceIdOfSummary),
      ownStep: (await stepsOf(OWN.callId, 'acme'))[0] ?? '',
      foreignSteps: await stepsOf(BELL.callId, 'site'),
    };
    expect(known.foreignTraces.length).toBeGreaterThan(5);
    expect(known.foreignSteps.length).toBeGreaterThan(3);
    expect(site.sharedKeys.length).toBeGreaterThan(0);
    table = probesOf(known);
  }, 240_000);
  afterAll(() => site?.close());

  const random = createRandom(Date.now());
  const draw = (names: readonly string[]): string[] =>
    names.length <= AT_EACH ? [...names] : Array.from({ length: AT_EACH }, () => random.pick(names));

  /** What of others stands anywhere in an answer. */
  const leaksIn = (answer: LightMyRequestResponse, url: string): string[] => {
    const text = `${answer.statusCode} ${JSON.stringify(answer.headers)} ${answer.rawPayload.toString('latin1')}`;
    // What was asked for by name may be said again.
    const asked = decodeURIComponent(url);
    return site.foreign.filter((one) => text.includes(one) && !asked.includes(one));
  };

  it('is told the names of his own calls, and whoever sees all those of the site', async () => {
    const named = async (name: 'acme' | 'both' | 'site') =>
      (await ask('/api/names', undefined, name)).json<Record<'nodes' | 'trunks' | 'tenants', string[]>>();
    expect(await named('acme')).toEqual({ nodes: ['fs1', 'hep 101', 'hep 201'], trunks: [], tenants: ['acme'] });
    expect((await named('both')).nodes).toEqual(expect.arrayContaining(['fs1', 'fs4', 'hep 204']));
    const { nodes, trunks, tenants } = await named('site');
    expect(nodes).toEqual(expect.arrayContaining(['bell-host', 'fs3', 'hep 203']));
    expect([trunks.toSorted(), tenants.toSorted()]).toEqual([
      ['acme-trunk', 'bell-trunk'],
      ['acme', 'bell-co'],
    ]);
  });

  it('has every route of the server asked for him', () => {
    expect(site.routes.size).toBeGreaterThan(30);
    expect(Object.keys(table).toSorted()).toEqual([...site.routes].toSorted());
  });

  it('is shown his own and nothing of others, at each of them', async () => {
    const wrong: string[] = [];
    for (const [route, { probes }] of Object.entries(table)) {
      await askEach(probes, async (probe) => {
        const { url, shows = [], status = 200, accept } = probe;
        const answer = await ask(url, accept, 'acme', probe);
        if (answer.statusCode !== status)
          wrong.push(`${route}: ${url} answers ${answer.statusCode} ${answer.body.slice(0, 200)}`);
        for (const leak of leaksIn(answer, url)) wrong.push(`${route}: ${url} tells of ${leak}`);
        const text = answer.rawPayload.toString('utf8');
        for (const own of shows) if (!text.includes(own)) wrong.push(`${route}: ${url} does not show ${own}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('would be shown others by the same questions, were he not bound to his tenant', async () => {
    // What changes something is not tried by whoever may.
    const tellsOfOthers = async ({ url, accept, method, body }: Probe): Promise<boolean> =>
      leaksIn(await ask(url, accept, method === undefined ? 'site' : 'acme', { method, body }), url).length > 0;
    const silent: string[] = [];
    for (const [route, { probes }] of Object.entries(table)) {
      if (UNTOLD.has(route) || isByKey(route)) continue;
      let isTold = false;
      // One is enough.
      for (const probe of probes) if (!isTold) isTold = await tellsOfOthers(probe);
      if (!isTold) silent.push(route);
    }
    expect(silent).toEqual([]);
  });

  it('who is bound to two tenants sees the calls of each, and none that is made of both', async () => {
    const idsOf = async (name: 'acme' | 'both' | 'site') =>
      (await ask('/api/search?limit=500', undefined, name)).json<SearchAnswer>().calls;
    const [own, both, all] = [await idsOf('acme'), await idsOf('both'), await idsOf('site')];
    const of = (names: readonly string[]) =>
      all.filter(({ tenant }) => names.includes(tenant ?? '')).map(({ id }) => id);
    expect(own.map(({ id }) => id).toSorted()).toEqual(of(['acme']).toSorted());
    expect(both.map(({ id }) => id).toSorted()).toEqual(of(['acme', 'bell-co']).toSorted());
    expect(new Set(all.map(({ tenant }) => tenant)).size).toBeGreaterThan(2);
  });

  it('follows his own lines alone, and is sent nothing while others’ are stored', async () => {
    const url = await site.server.listen({ host: '127.0.0.1', port: 0 });
    const query = encodeURIComponent('{source=~".+"}');
    const socket = new WebSocket(`${url.replace('http', 'ws')}/loki/api/v1/tail?query=${query}&limit=100`, {
      headers: site.headers('acme'),
    });
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(String(data)));
    await once(socket, 'open');
    await until('a tail', () => site.news.watched());
    let count = 0;
    await until('a line of his own', async () => {
      count += 1;
      await site.storeNow(`tail${count}`);
      return frames.some((frame) => frame.includes('live-acme-'));
    });
    const text = frames.join('\n');
    expect(text).toContain('acme');
    expect(site.foreign.filter((one) => text.includes(one))).toEqual([]);
    expect(text).not.toContain('live-bell');
    expect(text).not.toContain('live-nobody');
    socket.close();
    await until('the tail to end', () => !site.news.watched());
  });

  it('is told the same of what is another’s as of what is not there', async () => {
    const wrong: string[] = [];
    for (const [route, { keyed = [] }] of Object.entries(table)) {
      for (const { foreign, unknown, url } of keyed) {
        const plain = ({ statusCode, headers, rawPayload }: LightMyRequestResponse, name: string): string => {
          const { date: _date, 'content-length': _length, ...rest } = headers;
          const body = rawPayload.toString('latin1');
          const written = [name, JSON.stringify(name).slice(1, -1), encodeURIComponent(name)];
          return written.reduce(
            (text, one) => text.replaceAll(one, '<name>'),
            `${statusCode} ${JSON.stringify(rest)} ${body}`,
          );
        };
        const answersTo = (names: readonly string[]): Promise<string[]> =>
          askEach(names, async (name) => plain(await ask(url(name)), name));
        const drawn = draw(foreign);
        const [first = '', ...others] = unknown;
        const [expected, ...answers] = await answersTo([first, ...drawn]);
        const unlike = [...answers.entries()].filter(([, answer]) => answer !== expected);
        // Names of another form may be answered otherwise: theirs are asked for only when they are needed.
        const alike = new Set(unlike.length === 0 ? [] : await answersTo(others));
        for (const [i, answer] of unlike) {
          if (!alike.has(answer)) {
            wrong.push(
              `${route}: ${url(drawn[i] ?? '')} answers ${answer.slice(0, 300)}, not ${expected?.slice(0, 300)}`,
            );
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
