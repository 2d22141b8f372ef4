import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createServer } from '../../../api/server.ts';
import { createTokens } from '../../../core/privacy/tokens.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { storeHand } from '../../generate/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { leaksIn, PLANTED, type Planted, plantedCall } from './planted.ts';

const KEY = 'a key of the tests, of more than 32 characters';
const users = [
  { name: 'rita', secret: 'secret of a reader', role: 'reader' },
  { name: 'otto', secret: 'secret of an operator', role: 'operator' },
] as const;
const as = (user: 0 | 1) => ({
  authorization: `Basic ${Buffer.from(`${users[user].name}:${users[user].secret}`).toString('base64')}`,
});
const tokens = createTokens(KEY);
const bare = PLANTED.caller.slice(1);

/** What is asked of a route; a POST has a body. */
interface Probe {
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Says nothing of the call, to anybody. */
  readonly empty?: true;
}

describe('whoever numbers and names are hidden from', { timeout: 240_000 }, () => {
  let store: Store;
  let server: FastifyInstance;
  let open: FastifyInstance;
  let planted: Planted;
  let probes: Record<string, readonly Probe[]>;
  let shownKey: string;

  const config = (privacy: boolean) => ({
    ...{ store, metrics: createMetrics(), log: silentLog, hosts: {}, guesses: false, version: '1.2.3' },
    sources: () => [],
    unmask: () => undefined,
    access: { users, anonymous: false },
    ...(privacy ? { privacy: { key: KEY, mask: ['reader' as const], showDigits: { first: 0, last: 0 } } } : {}),
  });

  beforeAll(async () => {
    store = await openEmptyStore();
    planted = await plantedCall();
    await storeHand(store, planted.events);
    await store.insert('alerts', [alertOf(planted)], 'planted alert');
    server = await createServer(config(true));
    open = await createServer(config(false));
    await server.listen({ host: '127.0.0.1', port: 0 });
    const answer = (await server.inject({ url: `/api/search?q=${bare}`, headers: as(0) })).json();
    shownKey = answer.calls[0].id;
    probes = await probesOf(planted, server);
  }, 120_000);
  afterAll(async () => {
    await server?.close();
    await open?.close();
    await store?.close();
  });

  const ask = (probe: Probe, user: 0 | 1, app = server) =>
    app.inject({
      url: probe.path,
      method: probe.body === undefined ? 'GET' : 'POST',
      headers: { ...as(user), ...probe.headers },
      ...(probe.body === undefined ? {} : { payload: probe.body }),
    });

  test('is shown nothing of them by any route, while an operator is: every route has a probe', async () => {
    const routes = routesOf(server);
    expect(routes.length).toBeGreaterThan(25);
    expect(routes.filter((route) => probes[route] === undefined)).toEqual([]);
    expect(Object.keys(probes).filter((route) => !routes.includes(route))).toEqual([]);
    for (const [route, asked] of Object.entries(probes)) {
      for (const probe of asked) {
        const [reader, operator] = await Promise.all([ask(probe, 0), ask(probe, 1)]);
        if (operator.statusCode >= 400) throw new Error(`${probe.path}: ${operator.statusCode} ${operator.body}`);
        if (route !== '/api/reveal')
          expect([probe.path, reader.statusCode, reader.statusCode >= 400 ? reader.body : '']).toEqual([
            probe.path,
            operator.statusCode,
            '',
          ]);
        // Figures of the process are of any digits.
        const body = route === '/metrics' ? Buffer.from(reader.body.replace(/ [-+.e\d]+$/gm, '')) : reader.rawPayload;
        expect([probe.path, leaksIn(body)]).toEqual([probe.path, []]);
        // A probe that would find nothing anyway proves nothing.
        if (probe.empty !== true)
          expect([probe.path, leaksIn(operator.rawPayload).length > 0]).toEqual([probe.path, true]);
      }
    }
  });

  test('is not let in without a secret, whatever the route', async () => {
    for (const path of ['/api/search', '/tempo/api/search', '/loki/api/v1/labels', '/ladder/x.svg', '/metrics']) {
      expect([path, (await server.inject(path)).statusCode]).toEqual([path, 401]);
    }
  });

  test('is told nothing of them by an error', async () => {
    const key = encodeURIComponent(`${bare}-nothing@site.example`);
    for (const path of [
      `/api/calls/${key}`,
      `/api/calls/${encodeURIComponent(tokens.of(PLANTED.name))}`,
      `/nothing/${bare}`,
      `/api/search?q=${bare}&limit=${bare}`,
      `/api/search?q=x&tenant=x&outcome=${bare}`,
      `/api/search?node=${bare.repeat(40)}`,
      `/ladder/${key}.svg`,
      `/loki/api/v1/query_range?query=${encodeURIComponent(`{number="${tokens.of(PLANTED.name)}"}`)}`,
      `/loki/api/v1/query_range?query=${encodeURIComponent(`{number=${bare}}`)}`,
      `/tempo/api/search?q=${encodeURIComponent(`{ .${bare} = 1 }`)}`,
      `/tempo/api/traces/${bare}`,
      `/api/alerts?kind=${bare}`,
    ]) {
      const answer = await ask({ path }, 0);
      expect([path, answer.statusCode >= 400, leaksIn(answer.rawPayload)]).toEqual([path, true, []]);
    }
  });

  test('is shown lines as they come, and the reason why none come, without them', async () => {
    const { port } = server.server.address() as AddressInfo;
    const tail = (query: string) =>
      new Promise<{ text: string; reason: string }>((resolve, reject) => {
        const start = BigInt(firstUs(planted)) * 1000n;
        const socket = new WebSocket(
          `ws://127.0.0.1:${port}/loki/api/v1/tail?query=${encodeURIComponent(query)}&start=${start}&limit=1000`,
          { headers: as(0) },
        );
        socket.on('message', (data) => {
          resolve({ text: String(data), reason: '' });
          socket.close();
        });
        socket.on('close', (_code, reason) => resolve({ text: '', reason: String(reason) }));
        socket.on('error', reject);
      });
    const { text } = await tail(`{call_id="${planted.callId}"}`);
    expect(text).toContain(tokens.of(PLANTED.caller));
    expect(leaksIn(Buffer.from(text))).toEqual([]);
    const refused = await tail(`{number="${tokens.of(PLANTED.name)} ${bare}"}`);
    expect(refused.reason).not.toBe('');
    expect(leaksIn(Buffer.from(refused.reason))).toEqual([]);
  });

  test('finds a call by its token, by the whole number that he knows, and by the key that he is shown', async () => {
    const found = async (q: string): Promise<number> =>
      (await ask({ path: `/api/search?q=${encodeURIComponent(q)}` }, 0)).json().calls.length;
    for (const q of [
      tokens.of(PLANTED.caller),
      tokens.of(PLANTED.name),
      PLANTED.caller,
      bare,
      bare.slice(1),
      PLANTED.name,
      shownKey,
    ]) {
      expect([q, await found(q)]).toEqual([q, 1]);
    }
    expect(shownKey).toContain(tokens.of(bare));
    const call = await ask({ path: `/api/calls/${encodeURIComponent(shownKey)}` }, 0);
    expect(call.json().from).toEqual({ number: tokens.of(PLANTED.caller), name: tokens.of(PLANTED.name) });
    expect(call.json().id).toBe(shownKey);
  });

  test('cannot find a number or a name by parts of it, as others can', async () => {
    for (const q of ['0199', bare.slice(-6), 'quick', 'zoë', 'xanthippe']) {
      const [reader, operator] = [
        await ask({ path: `/api/search?q=${encodeURIComponent(q)}` }, 0),
        await ask({ path: `/api/search?q=${encodeURIComponent(q)}` }, 1),
      ];
      expect([q, reader.json().calls.length, operator.json().calls.length]).toEqual([q, 0, 1]);
    }
  });

  test('is refused patterns and counts that would tell a number digit by digit, with a sentence', async () => {
    const loki = (query: string): string =>
      `/loki/api/v1/query_range?query=${encodeURIComponent(query)}&${windowOf(planted)}`;
    const tempo = (query: string): string => `/tempo/api/search?q=${encodeURIComponent(query)}`;
    for (const path of [
      loki('{source="sip"} | from_user=~"\\\\+1415.*"'),
      loki('{source="sip"} | to_user!~"21.*"'),
      loki('{call_id=~"1415.*"}'),
      loki('{source="sip", leg=~"1415.*"}'),
      loki('sum(count_over_time({source="sip"} |= "415555" [1h]))'),
      loki('sum(count_over_time({source="sip"} |~ "4155.*" [1h]))'),
      loki('sum(count_over_time({source="sip"} != "Quick" [1h]))'),
      `/loki/api/v1/index/stats?query=${encodeURIComponent('{source="sip"} |= "415"')}&${windowOf(planted)}`,
      `/loki/api/v1/series?match[]=${encodeURIComponent('{source="sip"} |= "415"')}&${windowOf(planted)}`,
      tempo('{ .sip.from =~ ".*99" }'),
      tempo('{ .sip.from > 14155550000 }'),
      tempo('{ name =~ "INVITE .1415.*" }'),
      tempo('{ .sip.from_name !~ "Z.*" }'),
    ]) {
      const [reader, operator] = [await ask({ path }, 0), await ask({ path }, 1)];
      expect([path, reader.statusCode, operator.statusCode]).toEqual([path, 400, 200]);
      expect(reader.body).toContain('hidden from you');
    }
  });

  test('looks for texts in lines as they are shown, and for tokens in what is stored', async () => {
    const lines = async (query: string): Promise<number> => {
      const answer = await ask(
        { path: `/loki/api/v1/query_range?query=${encodeURIComponent(query)}&limit=1000&${windowOf(planted)}` },
        0,
      );
      if (answer.statusCode !== 200) throw new Error(`${query}: ${answer.body}`);
      return answer
        .json()
        .data.result.reduce((sum: number, { values }: { values: unknown[] }) => sum + values.length, 0);
    };
    const call = `call_id="${shownKey}"`;
    const all = await lines(`{${call}}`);
    expect(all).toBeGreaterThan(20);
    for (const fragment of ['14155', '0199', 'Quick', 'Zo', '@site.example>;tag=nothing']) {
      expect([fragment, await lines(`{${call}} |= "${fragment}"`)]).toEqual([fragment, 0]);
    }
    expect(await lines(`{${call}} |~ "4155?5"`)).toBe(0);
    expect(await lines(`{${call}} != "14155"`)).toBe(all);
    const invites = await lines(`{${call}} |~ "^INVITE sip:"`);
    expect(invites).toBeGreaterThan(0);
    expect(await lines(`{${call}} |= "SIP/2.0 200"`)).toBeGreaterThan(0);
    const named = await lines(`{${call}} |= "${tokens.of(PLANTED.caller)}"`);
    expect(named).toBeGreaterThan(0);
    expect(named).toBeLessThan(all);
    expect(await lines(`{source="sip"} | from_user="${tokens.of(PLANTED.caller)}"`)).toBeGreaterThan(0);
    expect(await lines(`{number="${tokens.of(PLANTED.caller)}"}`)).toBeGreaterThan(0);
    expect(await lines(`{number=~"${tokens.of(PLANTED.callee)}|${tokens.of(PLANTED.caller)}"}`)).toBeGreaterThan(0);
    expect(await lines(`{source="sip"} | from_user=~"${tokens.of(PLANTED.caller)}|x"`)).toBeGreaterThan(0);
  });

  test('counts by a hidden label and is shown its tokens', async () => {
    const query = encodeURIComponent('sum by (from_user) (count_over_time({source="sip"} [1h]))');
    const answer = (
      await ask({ path: `/loki/api/v1/query?query=${query}&time=${Math.ceil(firstUs(planted) / 1e6) + 1800}` }, 0)
    ).json();
    const users = answer.data.result.map(({ metric }: { metric: Record<string, string> }) => metric.from_user);
    expect(users).toContain(tokens.of(PLANTED.caller));
  });

  test('an operator is told what tokens stand for, with a reason; a reader is not', async () => {
    const body = { tokens: [tokens.of(PLANTED.caller), 'num~nothing~'], reason: 'the customer asked us to' };
    expect((await ask({ path: '/api/reveal', body }, 0)).statusCode).toBe(403);
    const answer = await ask({ path: '/api/reveal', body }, 1);
    expect(answer.json()).toEqual({
      values: [
        { token: body.tokens[0], value: PLANTED.caller },
        { token: 'num~nothing~', value: null },
      ],
    });
    for (const bad of [
      { ...body, reason: 'because' },
      { ...body, reason: '           ' },
      { tokens: [], reason: body.reason },
      { tokens: Array.from({ length: 51 }, () => 'x'), reason: body.reason },
      { tokens: body.tokens },
    ]) {
      expect((await ask({ path: '/api/reveal', body: bad }, 1)).statusCode).toBe(400);
    }
    const metrics = (await ask({ path: '/metrics' }, 1)).body;
    expect(metrics).toMatch(/^calltrail_audit_acts_total\{action="reveal"\} [1-9]$/m);
    expect((await ask({ path: '/api/reveal', body }, 1, open)).statusCode).toBe(400);
  });

  test('whoever may see them takes a call along without them where he asks for it, on a site without a key too', async () => {
    const key = encodeURIComponent(planted.callId);
    const files = ['pcap', 'txt', 'svg', 'html', 'json'].map((extension) => [extension, server] as const);
    for (const [extension, app] of [...files, ['pcap', open], ['txt', open]] as const) {
      const answer = await ask({ path: `/api/calls/${key}/export.${extension}?masked=true` }, 1, app);
      const name = Buffer.from(String(answer.headers['content-disposition']));
      expect([extension, answer.statusCode, leaksIn(answer.rawPayload), leaksIn(name)]).toEqual([
        extension,
        200,
        [],
        [],
      ]);
      expect([extension, answer.rawPayload.includes(tokens.of(PLANTED.caller))]).toEqual([extension, app === server]);
    }
    const path = `/api/calls/${key}/export.txt?masked=false`;
    expect(leaksIn((await ask({ path }, 0)).rawPayload)).toEqual([]);
    expect(leaksIn((await ask({ path }, 1)).rawPayload).length).toBeGreaterThan(0);
  });

  test('everybody is told who he is', async () => {
    expect((await ask({ path: '/api/me' }, 0)).json()).toEqual({
      name: 'rita',
      role: 'reader',
      tenants: null,
      hidden: true,
      mayReveal: false,
    });
    expect((await ask({ path: '/api/me' }, 1)).json()).toEqual({
      name: 'otto',
      role: 'operator',
      tenants: null,
      hidden: false,
      mayReveal: true,
    });
    expect((await ask({ path: '/api/me' }, 1, open)).json()).toMatchObject({ hidden: false, mayReveal: false });
  });

  test('to whoever nothing is hidden from every answer is the same, byte for byte, with a key and without', async () => {
    for (const [route, asked] of Object.entries(probes)) {
      // What differs by who asks, and what is of the moment in which it is asked.
      if (['/metrics', '/api/me', '/api/reveal', '/api/clocks'].includes(route)) continue;
      for (const probe of asked.slice(0, 1)) {
        const [withKey, without] = await Promise.all([ask(probe, 1), ask(probe, 1, open)]);
        expect([probe.path, withKey.rawPayload.equals(without.rawPayload)]).toEqual([probe.path, true]);
      }
    }
  });
});

