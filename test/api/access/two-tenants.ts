import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';
import { createServer } from '../../../api/server.ts';
import type { IncidentBody } from '../../../core/alert/incident.ts';
import { isLeg, type NodeKey, nodeText } from '../../../core/model/edge.ts';
import { stableId } from '../../../core/model/id.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { createNews, type News } from '../../../core/runtime/news.ts';
import { createTenants, type Tenant } from '../../../core/runtime/tenants.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { publish, yealink } from '../../core/media/telephone-reports.ts';
import { DAY_START_US, makeDay } from '../../generate/day.ts';
import { CORRELATION } from '../../generate/graph.ts';
import { eventsOf } from '../../generate/property.ts';
import { sipText, statusLine } from '../../generate/sip-text.ts';
import { storeHand } from '../../generate/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

/** As in test/generate: two switches a tenant, all behind one proxy; and domains, for what no switch carried. */
export const TENANTS: readonly Tenant[] = [
  { name: 'acme', nodes: ['fs1', 'fs2', 'hep 201', 'hep 202'], domains: ['acme.example'] },
  { name: 'bell-co', nodes: ['fs3', 'fs4', 'hep 203', 'hep 204'], domains: ['bell.example', '*.bell.example'] },
  { name: 'cole', nodes: ['fs5', 'fs6', 'hep 205', 'hep 206'], domains: [] },
];

/** Within the day that is generated. */
export const PLANTED_US = DAY_START_US + 20 * 3_600_000_000;
const MINUTE = Math.floor(PLANTED_US / 60_000_000);

export const PLANTED = { number: '+493012345678', value: 'X-4711' } as const;
export const SECRETS = { acme: 'a secret of acme', both: 'a secret of both', site: 'a secret of site' } as const;
const basic = (name: keyof typeof SECRETS): string =>
  `Basic ${Buffer.from(`${name}:${SECRETS[name]}`).toString('base64')}`;

export interface TwoTenants {
  readonly server: FastifyInstance;
  /** Every route that the server has: its path, behind the method where that is not GET. */
  readonly routes: ReadonlySet<string>;
  readonly store: Store;
  readonly news: News;
  /** Texts that stand in what acme may not see, and nowhere else. */
  readonly foreign: readonly string[];
  /** Call-IDs and channels of others, and of nobody. */
  readonly foreignKeys: readonly string[];
  /** Legs of acme's calls alone. */
  readonly ownKeys: readonly string[];
  /** Legs that a call of acme and one of another tenant share. */
  readonly sharedKeys: readonly string[];
  /** Stores a call of acme, of bell and of nobody that came this moment, and tells live tails of it. */
  storeNow(name: string): Promise<void>;
  headers(name: keyof typeof SECRETS): Record<string, string>;
  close(): Promise<void>;
}

/** A call over the proxy that all share, known by the domains of its parties: an INVITE with its answers, and a BYE. */
function planted(who: string, domain: string, ip: string, callId = `planted-${who}@${domain}`, beganUs = PLANTED_US) {
  const packet = (afterMs: number, start: string, cseq: string, toTag: string) => {
    const payload = sipText({
      start,
      vias: [`SIP/2.0/UDP ${ip}:5060;branch=z9hG4bK${who}${cseq.replace(' ', '')}`],
      from: `"${who} planted" <sip:${who}user@${domain}>;tag=${who}a`,
      to: `<sip:${PLANTED.number}@${domain}>${toTag}`,
      callId,
      cseq,
      contact: `<sip:${who}contact@${ip}>`,
      more: [`X-CID: ${PLANTED.value}`],
    });
    const atUs = beganUs + afterMs * 1000;
    const isRequest = start.endsWith('SIP/2.0');
    const [srcIp, dstIp] = isRequest ? [ip, '10.0.0.10'] : ['10.0.0.10', ip];
    return {
      ...{ kind: 'packet' as const, id: stableId('hep 101', atUs, payload), atUs, arrivedUs: atUs, sensor: 'hep 101' },
      ...{
        protocol: 1,
        transport: 'udp' as const,
        srcIp,
        srcPort: 5060,
        dstIp,
        dstPort: 5060,
        correlationId: '',
        payload,
      },
    };
  };
  const events = [
    packet(0, `INVITE sip:${PLANTED.number}@${domain} SIP/2.0`, '1 INVITE', ''),
    packet(40, statusLine(180), '1 INVITE', ';tag=b'),
    packet(900, statusLine(200), '1 INVITE', ';tag=b'),
    packet(5000, `BYE sip:${PLANTED.number}@${domain} SIP/2.0`, '2 BYE', ';tag=b'),
    packet(5020, statusLine(200), '2 BYE', ';tag=b'),
  ];
  return { callId, events, texts: [callId, `${who}user`, `${who} planted`, `${who}contact`, ip] };
}

