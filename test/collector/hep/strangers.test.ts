import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DoorRules } from '../../../collector/hep/door.ts';
import type { HepSource } from '../../../collector/hep/hep-source.ts';
import { createStrangers } from '../../../collector/hep/strangers.ts';
import { createHepTcpSource } from '../../../collector/hep/tcp.ts';
import { createHepUdpSource } from '../../../collector/hep/udp.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { pair, pem } from '../../certificates/read.ts';
import { counted, createTestBus, hepOf, OPEN } from './helpers.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
const REFUSE: DoorRules = { unknown: 'refuse' };

function setUp() {
  const bus = createTestBus();
  const metrics = createMetrics();
  const strangers = createStrangers();
  const common = { ...OPEN, listen: LISTEN, trustSenderClock: true, bus, metrics, strangers };
  const start = async (source: HepSource): Promise<HepSource> => {
    await source.start();
    onTestFinished(() => source.stop());
    return source;
  };
  return {
    ...{ bus, metrics, strangers },
    udp: (rules: DoorRules) => start(createHepUdpSource({ ...common, rules })),
    tcp: (rules: DoorRules) => start(createHepTcpSource({ ...common, rules })),
    tls: (tls: { clientCa?: string; clientNames?: readonly string[] }) =>
      start(createHepTcpSource({ ...common, tls: { ...pair('server'), ...tls } })),
    rejected: (reason: string) => counted(metrics, 'calltrail_rejected_total', { reason }),
    sensors: () => bus.events.map((event) => (event.kind === 'packet' ? event.sensor : event.kind)),
  };
}

/** Sends datagrams from an address of loopback. */
async function datagrams(source: HepSource, from: string, all: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, from, resolve));
  const { host, port } = source.address();
  for (const bytes of all) {
    await new Promise<void>((resolve, reject) =>
      socket.send(bytes, port, host, (error) => (error ? reject(error) : resolve())),
    );
  }
  socket.close();
}

const closed = (socket: Socket): Promise<unknown> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

async function dial(source: HepSource, localAddress: string): Promise<Socket> {
  const socket = connect({ ...source.address(), localAddress });
  onTestFinished(() => void socket.destroy());
  return socket.on('error', () => undefined).resume();
}

test('a datagram of an address that is not in the list is counted, shown with its name, and nowhere else', async () => {
  const site = setUp();
  const source = await site.udp({ ...REFUSE, allow: [{ address: '127.0.0.1/32' }] });
  await datagrams(source, '127.0.0.2', [hepOf({ nodeName: 'who' }), hepOf({ nodeName: 'who' }), Buffer.from('x')]);
  await datagrams(source, '127.0.0.1', [hepOf({ nodeName: 'ours' })]);
  await vi.waitFor(() => expect(site.sensors()).toEqual(['ours']));
  await vi.waitFor(async () => expect(await site.rejected('unknown_sender')).toBe(3));
  expect(site.strangers.list()).toMatchObject([
    { source: 'hep-udp', address: '127.0.0.2', reason: 'unknown_sender', captureId: 101, name: 'who', count: 3 },
  ]);
  expect(site.sensors()).toEqual(['ours']);
});

test('a flood of strangers alone reaches counter and list: nothing waits for a packet that is taken', async () => {
  const site = setUp();
  const source = await site.udp({ ...REFUSE, key: 'k' });
  await datagrams(source, '127.0.0.2', Array(500).fill(hepOf({ authKey: 'other', nodeName: 'edge9' })));
  await vi.waitFor(async () => expect(await site.rejected('wrong_key')).toBe(500));
  expect(site.strangers.list()).toMatchObject([{ reason: 'wrong_key', name: 'edge9', count: 500 }]);
  expect(site.bus.events).toEqual([]);
  expect(source.state().lastSeenMs).toBe(0);
});

