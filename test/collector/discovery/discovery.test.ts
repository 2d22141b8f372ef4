import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSources, type Sources } from '../../../collector/sources.ts';
import { parseConfig } from '../../../core/config/load.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { createEslReplayServer, type EslReplayServer } from '../../replay/esl-server.ts';
import { freePort } from '../../system/ports.ts';
import { until } from '../../system/until.ts';
import { createKeepingBus, eventually, type KeepingBus, PASSWORD } from '../esl/harness.ts';
import { counted } from '../hep/helpers.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';

interface Site {
  readonly sources: Sources;
  readonly bus: KeepingBus;
  readonly metrics: Metrics;
  readonly logged: readonly string[];
  /** "esl:fs1 up", without the HEP listeners. */
  states(): string[];
  detail(name: string): string;
}

/** A collector with this list, which it looks at ten times a second. */
async function collectorOf(discover: object, collector: object = {}): Promise<Site> {
  const config = parseConfig(
    JSON.stringify({
      collector: {
        hep: { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' },
        discover: [{ kind: 'freeswitch', password: PASSWORD, everySeconds: 0.1, goneSeconds: 1, ...discover }],
        ...collector,
      },
    }),
  );
  const [bus, metrics, logged] = [createKeepingBus(), createMetrics(), [] as string[]];
  const say = (message: string): void => void logged.push(message);
  const sources = createSources(config, { bus, metrics, log: { info: say, warn: say, error: say } });
  onTestFinished(() => sources.stop());
  await sources.start();
  return {
    ...{ sources, bus, metrics, logged },
    states: () =>
      sources
        .states()
        .slice(2)
        .map(({ name, state }) => `${name} ${state}`),
    detail: (name) => sources.states().find((one) => one.name === name)?.detail ?? '',
  };
}

async function switchAt(host: string, port: number, hostname: string): Promise<EslReplayServer> {
  const server = await createEslReplayServer({ password: PASSWORD, host, port, hostname });
  onTestFinished(() => server.close());
  return server;
}

async function dnsOf(zone: Parameters<typeof startDnsServer>[0]): Promise<DnsServer> {
  const dns = await startDnsServer(zone);
  onTestFinished(() => dns.close());
  return dns;
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'calltrail-discovery-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const listOf = (...servers: readonly (readonly [string, EslReplayServer])[]): string =>
  JSON.stringify(servers.map(([name, { host, port }]) => ({ name, host, port })));

/** As one writes a file that others read: beside it, and then in its place. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

test('switches in a file come, move and go without a restart, and those that stay are not touched', async () => {
  const [one, two, three] = await Promise.all(
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'].map((host) => switchAt(host, 0, 'x')),
  );
  const file = join(directory(), 'nodes.json');
  replace(file, listOf(['fs1', one!]));
  const site = await collectorOf({ file });
  await eventually(() => expect(site.states()).toEqual(['esl:fs1 up', `discover:${file} up`]));
  const talk = one!.commands.length;

  replace(file, listOf(['fs1', one!], ['fs2', two!]));
  await eventually(() => expect(site.states()).toEqual(['esl:fs1 up', 'esl:fs2 up', `discover:${file} up`]));

  replace(file, listOf(['fs1', one!], ['fs2', three!]));
  await three!.whenSubscribed();
  await eventually(() => expect(two!.connections()).toBe(0));
  // What was not heard while it moved is told.
  await eventually(() =>
    expect(site.bus.of('gap').map(({ node, reason }) => `${node} ${reason}`)).toContain('fs2 reconfigured'),
  );

  replace(file, listOf(['fs1', one!]));
  await eventually(() => expect(site.states()).toEqual(['esl:fs1 up', `discover:${file} up`]));
  await eventually(() => expect(three!.connections()).toBe(0));
  expect(one!.commands).toHaveLength(talk);
  expect(site.bus.of('gap').filter(({ node }) => node === 'fs1')).toEqual([]);
  expect(await site.metrics.registry.metrics()).not.toContain('calltrail_source_up{source="esl:fs2"}');
});

test('a file that is half written, wrong or deleted leaves the switches it had, and is told', async () => {
  const [one, two] = [await switchAt('127.0.0.1', 0, 'x'), await switchAt('127.0.0.1', 0, 'x')];
  const file = join(directory(), 'nodes.json');
  const text = listOf(['fs1', one], ['fs2', two]);
  replace(file, text);
  const site = await collectorOf({ file, goneSeconds: 0 });
  const up = ['esl:fs1 up', 'esl:fs2 up', `discover:${file} up`];
  await eventually(() => expect(site.states()).toEqual(up));
  const commands = [...one.commands, ...two.commands].length;
  for (const [reason, spoil] of [
    ['bad_file', () => writeFileSync(file, text.slice(0, -20))],
    ['bad_file', () => writeFileSync(file, '')],
    ['bad_file', () => writeFileSync(file, '[{"host": 7}]')],
    ['no_file', () => unlinkSync(file)],
  ] as const) {
    const before = await counted(site.metrics, 'calltrail_discovery_failures_total', { reason });
    spoil();
    await eventually(async () => {
      expect(site.states()).toEqual([...up.slice(0, 2), `discover:${file} down`]);
      const now = await counted(site.metrics, 'calltrail_discovery_failures_total', { reason });
      expect(now).toBeGreaterThan(before + 2);
    });
    expect(site.detail(`discover:${file}`)).toMatch(/nodes\.json .*; it goes on with the 2 switches it knew\.$/);
  }
  replace(file, text);
  await eventually(() => expect(site.states()).toEqual(up));
  expect([...one.commands, ...two.commands]).toHaveLength(commands);
});

test('a link that is turned to another folder, as Kubernetes does with a ConfigMap, is a new list', async () => {
  const [one, two] = [await switchAt('127.0.0.1', 0, 'x'), await switchAt('127.0.0.1', 0, 'x')];
  const mount = directory();
  const publish = (version: string, text: string): void => {
    mkdirSync(join(mount, version));
    writeFileSync(join(mount, version, 'nodes.yaml'), text);
    symlinkSync(version, join(mount, '..data_tmp'));
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  };
  publish('..1', listOf(['fs1', one]));
  symlinkSync(join('..data', 'nodes.yaml'), join(mount, 'nodes.yaml'));
  const site = await collectorOf({ file: join(mount, 'nodes.yaml') });
  await eventually(() => expect(site.states()).toContain('esl:fs1 up'));
  publish('..2', listOf(['fs2', two]));
  rmSync(join(mount, '..1'), { recursive: true });
  await eventually(() => expect(site.states()).toEqual(['esl:fs2 up', expect.stringContaining('discover:')]));
});

test('addresses of a DNS name are called what each switch calls itself, and a switch is the same at a new address', async () => {
  const port = await freePort('127.0.0.1');
  const name = 'fs.voice.svc.cluster.local';
  const [a, b] = [await switchAt('127.0.0.2', port, 'fs-0'), await switchAt('127.0.0.3', port, 'fs-1')];
  const dns = await dnsOf({ a: { [name]: ['127.0.0.2', '127.0.0.3'] } });
  const site = await collectorOf({ dns: name, port }, { dnsServers: [dns.address] });
  const list = `discover:${name} up`;
  await eventually(() => expect(site.states()).toEqual(['esl:fs-0 up', 'esl:fs-1 up', list]));
  expect(await counted(site.metrics, 'calltrail_discovered_nodes', { from: name })).toBe(2);

  // The pod is replaced: its old address answers no more, its new one is listed.
  const moved = await switchAt('127.0.0.4', port, 'fs-0');
  await a.close();
  dns.become({ a: { [name]: ['127.0.0.4', '127.0.0.3'] } });
  await moved.whenSubscribed();
  await eventually(() => expect(site.states()).toEqual(['esl:fs-0 up', 'esl:fs-1 up', list]));
  expect(site.bus.of('gap').map(({ node }) => node)).not.toContain('fs-1');
  await eventually(() => expect(site.bus.of('gap').map(({ node }) => node)).toContain('fs-0'));
  expect(b.connections()).toBe(2);
});

test('a name server that fails, or says that there is nothing, ends no connection', async () => {
  const port = await freePort('127.0.0.1');
  const name = 'fs.example.net';
  const a = await switchAt('127.0.0.2', port, 'fs-0');
  const dns = await dnsOf({ a: { [name]: ['127.0.0.2'] } });
  const site = await collectorOf({ dns: name, port, goneSeconds: 0 }, { dnsServers: [dns.address] });
  await eventually(() => expect(site.states()).toEqual(['esl:fs-0 up', `discover:${name} up`]));
  const commands = a.commands.length;
  dns.fail('servfail');
  await eventually(() => expect(site.states()).toEqual(['esl:fs-0 up', `discover:${name} down`]));
  expect(site.detail(`discover:${name}`)).toContain(
    'fs.example.net cannot be looked up: ESERVFAIL; it goes on with the 1 switches it knew.',
  );
  expect(
    await counted(site.metrics, 'calltrail_discovery_failures_total', { from: name, reason: 'dns' }),
  ).toBeGreaterThan(0);
  dns.become({ a: {} });
  const asked = dns.asked();
  await eventually(() => expect(dns.asked()).toBeGreaterThan(asked + 4));
  expect(site.states()[0]).toBe('esl:fs-0 up');
  expect(a.commands).toHaveLength(commands);
  // Only when it is away too it is let go.
  await a.close();
  await eventually(() => expect(site.states()).toEqual([`discover:${name} up`]));
});

test('a name server that does not answer ends no connection either', async () => {
  const port = await freePort('127.0.0.1');
  const a = await switchAt('127.0.0.2', port, 'fs-0');
  const dns = await dnsOf({ a: { 'fs.example.net': ['127.0.0.2'] } });
  const site = await collectorOf({ dns: 'fs.example.net', port, goneSeconds: 0 }, { dnsServers: [dns.address] });
  await eventually(() => expect(site.states()).toEqual(['esl:fs-0 up', 'discover:fs.example.net up']));
  dns.fail('silent');
  await until('it is noticed', () => site.detail('discover:fs.example.net').includes('ETIMEOUT'));
  expect(site.states()[0]).toBe('esl:fs-0 up');
  expect(a.connections()).toBe(2);
}, 60_000);

test('another switch at the address of one that is gone is not taken for it', async () => {
  const port = await freePort('127.0.0.1');
  const name = 'fs.example.net';
  const a = await switchAt('127.0.0.2', port, 'fs-0');
  const dns = await dnsOf({ a: { [name]: ['127.0.0.2'] } });
  const site = await collectorOf({ dns: name, port, everySeconds: 2 }, { dnsServers: [dns.address] });
  await eventually(() => expect(site.states()).toContain('esl:fs-0 up'));
  await a.close();
  const other = await switchAt('127.0.0.2', port, 'fs-7');
  await other.whenSubscribed();
  await eventually(() => expect(site.states()).toEqual(['esl:fs-7 up', `discover:${name} up`]));
  // The link of fs-0 may have tried it, and must not have asked it for anything but its name.
  const firstSubscription = other.commands.indexOf('event json ALL');
  expect(site.logged.some((line) => line.includes('FreeSWITCH fs-0: Connected'))).toBe(true);
  expect(firstSubscription).toBeGreaterThan(0);
  expect(site.logged.filter((line) => line.startsWith('FreeSWITCH fs-0: Connected')).length).toBeLessThanOrEqual(2);
});

test('an address that does not tell its name is told, and the others are listened to', async () => {
  const port = await freePort('127.0.0.1');
  const name = 'fs.example.net';
  await switchAt('127.0.0.2', port, 'fs-0');
  const dns = await dnsOf({ a: { [name]: ['127.0.0.2', '127.0.0.9'] } });
  const site = await collectorOf({ dns: name, port }, { dnsServers: [dns.address] });
  await eventually(() => expect(site.states()).toEqual(['esl:fs-0 up', `discover:${name} down`]));
  expect(site.detail(`discover:${name}`)).toContain(`127.0.0.9:${port} cannot be reached (ECONNREFUSED)`);
  expect(await counted(site.metrics, 'calltrail_discovery_failures_total', { reason: 'no_name' })).toBeGreaterThan(0);
});

test('SRV records bring ports and names of their own', async () => {
  const [a, b] = [await switchAt('127.0.0.2', 0, 'x'), await switchAt('127.0.0.3', 0, 'x')];
  const dns = await dnsOf({
    srv: {
      '_esl._tcp.fs.example.net': [
        { target: 'fs-0.fs.example.net', port: a.port },
        { target: 'FS-1.fs.example.net', port: b.port },
        { target: 'gone.fs.example.net', port: 1 },
      ],
    },
    a: { 'fs-0.fs.example.net': ['127.0.0.2'], 'fs-1.fs.example.net': ['127.0.0.3'] },
  });
  const site = await collectorOf({ dns: '_esl._tcp.fs.example.net' }, { dnsServers: [dns.address] });
  await eventually(() =>
    expect(site.states()).toEqual([
      ...['esl:fs-0.fs.example.net up', 'esl:fs-1.fs.example.net up', 'discover:_esl._tcp.fs.example.net up'],
    ]),
  );
});

test('addresses get the names of their PTR records where that is asked for', async () => {
  const port = await freePort('127.0.0.1');
  await switchAt('127.0.0.2', port, 'x');
  const dns = await dnsOf({
    a: { 'fs.example.net': ['127.0.0.2'] },
    ptr: { '2.0.0.127.in-addr.arpa': 'east.fs.example.net' },
  });
  const site = await collectorOf({ dns: 'fs.example.net', names: 'dns', port }, { dnsServers: [dns.address] });
  await eventually(() => expect(site.states()[0]).toBe('esl:east.fs.example.net up'));
});

test('a switch that the configuration names itself counts before one that is found under its name', async () => {
  const [own, found] = [await switchAt('127.0.0.1', 0, 'x'), await switchAt('127.0.0.1', 0, 'x')];
  const file = join(directory(), 'nodes.json');
  replace(file, listOf(['fs1', found]));
  const site = await collectorOf(
    { file },
    { freeswitch: [{ name: 'fs1', host: own.host, port: own.port, password: PASSWORD }] },
  );
  await eventually(() => expect(site.states()).toEqual(['esl:fs1 up', `discover:${file} up`]));
  expect([own.connections(), found.connections()]).toEqual([2, 0]);
});