const DOMAINS = {
  acme: ['acme.example', '198.51.100.11'],
  bell: ['pbx.bell.example', '198.51.100.22'],
  nobody: ['nobody.example', '198.51.100.33'],
} as const;
const acme = planted('acme', ...DOMAINS.acme);
const bell = planted('bell', ...DOMAINS.bell);
const nobody = planted('nobody', ...DOMAINS.nobody);
/** A telephone of bell that files its report on speech under a call of acme's, as anybody can. */
const reported = ((): { readonly callId: string; readonly event: (typeof bell.events)[number] } => {
  const [domain, ip] = DOMAINS.bell;
  const callId = `report-bell@${domain}`;
  const end = { ip, port: 16_384 };
  const payload = Buffer.from(publish(yealink({ callId: acme.callId, local: end, remote: end }), callId, domain));
  const atUs = PLANTED_US + 6_000_000;
  const [first] = bell.events;
  if (first === undefined) throw new Error('bell has a call');
  return { callId, event: { ...first, id: stableId('hep 101', atUs, payload), atUs, arrivedUs: atUs, payload } };
})();
export const OWN = { callId: acme.callId, texts: acme.texts } as const;
export const BELL = { callId: bell.callId, texts: bell.texts } as const;
export const NOBODY = { callId: nobody.callId, texts: nobody.texts } as const;

export const ALERTS = {
  shared: 'aa00000000000001',
  bell: 'aa00000000000002',
  blind: 'aa00000000000003',
  site: 'aa00000000000004',
};