test('no datagram is ever answered, whatever is in it: nobody can be flooded in the name of another', async () => {
  const site = setUp();
  const source = await site.udp({ ...REFUSE, key: 'k' });
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const answers: Buffer[] = [];
  socket.on('message', (bytes) => answers.push(bytes));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { host, port } = source.address();
  const all = [Buffer.alloc(0), Buffer.from('HEP3'), hepOf(), hepOf({ authKey: 'x' }), hepOf({ authKey: 'k' })];
  for (const bytes of all) socket.send(bytes, port, host);
  await vi.waitFor(async () => expect(await counted(site.metrics, 'calltrail_rejected_total')).toBe(4));
  await vi.waitFor(() => expect(site.sensors()).toContain('hep 101'));
  expect(answers).toEqual([]);
});

test('each entry of the list may have a key of its own; the first that holds the address counts', async () => {
  const site = setUp();
  const allow = [{ address: '127.0.0.2', key: 'two' }, { address: '127.0.0.0/8' }];
  const source = await site.udp({ ...REFUSE, key: 'all', allow });
  const both = [hepOf({ authKey: 'two', nodeName: 'two' }), hepOf({ authKey: 'all', nodeName: 'all' }), hepOf()];
  await datagrams(source, '127.0.0.2', both);
  await datagrams(source, '127.0.0.3', both);
  await vi.waitFor(() => expect(site.sensors().sort()).toEqual(['all', 'two']));
  expect([await site.rejected('wrong_key'), await site.rejected('no_key')]).toEqual([2, 2]);
  expect(site.strangers.list().map(({ address, reason }) => `${address} ${reason}`)).toEqual([
    ...['127.0.0.3 no_key', '127.0.0.3 wrong_key', '127.0.0.2 no_key', '127.0.0.2 wrong_key'],
  ]);
});

test('quarantine keeps some of them a minute as unreadable ones, without the key that they carry', async () => {
  const site = setUp();
  const source = await site.udp({ unknown: 'quarantine', allow: [{ address: '127.0.0.1' }] });
  await datagrams(source, '127.0.0.2', Array(130).fill(hepOf({ authKey: 'of another collector' })));
  await vi.waitFor(async () => expect(await site.rejected('unknown_sender')).toBe(130));
  const kept = site.bus.events;
  expect(kept).toHaveLength(100);
  for (const event of kept) {
    expect(event).toMatchObject({ kind: 'unreadable', reason: 'unknown_sender' });
    if (event.kind === 'unreadable') expect(event.bytes.includes('of another collector')).toBe(false);
  }
});

test('a connection of an address that is not in the list is closed before anything of it is read', async () => {
  const site = setUp();
  const source = await site.tcp({ ...REFUSE, allow: [{ address: '::ffff:127.0.0.1/128' }] });
  const [stranger, ours] = [await dial(source, '127.0.0.2'), await dial(source, '127.0.0.1')];
  stranger.write(hepOf({ nodeName: 'who' }));
  ours.write(hepOf({ nodeName: 'ours' }));
  await closed(stranger);
  await vi.waitFor(() => expect(site.sensors()).toEqual(['ours']));
  expect(site.strangers.list()).toMatchObject([{ source: 'hep-tcp', address: '127.0.0.2', count: 1 }]);
});

test('rules that change hold at once: for the next datagram, and for connections that are open', async () => {
  const site = setUp();
  const [udp, tcp] = [await site.udp(REFUSE), await site.tcp(REFUSE)];
  const [good, bad] = [await dial(tcp, '127.0.0.1'), await dial(tcp, '127.0.0.2')];
  good.write(hepOf({ nodeName: 'before' }));
  bad.write(hepOf({ nodeName: 'before' }));
  await datagrams(udp, '127.0.0.2', [hepOf({ nodeName: 'before' })]);
  await vi.waitFor(() => expect(site.sensors()).toHaveLength(3));
  const settings = { rules: { ...REFUSE, allow: [{ address: '127.0.0.1' }] }, limits: OPEN.limits };
  udp.change(settings);
  tcp.change(settings);
  await closed(bad);
  await datagrams(udp, '127.0.0.2', [hepOf({ nodeName: 'after' })]);
  good.write(hepOf({ nodeName: 'good' }));
  await vi.waitFor(() => expect(site.sensors()).toEqual(['before', 'before', 'before', 'good']));
  await vi.waitFor(async () => expect(await site.rejected('unknown_sender')).toBe(1));
});

