import type { TwoTenants } from './two-tenants.ts';
import { ALERTS, BELL, OWN, PLANTED } from './two-tenants.ts';

/** One question to a route, and what of acme's must stand in the answer. */
export interface Probe {
  readonly url: string;
  readonly shows?: readonly string[];
  readonly status?: number;
  readonly accept?: string;
  /** GET unless said. */
  readonly method?: 'POST' | 'PUT' | 'DELETE';
  readonly body?: object;
}

/** A route that is asked for something by name: the same question about what acme may not see and about what is not there. */
export interface Keyed {
  /** Names of what is there, and is not acme's. */
  readonly foreign: readonly string[];
  /** Names that nothing has. */
  readonly unknown: readonly string[];
  url(name: string): string;
}

export interface RouteProbes {
  readonly probes: readonly Probe[];
  readonly keyed?: readonly Keyed[];
}

/** All the time of the site, for Loki and for Tempo. */
const DAY = 'start=1795219200000000000&end=1795305600000000000';
const SECONDS = 'start=1795219200&end=1795305600';
const enc = encodeURIComponent;
const [, user = ''] = OWN.texts;

/** Names that are used where a route is asked for a call of acme, of others, or of nobody. */
export interface Known {
  readonly site: TwoTenants;
  readonly ownTrace: string;
  readonly foreignTraces: readonly string[];
  readonly ownStep: string;
  readonly foreignSteps: readonly string[];
}