/** Every path that can be asked with GET or POST. */
function routesOf(server: FastifyInstance): string[] {
  const found = new Set<string>();
  // A tree: each level is four characters further to the right, and stands behind the one above it.
  const above: string[] = [];
  for (const line of server.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, before = '', path, methods = ''] = /^([\s│├└─]*)(\S+)(?: \(([^)]*)\))?/.exec(line) ?? [];
    if (path === undefined) continue;
    const depth = before.length / 4 - 1;
    above[depth] = `${depth === 0 ? '' : above[depth - 1]}${path}`;
    if (/GET|POST/.test(methods)) found.add(above[depth] ?? '');
  }
  return [...found];
}

const firstUs = ({ events }: Planted): number => Math.min(...events.map(({ atUs }) => atUs));
const windowOf = (planted: Planted): string => {
  const us = firstUs(planted);
  return `start=${Math.floor(us / 1e6) - 60}&end=${Math.floor(us / 1e6) + 3600}`;
};

function alertOf({ callId }: Planted) {
  const series = {
    ...{ dimension: 'trunk', name: `PJSIP/${PLANTED.callee}`, kind: 'failures', test: 'slow', state: 'open' },
    ...{
      since: 29_000_000,
      opened: 29_000_002,
      closed: -1,
      failed: 7,
      attempts: 9,
      expectedFailed: 1,
      expectedAttempts: 9,
      score: 9,
      threshold: 5,
    },
  };
  const share = { attempts: 9, failed: 7, shareOfFailed: 1, shareOfAttempts: 1, lift: 1, excess: 6, score: 9 };
  const body = {
    series: [series],
    explanation: [
      { dimension: 'prefix', value: bare.slice(0, 6), ...share },
      { dimension: 'trunk', value: `PJSIP/${PLANTED.callee}`, ...share },
    ],
    calls: [callId],
    silent: [],
  };
  const minutes = [
    { minute: 29_000_000, attempts: 9, failed: 7, blind: false, expectedAttempts: 9, expectedRatio: 0.1 },
  ];
  const inputs = {
    minutes,
    cap: { slow: 9, vanished: 9 },
    rho: 0.1,
    spread: 1,
    leakOdds: 1,
    vanishedShare: 0.5,
    minFailed: 3,
  };
  return {
    ...{ id: '00000000000000aa', version: 1, arrived: 1_740_000_000_000_000, kind: 'failures', state: 'open' },
    ...{ since: 1_740_000_000_000_000, opened: 1_740_000_120_000_000, closed: 0, body: JSON.stringify(body) },
    inputs: JSON.stringify([{ dimension: 'trunk', name: series.name, opened: 29_000_002, inputs }]),
  };
}