export async function openTwoTenants(isLinked: boolean): Promise<TwoTenants> {
  const page = mkdtempSync(join(tmpdir(), 'calltrail-page-'));
  writeFileSync(join(page, 'index.html'), '<title>Calltrail</title>');
  const store = await openEmptyStore();
  const day = makeDay({
    ...{ seed: 18, calls: 12, tenants: 'switches', acrossTenants: true },
    only: ['bridged', 'betweenTenants', 'unknownBox', 'conference'],
  });
  const tenants = createTenants(TENANTS);
  if (tenants === undefined) throw new Error('there are tenants');
  const events = [...eventsOf(day.sightings), ...acme.events, ...bell.events, ...nobody.events, reported.event];
  await storeHand(store, events, { ...CORRELATION, tenants });
  const metrics = createMetrics();
  countByTenant(metrics.registry);
  if (isLinked) await createLinker({ store, metrics, log: silentLog, quietMs: 0 }).pass();

  // Whose a call of the truth is, is told by the switch that has a channel of it.
  const acmeNodes = new Set(TENANTS[0]?.nodes);
  const ofAcme = new Set<NodeKey>();
  for (const { seen, shows } of day.sightings) {
    if (seen.kind === 'event' && acmeNodes.has(seen.node)) for (const node of shows) ofAcme.add(node);
  }
  const legs = new Set(day.truth.calls.flatMap(({ nodes }) => [...nodes].filter(isLeg)));
  const isOwn = (nodes: ReadonlySet<NodeKey>): boolean => [...nodes].some((node) => ofAcme.has(node));
  const own: string[] = [];
  const shared: string[] = [];
  const foreignKeys = [bell.callId, nobody.callId];
  for (const node of legs) {
    const owners = day.truth.ownersOf(node).map(({ nodes }) => isOwn(nodes));
    (owners.every((yes) => yes) ? own : owners.some((yes) => yes) ? shared : foreignKeys).push(nodeText(node));
  }
  const cores = day.sightings.flatMap(({ seen }) =>
    seen.kind === 'event' && !acmeNodes.has(seen.node) ? [seen.coreUuid] : [],
  );
  const foreignNodes = TENANTS.slice(1).flatMap(({ nodes }) => nodes);
  const names = [
    ...bell.texts,
    ...nobody.texts,
    reported.callId,
    'bell.example',
    'nobody.example',
    'bell-host',
    'bell-trunk',
    'bell-silent',
  ];

  const since = PLANTED_US - 3_600_000_000;
  await store.insert(
    'hosts',
    [
      { address: '10.0.0.31', name: 'bell-host', source: 'fs3', until: PLANTED_US, arrived: PLANTED_US },
      { address: '198.51.100.11', name: 'bell-host', source: 'fs3', until: PLANTED_US, arrived: PLANTED_US },
    ],
    'hosts',
  );
  const gap = { at: PLANTED_US, arrived: PLANTED_US, stream: 'events', since: DAY_START_US, until: PLANTED_US };
  await store.insert('gaps', [{ id: 'ee00000000000001', ...gap, node: 'fs3', reason: 'disconnected' }], 'gaps');
  await insertAlerts(store, since);
  await insertOutcomes(store);

  const news = createNews(true);
  const routes = new Set<string>();
  const noting = noteRoutes(routes);
  const server = await createServer({
    ...{ store, metrics, log: silentLog, unmask: () => undefined, guesses: false, version: 'test', news },
    sources: () => [{ name: 'esl:fs3', state: 'up', detail: 'bell-host:8021', lastSeenMs: 1 }],
    hosts: { '198.51.100.11': 'bell-host' },
    tenants: TENANTS,
    access: {
      anonymous: false,
      users: [
        { name: 'acme', secret: SECRETS.acme, role: 'reader', tenants: ['acme'] },
        { name: 'both', secret: SECRETS.both, role: 'operator', tenants: ['acme', 'bell-co'] },
        { name: 'site', secret: SECRETS.site, role: 'reader' },
      ],
    },
    pageDir: page,
  });
  noting.stop();
  return {
    ...{ server, routes, store, news, ownKeys: [acme.callId, ...own], sharedKeys: shared },
    foreignKeys,
    foreign: [...new Set([...foreignKeys, ...cores, ...foreignNodes, ...names, 'cole', 'bell-co'])],
    async storeNow(name) {
      const sinceUs = Date.now() * 1000;
      const live = Object.entries(DOMAINS).flatMap(
        ([who, [domain, ip]]) => planted(who, domain, ip, `live-${who}-${name}@${domain}`, sinceUs).events,
      );
      await storeHand(store, live, { ...CORRELATION, tenants });
      news.stored({ sinceUs, tables: new Set(['messages']) });
    },
    headers: (name) => ({ authorization: basic(name) }),
    async close() {
      await server.close();
      await store.close();
      rmSync(page, { recursive: true, force: true });
    },
  };
}

/** Fastify says on this channel when a server is made, so that routes can be heard of that are added to it. */
function noteRoutes(routes: Set<string>): { stop(): void } {
  const begun = (message: unknown): void => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') routes.add(one === 'GET' ? url : `${one} ${url}`);
    });
  };
  subscribe('fastify.initialization', begun);
  return { stop: () => void unsubscribe('fastify.initialization', begun) };
}