/** By method and path, as the server has them. A route that is not here fails the test. */
export function probesOf(known: Known): Readonly<Record<string, RouteProbes>> {
  const { site, ownTrace, foreignTraces, ownStep, foreignSteps } = known;
  const key = enc(OWN.callId);
  const unknownKeys = ['nothing-like-it@nowhere.test', '5f1b7c1e-0d5b-4c3a-9d1e-000000000010'];
  const keys = { foreign: site.foreignKeys, unknown: unknownKeys };
  const unknownTraces = foreignTraces.slice(0, 1).map((id) => `${id.slice(0, 12)}${'0123456789abcdef0123'}`);
  const traces = { foreign: foreignTraces, unknown: unknownTraces };
  const ofKey = (path: (key: string) => string, shows: readonly string[] = [OWN.callId]): RouteProbes => ({
    probes: [{ url: path(key), shows }, ...site.sharedKeys.map((shared) => ({ url: path(enc(shared)) }))],
    keyed: [{ ...keys, url: (one) => path(enc(one)) }],
  });
  const loki = (path: string, query: string, shows: readonly string[] = [], more = ''): Probe => ({
    url: `/loki/api/v1/${path}?${DAY}&query=${enc(query)}${more}`,
    shows,
  });
  /** A route of Loki asked by every label that leads to calls. */
  const lokiKeyed = (path: string, more = ''): readonly Keyed[] => [
    { ...keys, url: (one) => loki(path, `{call_id=${JSON.stringify(one)}}`, [], more).url },
    { ...NAMES, url: (one) => loki(path, `{host="${one}"}`, [], more).url },
  ];
  /** The same by every other label that leads to calls. */
  const lokiByLabels = (path: string, more = ''): readonly Keyed[] => [
    ...lokiKeyed(path, more),
    { ...traces, url: (id) => loki(path, `{trace_id="${id}"}`, [], more).url },
    { ...keys, url: (one) => loki(path, `{source=~".+"} | search=${JSON.stringify(one)}`, [], more).url },
    { ...keys, url: (one) => loki(path, `{source=~".+"} | call_id!=${JSON.stringify(one)}`, [], more).url },
    { ...NAMES, url: (one) => loki(path, `{tenant="${one}"}`, [], more).url },
  ];
  const ALL = '{source=~".+"}';
  const COUNTS = 'sum by (call_id, host, tenant, source) (count_over_time({source=~".+"}[24h]))';
  const time = '&time=1795305600';
  const tempoSearch = (q: string): string => `/tempo/api/search?${SECONDS}&limit=500&q=${enc(q)}`;
  const tagValues = (version: string): RouteProbes => ({
    probes: [
      'sip.call_id',
      'sip.from',
      'sip.from_name',
      'service.name',
      'tenant',
      'name',
      'sip.channel',
      'sip.number',
    ].map((tag) => ({
      url: `/tempo/api/${version}search/tag/${tag}/values?${SECONDS}&limit=5000`,
      ...(tag === 'sip.call_id' ? { shows: [OWN.callId] } : tag === 'tenant' ? { shows: ['acme'] } : {}),
    })),
    keyed: [
      {
        ...keys,
        url: (one) =>
          `/tempo/api/${version}search/tag/sip.from/values?q=${enc(`{ .sip.call_id = ${JSON.stringify(one)} }`)}`,
      },
    ],
  });

  return {
    '/': { probes: [{ url: '/', shows: ['Calltrail'] }] },
    '/calls/*': {
      probes: [{ url: `/calls/${key}`, shows: ['Calltrail'] }],
      keyed: [{ ...keys, url: (one) => `/calls/${enc(one)}` }],
    },
    '/ledger': { probes: [{ url: '/ledger', shows: ['Calltrail'] }] },
    '/doctor': { probes: [{ url: '/doctor', shows: ['Calltrail'] }] },
    '/compare/*': {
      probes: [{ url: `/compare/${key}`, shows: ['Calltrail'] }],
      keyed: [{ ...keys, url: (one) => `/compare/${key}/${enc(one)}` }],
    },
    '/clocks': { probes: [{ url: '/clocks', shows: ['Calltrail'] }] },
    '/index.html': { probes: [{ url: '/index.html', shows: ['Calltrail'] }] },
    '/api/openapi.json': { probes: [{ url: '/api/openapi.json', shows: ['/api/search'] }] },
    '/healthz': { probes: [{ url: '/healthz', shows: ['"state":"up"'] }] },
    '/metrics': {
      probes: [
        {
          url: '/metrics',
          shows: [
            'calltrail_call_outcomes_total{tenant="acme",trunk="acme-trunk",node="fs1"} 4',
            'calltrail_call_setup_seconds_count{tenant="acme"} 2',
          ],
        },
      ],
    },
    '/api/names': {
      probes: [{ url: '/api/names', shows: ['"fs1"', '"hep 101"', '"trunks":[]', '"tenants":["acme"]'] }],
    },
    '/api/search': {
      probes: [
        { url: '/api/search?limit=500', shows: [OWN.callId, user] },
        { url: '/api/search?limit=1' },
        { url: `/api/search?q=${enc(PLANTED.number)}`, shows: [OWN.callId] },
        { url: '/api/search?q=planted', shows: [OWN.callId] },
        { url: '/api/search?q=198.51.100.11', shows: [OWN.callId] },
        { url: '/api/search?q=1001&limit=500' },
        { url: '/api/search?q=10.0.0.31&limit=500' },
        { url: '/api/search?tenant=acme&limit=500', shows: [OWN.callId] },
        { url: '/api/search?outcome=answered&limit=500', shows: [OWN.callId] },
        { url: '/api/search?node=hep%20101&limit=500', shows: [OWN.callId] },
        { url: '/api/search?trunk=198.51.100.11&tries=true&limit=500', shows: ['"calls":[]'] },
        { url: '/api/search?tries=true&limit=500', shows: [OWN.callId, '"trunk":null'] },
        { url: `/api/search?q=${enc(PLANTED.number)}&tries=true&live=true`, shows: [OWN.callId, '"request"'] },
        ...site.sharedKeys.map((one) => ({ url: `/api/search?q=${enc(one)}`, shows: [one] })),
      ],
      keyed: [
        { ...keys, url: (one) => `/api/search?q=${enc(one)}` },
        { ...NAMES, url: (one) => `/api/search?tenant=${enc(one)}` },
        { ...NAMES, url: (one) => `/api/search?node=${enc(one)}&limit=500` },
        { ...NAMES, url: (one) => `/api/search?trunk=${enc(one)}` },
        {
          foreign: ['198.51.100.22', '198.51.100.33'],
          unknown: ['198.51.100.44'],
          url: (ip) => `/api/search?trunk=${ip}&tries=true`,
        },
        { foreign: ['198.51.100.22', '198.51.100.33'], unknown: ['198.51.100.44'], url: (ip) => `/api/search?q=${ip}` },
        {
          foreign: ['bell planted', 'nobody planted'],
          unknown: ['somebody else'],
          url: (text) => `/api/search?q=${enc(text)}`,
        },
      ],
    },
    '/api/calls/:key': ofKey((one) => `/api/calls/${one}`, [OWN.callId, user]),
    '/api/calls/:key/ladder': ofKey((one) => `/api/calls/${one}/ladder`, [...OWN.texts]),
    '/api/calls/:key/logs': ofKey((one) => `/api/calls/${one}/logs`, ['"lines"']),
    '/api/calls/:key/diagnosis': ofKey((one) => `/api/calls/${one}/diagnosis`, ['"verdicts"']),
    '/api/calls/:key/compare/:other': {
      probes: [
        { url: `/api/calls/${key}/compare/${key}`, shows: [OWN.callId, user] },
        ...site.sharedKeys.map((shared) => ({ url: `/api/calls/${key}/compare/${enc(shared)}` })),
      ],
      keyed: [
        { ...keys, url: (one) => `/api/calls/${key}/compare/${enc(one)}` },
        { ...keys, url: (one) => `/api/calls/${enc(one)}/compare/${key}` },
      ],
    },
    '/api/calls/:key/nearest-good': ofKey((one) => `/api/calls/${one}/nearest-good`, ['"numberClass"']),
    '/api/calls/:key/steps': ofKey((one) => `/api/calls/${one}/steps`),
    '/api/calls/:key/legs': ofKey((one) => `/api/calls/${one}/legs`),
    '/api/calls/:key/export.pcap': ofKey((one) => `/api/calls/${one}/export.pcap`, [...OWN.texts.slice(0, -1)]),
    '/api/calls/:key/export.txt': ofKey((one) => `/api/calls/${one}/export.txt`),
    '/api/calls/:key/export.svg': ofKey((one) => `/api/calls/${one}/export.svg`, ['198.51.100.11']),
    '/api/calls/:key/export.html': ofKey((one) => `/api/calls/${one}/export.html`, [...OWN.texts]),
    '/api/calls/:key/export.json': ofKey((one) => `/api/calls/${one}/export.json`, [...OWN.texts]),
    '/api/calls/:key/steps/:id': {
      probes: [{ url: `/api/calls/${key}/steps/${ownStep}`, shows: [user] }],
      keyed: [
        { ...keys, url: (one) => `/api/calls/${enc(one)}/steps/${ownStep}` },
        {
          foreign: foreignSteps,
          unknown: ['00000000000000ff', '0123456789abcdef'],
          url: (id) => `/api/calls/${key}/steps/${id}`,
        },
      ],
    },
    '/ladder/:key.svg': ofKey((one) => `/ladder/${one}.svg?width=1400`, ['198.51.100.11']),
    '/livez': { probes: [{ url: '/livez', shows: ['ok'] }] },
    '/readyz': { probes: [{ url: '/readyz', shows: ['ok'] }] },
    '/api/me': { probes: [{ url: '/api/me', shows: ['acme'] }] },
    '/api/senders': { probes: [{ url: '/api/senders', status: 403 }] },
    '/api/ledger': { probes: [{ url: '/api/ledger', status: 403 }] },
    '/api/doctor': { probes: [{ url: '/api/doctor', status: 403 }] },
    '/api/clocks': { probes: [{ url: '/api/clocks', status: 403 }] },
    '/api/audit': { probes: [{ url: '/api/audit', status: 403 }] },
    '/api/holds': { probes: [{ url: '/api/holds', status: 403 }] },
    'PUT /api/holds/:key': {
      probes: [{ url: `/api/holds/${key}`, method: 'PUT', body: { reason: 'to be kept' }, status: 403 }],
    },
    'DELETE /api/holds/:key': {
      probes: [{ url: `/api/holds/${key}?reason=done`, method: 'DELETE', status: 403 }],
    },
    'POST /api/privacy/erase': {
      probes: [
        {
          url: '/api/privacy/erase',
          method: 'POST',
          body: { number: PLANTED.number, reason: 'asked to' },
          status: 403,
        },
      ],
    },
    'POST /api/reveal': {
      probes: [
        { url: '/api/reveal', method: 'POST', body: { tokens: ['num~x~'], reason: 'to call back' }, status: 403 },
      ],
    },
    '/api/privacy/jobs/:id': { probes: [{ url: '/api/privacy/jobs/0123456789abcdef', status: 403 }] },
    '/api/alerts': {
      probes: [
        { url: '/api/alerts', shows: [ALERTS.shared, OWN.callId, 'tenant \\"acme\\"', '17 of 70'] },
        { url: '/api/alerts?state=closed' },
        { url: '/api/alerts?kind=blind' },
      ],
    },
    '/api/alerts/:id': {
      probes: [{ url: `/api/alerts/${ALERTS.shared}`, shows: ['acme'] }],
      keyed: [
        {
          foreign: [ALERTS.bell, ALERTS.site, ALERTS.blind],
          unknown: ['00000000000000ff'],
          url: (id) => `/api/alerts/${id}`,
        },
      ],
    },
    '/tempo/api/echo': { probes: [{ url: '/tempo/api/echo', shows: ['echo'] }] },
    '/tempo/api/v2/traces/:id': {
      probes: [
        { url: `/tempo/api/v2/traces/${ownTrace}`, shows: [OWN.callId] },
        { url: `/tempo/api/v2/traces/${ownTrace}`, shows: [OWN.callId], accept: 'application/json' },
      ],
      keyed: [{ ...traces, url: (id) => `/tempo/api/v2/traces/${id}` }],
    },
    '/tempo/api/traces/:id': {
      probes: [{ url: `/tempo/api/traces/${ownTrace}`, shows: [OWN.callId] }],
      keyed: [{ ...traces, url: (id) => `/tempo/api/traces/${id}` }],
    },
    '/tempo/api/search': {
      probes: [
        { url: tempoSearch('{}'), shows: [OWN.callId, ownTrace] },
        { url: tempoSearch(`{ .sip.number = "${PLANTED.number}" }`), shows: [ownTrace] },
        { url: tempoSearch('{ .sip.from_name = "nobody planted" }') },
        { url: tempoSearch('{ .sip.outcome = "answered" }'), shows: [ownTrace] },
      ],
      keyed: [
        { ...keys, url: (one) => tempoSearch(`{ .sip.call_id = ${JSON.stringify(one)} }`) },
        { ...keys, url: (one) => tempoSearch(`{ .search = ${JSON.stringify(one)} }`) },
        { ...traces, url: (id) => tempoSearch(`{ trace:id = "${id}" }`) },
        { ...NAMES, url: (one) => tempoSearch(`{ .tenant = "${one}" }`) },
        { ...NAMES, url: (one) => tempoSearch(`{ resource.service.name = "${one}" }`) },
      ],
    },
    '/tempo/api/v2/search/tags': { probes: [{ url: '/tempo/api/v2/search/tags', shows: ['sip.call_id'] }] },
    '/tempo/api/search/tags': { probes: [{ url: '/tempo/api/search/tags', shows: ['sip.call_id'] }] },
    '/tempo/api/v2/search/tag/:tag/values': tagValues('v2/'),
    '/tempo/api/search/tag/:tag/values': tagValues(''),
    '/tempo/api/metrics/query': { probes: [{ url: '/tempo/api/metrics/query', status: 400, shows: ['metrics'] }] },
    '/tempo/api/metrics/query_range': {
      probes: [{ url: '/tempo/api/metrics/query_range', status: 400, shows: ['metrics'] }],
    },
    '/loki/api/v1/query': {
      probes: [
        loki('query', COUNTS, [OWN.callId], time),
        loki('query', 'sum(count_over_time({source=~".+"}[24h]))', ['"value"'], time),
        loki('query', `sum by (from_user) (count_over_time({number="${PLANTED.number}"}[24h]))`, [user], time),
        { ...loki('query', ALL), status: 400, shows: ['log queries are not supported'] },
      ],
      keyed: [
        {
          ...keys,
          url: (one) => loki('query', `count_over_time({call_id=${JSON.stringify(one)}}[24h])`, [], time).url,
        },
      ],
    },
    '/loki/api/v1/query_range': {
      probes: [
        loki('query_range', ALL, [OWN.callId, user], '&limit=5000'),
        loki('query_range', ALL, [], '&limit=5000&direction=forward'),
        loki('query_range', '{tenant="acme"} |= "INVITE"', [OWN.callId], '&limit=5000'),
        loki('query_range', '{source="sip"} |~ "planted"', [OWN.callId], '&limit=5000'),
        loki('query_range', `{number="${PLANTED.number}"}`, [user], '&limit=5000'),
        loki('query_range', `{search="planted"}`, [user], '&limit=5000'),
        loki('query_range', `{trace_id="${ownTrace}"}`, [user], '&limit=5000'),
        loki('query_range', `{call_id="${OWN.callId}", source="verdict"}`, ['verdict']),
        loki('query_range', `{call_id="${OWN.callId}"}`, [...OWN.texts.slice(0, -1)], '&limit=5000'),
        loki('query_range', `{call_id!="${BELL.callId}"}`.replace('{', '{source="sip",'), [user], '&limit=5000'),
        loki('query_range', `sum by (host) (count_over_time({source=~".+"}[24h]))`, ['hep 101'], '&step=86400'),
        ...site.sharedKeys.map((one) => loki('query_range', `{call_id=${JSON.stringify(one)}}`, [one], '&limit=5000')),
      ],
      keyed: lokiByLabels('query_range', '&limit=5000'),
    },
    '/loki/api/v1/labels': {
      probes: [{ url: `/loki/api/v1/labels?${DAY}`, shows: ['call_id', 'tenant'] }, loki('labels', ALL, ['call_id'])],
      keyed: lokiKeyed('labels'),
    },
    '/loki/api/v1/label': {
      probes: [{ url: `/loki/api/v1/label?${DAY}`, shows: ['call_id', 'tenant'] }, loki('label', ALL, ['call_id'])],
    },
    '/loki/api/v1/label/:name/values': {
      probes: [
        'call_id',
        'host',
        'tenant',
        'source',
        'from_user',
        'to_user',
        'src_ip',
        'leg',
        'channel',
        'trace_id',
      ].flatMap((label) => [
        { url: `/loki/api/v1/label/${label}/values?${DAY}`, shows: VALUES[label] ?? [] },
        loki(`label/${label}/values`, ALL, VALUES[label] ?? []),
      ]),
      keyed: lokiKeyed('label/host/values'),
    },
    '/loki/api/v1/series': {
      probes: [{ url: `/loki/api/v1/series?${DAY}&match[]=${enc(ALL)}`, shows: [OWN.callId, 'acme'] }],
      keyed: [
        { ...keys, url: (one) => `/loki/api/v1/series?${DAY}&match[]=${enc(`{call_id=${JSON.stringify(one)}}`)}` },
      ],
    },
    '/loki/api/v1/index/stats': { probes: [loki('index/stats', ALL, ['"entries"'])], keyed: lokiKeyed('index/stats') },
    '/loki/api/v1/detected_fields': {
      probes: [loki('detected_fields', ALL, ['from_user'])],
      keyed: lokiKeyed('detected_fields'),
    },
    '/loki/api/v1/detected_field/:field/values': {
      probes: ['from_user', 'callid', 'trace_id', 'node'].map((field) => loki(`detected_field/${field}/values`, ALL)),
      keyed: lokiKeyed('detected_field/from_user/values'),
    },
    // The socket has a test of its own; without one it is no tail.
    '/loki/api/v1/tail': { probes: [{ ...loki('tail', ALL), status: 404 }] },
  };
}

const NAMES = { foreign: ['bell-co', 'cole', 'fs3', 'hep 203'], unknown: ['dora', 'fs77', 'hep 999'] };
const VALUES: Readonly<Record<string, readonly string[]>> = {
  call_id: [OWN.callId],
  host: ['hep 101', 'fs1'],
  tenant: ['acme'],
  from_user: [user],
  src_ip: ['198.51.100.11'],
  leg: [OWN.callId],
};