test('with an authority of clients only whose certificate is right sends; the others are shown with what is wrong', async () => {
  const site = setUp();
  const source = await site.tls({ clientCa: pem('ca'), clientNames: ['kam1.example.net'] });
  const send = async (certificate: string | undefined, nodeName: string): Promise<Socket> => {
    const own = certificate === undefined ? {} : pair(certificate);
    const socket = connectTls({ ...source.address(), ca: pem('ca'), ...own });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined).resume();
    socket.write(hepOf({ nodeName }));
    return socket;
  };
  const wrong = [undefined, 'expired', 'foreign', 'stranger'];
  await Promise.all(wrong.map(async (one) => closed(await send(one, 'wrong'))));
  await send('client', 'right');
  await vi.waitFor(() => expect(site.sensors()).toEqual(['right']));
  for (const reason of ['no_certificate', 'expired_certificate', 'foreign_certificate', 'certificate_name']) {
    expect([reason, await site.rejected(reason)]).toEqual([reason, 1]);
  }
  const seen = site.strangers.list().map(({ reason, name }) => `${reason} ${name}`);
  expect(seen.sort()).toEqual([
    ...['certificate_name kam9.example.net', 'expired_certificate kam1.example.net'],
    ...['foreign_certificate kam1.example.net', 'no_certificate '],
  ]);
  expect(site.sensors()).toEqual(['right']);
});

test('a new certificate of the listener breaks no connection; a new authority of clients ends those it does not know', async () => {
  const site = setUp();
  const source = await site.tls({ clientCa: pem('ca') });
  const client = connectTls({ ...source.address(), ca: pem('ca'), ...pair('client') });
  onTestFinished(() => void client.destroy());
  client.on('error', () => undefined).resume();
  client.write(hepOf({ nodeName: 'a' }));
  await vi.waitFor(() => expect(site.sensors()).toEqual(['a']));
  const change = (clientCa: string): void =>
    source.change({ rules: REFUSE, limits: OPEN.limits, tls: { ...pair('server'), clientCa } });
  change(pem('ca'));
  client.write(hepOf({ nodeName: 'b' }));
  await vi.waitFor(() => expect(site.sensors()).toEqual(['a', 'b']));
  change(pem('other-ca'));
  await closed(client);
  const foreign = connectTls({ ...source.address(), ca: pem('ca'), ...pair('foreign') });
  onTestFinished(() => void foreign.destroy());
  foreign.on('error', () => undefined).resume();
  foreign.write(hepOf({ nodeName: 'c' }));
  await vi.waitFor(() => expect(site.sensors()).toEqual(['a', 'b', 'c']));
});

test('the list of strangers is bounded: who was silent for longest is forgotten', () => {
  const strangers = createStrangers();
  const saw = (address: string, atMs: number): void =>
    strangers.saw({ source: 'hep-udp', address, reason: 'no_key' }, atMs, () => ({
      captureId: 1,
      name: 'n'.repeat(500),
    }));
  saw('192.0.2.1', 0);
  for (let n = 0; n < 10_000; n++) {
    saw(`10.0.${n >> 8}.${n & 255}`, n);
    if (n % 100 === 0) saw('192.0.2.1', n);
  }
  const list = strangers.list();
  expect(list).toHaveLength(256);
  expect(list.find(({ address }) => address === '192.0.2.1')).toMatchObject({ firstMs: 0, lastMs: 9900, count: 101 });
  expect(list[0]).toMatchObject({ address: '10.0.39.15', name: 'n'.repeat(128) });
});