/** What each route is asked; a route without any is an error. */
async function probesOf(planted: Planted, server: FastifyInstance): Promise<Record<string, readonly Probe[]>> {
  const key = encodeURIComponent(planted.callId);
  const window = windowOf(planted);
  const get = async (path: string) => (await server.inject({ url: path, headers: as(1) })).json();
  const { steps } = (await get(`/api/calls/${key}/ladder`)) as { steps: { id: string; kind: string }[] };
  const { traces } = (await get('/tempo/api/search?q=')) as { traces: { traceID: string }[] };
  const trace = traces[0]?.traceID ?? '';
  const loki = (path: string, query: string, more = ''): Probe => ({
    path: `/loki/api/v1/${path}?query=${encodeURIComponent(query)}&${window}${more}`,
  });
  const everything = '{source=~"sip|pbx|sbc|rtcp"}';
  const empty = { empty: true } as const;
  const tags = ['sip.from', 'sip.to', 'sip.from_name', 'sip.call_id', 'sip.number', 'name', 'rootName'];
  const json = { accept: 'application/json' };
  const values = (version: string): Probe[] =>
    tags.map((tag) => ({ path: `/tempo/api/${version}search/tag/${tag}/values` }));
  return {
    '/api/names': [{ path: '/api/names', ...empty }],
    '/api/search': [
      { path: '/api/search' },
      { path: `/api/search?q=${bare}&tries=true` },
      { path: `/api/search?q=${encodeURIComponent(PLANTED.name)}&live=true` },
      { path: `/api/search?q=${key}` },
    ],
    '/api/calls/:key': [{ path: `/api/calls/${key}` }, { path: `/api/calls/${planted.channel}` }],
    '/api/calls/:key/ladder': [{ path: `/api/calls/${key}/ladder` }, { path: `/api/calls/${key}/ladder?guesses=true` }],
    '/api/calls/:key/logs': [{ path: `/api/calls/${key}/logs` }],
    // The ladder's answer has the raw text of every message already, the headers of an event are here alone.
    '/api/calls/:key/steps/:id': [
      ...steps.filter(({ kind }) => kind === 'message').slice(0, 1),
      ...steps.filter(({ kind }) => kind === 'event').slice(0, 3),
      ...steps.filter(({ kind }) => kind === 'log').slice(-1),
    ].map(({ id }) => ({ path: `/api/calls/${key}/steps/${id}` })),
    '/api/calls/:key/diagnosis': [{ path: `/api/calls/${key}/diagnosis`, ...empty }],
    '/api/calls/:key/compare/:other': [{ path: `/api/calls/${key}/compare/${planted.channel}` }],
    '/api/calls/:key/nearest-good': [{ path: `/api/calls/${key}/nearest-good` }],
    '/api/doctor': [{ path: '/api/doctor', ...empty }],
    '/api/calls/:key/steps': [{ path: `/api/calls/${key}/steps` }],
    '/api/calls/:key/legs': [{ path: `/api/calls/${key}/legs` }],
    '/api/calls/:key/export.pcap': [{ path: `/api/calls/${key}/export.pcap` }],
    '/api/calls/:key/export.txt': [{ path: `/api/calls/${key}/export.txt` }],
    '/api/calls/:key/export.svg': [{ path: `/api/calls/${key}/export.svg` }],
    '/api/calls/:key/export.html': [{ path: `/api/calls/${key}/export.html` }],
    '/api/calls/:key/export.json': [{ path: `/api/calls/${key}/export.json` }],
    '/ladder/:key.svg': ['light', 'auto'].map((theme) => ({
      path: `/ladder/${key}.svg?theme=${theme}&width=4000&max=2000`,
    })),
    // For operators and admins, from whom nothing is hidden here.
    '/api/audit': [],
    '/api/holds': [],
    '/api/privacy/erase': [],
    '/api/privacy/jobs/:id': [],
    '/api/senders': [],
    '/api/ledger': [{ path: '/api/ledger', ...empty }],
    '/api/clocks': [{ path: '/api/clocks', ...empty }],
    '/livez': [{ path: '/livez', ...empty }],
    '/readyz': [{ path: '/readyz', ...empty }],
    '/api/alerts': [{ path: '/api/alerts' }],
    '/api/alerts/:id': [{ path: '/api/alerts/00000000000000aa' }],
    '/tempo/api/v2/traces/:id': [
      { path: `/tempo/api/v2/traces/${trace}` },
      { path: `/tempo/api/v2/traces/${trace}`, headers: json },
    ],
    '/tempo/api/traces/:id': [
      { path: `/tempo/api/traces/${trace}` },
      { path: `/tempo/api/traces/${trace}`, headers: json },
    ],
    '/tempo/api/search': [
      { path: '/tempo/api/search?q=&spss=10' },
      { path: `/tempo/api/search?q=${encodeURIComponent(`{ .sip.number = "${bare}" }`)}` },
    ],
    '/tempo/api/search/tag/:tag/values': values(''),
    '/tempo/api/v2/search/tag/:tag/values': values('v2/'),
    '/tempo/api/v2/search/tags': [{ path: '/tempo/api/v2/search/tags', ...empty }],
    '/tempo/api/search/tags': [{ path: '/tempo/api/search/tags', ...empty }],
    '/tempo/api/echo': [{ path: '/tempo/api/echo', ...empty }],
    '/tempo/api/metrics/query_range': [],
    '/tempo/api/metrics/query': [],
    '/loki/api/v1/query': [
      {
        path: `/loki/api/v1/query?query=${encodeURIComponent('sum by (from_user, to_user, call_id, leg) (count_over_time({source="sip"}[1h]))')}&time=${Math.ceil(firstUs(planted) / 1e6) + 1800}`,
      },
    ],
    '/loki/api/v1/query_range': [
      loki('query_range', everything, '&limit=5000'),
      {
        ...loki('query_range', everything, '&limit=5000&direction=forward'),
        headers: { 'x-loki-response-encoding-flags': 'categorize-labels' },
      },
      loki('query_range', `{call_id="${planted.callId}"}`, '&limit=5000'),
      loki('query_range', '{source="pbx"} | type="log"', '&limit=5000'),
      loki('query_range', `{call_id="${planted.callId}", source="verdict"}`),
      loki('query_range', 'sum by (from_user) (count_over_time({source="sip"}[1h]))'),
      loki('query_range', 'topk(3, sum by (to_user) (count_over_time({source="sip"}[1h])))'),
    ],
    '/loki/api/v1/labels': [{ path: `/loki/api/v1/labels?${window}`, ...empty }],
    '/loki/api/v1/label': [{ path: `/loki/api/v1/label?${window}`, ...empty }],
    '/loki/api/v1/label/:name/values': ['call_id', 'from_user', 'to_user', 'leg'].flatMap((name) => [
      { path: `/loki/api/v1/label/${name}/values?${window}` },
      { path: `/loki/api/v1/label/${name}/values?${window}&query=${encodeURIComponent('{source="sip"}')}` },
    ]),
    '/loki/api/v1/series': [{ path: `/loki/api/v1/series?match[]=${encodeURIComponent(everything)}&${window}` }],
    '/loki/api/v1/index/stats': [{ ...loki('index/stats', everything), ...empty }],
    '/loki/api/v1/detected_fields': [{ ...loki('detected_fields', everything), ...empty }],
    '/loki/api/v1/detected_field/:field/values': ['from_user', 'to_user', 'callid', 'leg'].map((name) =>
      loki(`detected_field/${name}/values`, everything),
    ),
    '/loki/api/v1/tail': [],
    '/healthz': [{ path: '/healthz', ...empty }],
    '/metrics': [{ path: '/metrics', ...empty }],
    '/api/openapi.json': [{ path: '/api/openapi.json', ...empty }],
    '/api/me': [{ path: '/api/me', ...empty }],
    '/api/reveal': [
      { path: '/api/reveal', body: { tokens: [tokens.of(PLANTED.caller)], reason: 'the customer asked us to' } },
    ],
  };
}