/** Series as those of calls have them, and of the process. */
function countByTenant(registry: Registry): void {
  const registers = [registry];
  const labelNames = ['tenant', 'trunk', 'node'];
  const calls = new Counter({ name: 'calltrail_call_outcomes_total', help: 'Attempts.', labelNames, registers });
  const waits = new Histogram({
    name: 'calltrail_call_setup_seconds',
    help: 'Waits.',
    labelNames: ['tenant'],
    registers,
  });
  for (const [tenant, node] of [
    ['acme', 'fs1'],
    ['acme', 'fs3'],
    ['bell-co', 'fs3'],
    ['none', ''],
  ] as const) {
    calls.inc({ tenant, trunk: tenant === 'acme' ? 'acme-trunk' : 'bell-trunk', node }, 4);
    waits.observe({ tenant }, 0.5);
  }
}

/** Counts of this minute's attempts, as the linker writes them: names are known by these. Both tenants' are seen by one proxy. */
async function insertOutcomes(store: Store): Promise<void> {
  const now = Date.now();
  const counts = [
    { tenant: 'acme', trunk: 'acme-trunk', node: 'fs1', sensors: 'hep 101\nhep 201' },
    { tenant: 'acme', trunk: 'acme-trunk', node: 'fs3', sensors: 'hep 203' },
    { tenant: 'bell-co', trunk: 'bell-trunk', node: 'fs4', sensors: 'hep 101\nhep 204' },
    { tenant: 'none', trunk: 'bell-trunk', node: 'bell-host', sensors: '' },
  ];
  const rest = { direction: 'inbound', class: 'answered', code: '200', cause: '', prefix: '', stage: '', root: 1 };
  const when = { minute: Math.floor(now / 60_000), arrived: now * 1000 };
  await store.insert(
    'outcomes',
    counts.map((count) => ({ ...when, ...count, ...rest, attempts: 1, samples: '' })),
    'outcomes',
  );
}

/** Incidents of both tenants and the site, of bell alone, of the site alone, and a blind one. */
async function insertAlerts(store: Store, sinceUs: number): Promise<void> {
  const one = (
    dimension: 'site' | 'tenant' | 'trunk',
    name: string,
    failed: number,
  ): IncidentBody['series'][number] => ({
    ...{
      dimension,
      name,
      kind: 'failures',
      test: 'fast',
      state: 'open',
      since: MINUTE - 9,
      opened: MINUTE - 5,
      closed: -1,
    },
    ...{ failed, attempts: 70, expectedFailed: 1, expectedAttempts: 70, score: 20, threshold: 10 },
  });
  const explanation = {
    ...{
      dimension: 'trunk' as const,
      value: 'bell-trunk',
      attempts: 70,
      failed: 61,
      shareOfFailed: 1,
      shareOfAttempts: 0.5,
    },
    ...{ lift: 2, excess: 30, score: 20 },
  };
  const calls = [acme.callId, bell.callId];
  const rest = { explanation: [explanation], calls, silent: [] };
  const [site, ofAcme, ofBell] = [one('site', '', 6161), one('tenant', 'acme', 17), one('tenant', 'bell-co', 6144)];
  const bodies: Record<keyof typeof ALERTS, IncidentBody> = {
    shared: { ...rest, series: [site, ofAcme, ofBell, one('trunk', 'bell-trunk', 6144)] },
    bell: { ...rest, series: [ofBell] },
    blind: { ...rest, series: [{ ...ofAcme, kind: 'blind' }], silent: ['bell-silent'] },
    site: { ...rest, series: [site] },
  };
  const inputs = {
    minutes: [],
    rho: 0,
    spread: 0,
    leakOdds: 2,
    vanishedShare: 0.5,
    minFailed: 5,
    cap: { slow: 30, vanished: 30 },
  };
  for (const [name, body] of Object.entries(bodies)) {
    await store.insert(
      'alerts',
      [
        {
          ...{ id: ALERTS[name as keyof typeof ALERTS], version: 1, arrived: sinceUs },
          ...{
            kind: name === 'blind' ? 'blind' : 'failures',
            state: 'open',
            since: sinceUs,
            opened: sinceUs,
            closed: 0,
          },
          body: JSON.stringify(body),
          inputs: JSON.stringify(
            body.series.map(({ dimension, name: of }) => ({ dimension, name: of, opened: MINUTE, inputs })),
          ),
        },
      ],
      `alert ${name}`,
    );
  }
}
