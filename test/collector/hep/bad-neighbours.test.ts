import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HepDeps, HepSource } from '../../../collector/hep/hep-source.ts';
import { createStrangers } from '../../../collector/hep/strangers.ts';
import { createHepTcpSource, type HepTcpDeps } from '../../../collector/hep/tcp.ts';
import { createHepUdpSource } from '../../../collector/hep/udp.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { pair, pem } from '../../certificates/read.ts';
import { counted, createTestBus, hepOf, OPEN, SIP } from './helpers.ts';

/** The good neighbour sends from 127.0.0.1, the bad one from here. */
const BAD = '127.0.0.2';
const LISTEN = { host: '127.0.0.1', port: 0 };

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
    tcp: (changes: Partial<HepTcpDeps> = {}) => start(createHepTcpSource({ ...common, ...changes })),
    udp: (changes: Partial<HepDeps> = {}) => start(createHepUdpSource({ ...common, ...changes })),
    rejected: (reason: string, sender = BAD) => counted(metrics, 'calltrail_rejected_total', { reason, sender }),
    named: (prefix: string) =>
      bus.events.flatMap((event) => (event.kind === 'packet' && event.sensor.startsWith(prefix) ? [event.sensor] : [])),
  };
}

async function dial(source: HepSource, localAddress: string): Promise<Socket> {
  const socket = connect({ ...source.address(), localAddress });
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  // Whoever misbehaves may be reset.
  return socket.on('error', () => undefined).resume();
}

const closed = (socket: Socket): Promise<unknown> =>
  socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));

/** Sends numbered packets from 127.0.0.1 while `meanwhile` goes on, and some after it; all of them must arrive. */
async function withGoodNeighbour(
  site: ReturnType<typeof setUp>,
  source: HepSource,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const good = await dial(source, '127.0.0.1');
  let sent = 0;
  let isOver = false;
  const send = (): Promise<void> =>
    new Promise((resolve, reject) =>
      good.write(hepOf({ nodeName: `good${sent++}` }), (error) => (error ? reject(error) : resolve())),
    );
  const sending = (async () => {
    while (!isOver) {
      await send();
      await sleep(1);
    }
    for (let n = 0; n < 20; n++) await send();
  })();
  await meanwhile();
  isOver = true;
  await sending;
  await vi.waitFor(() => expect(site.named('good')).toHaveLength(sent), 10_000);
  expect(site.named('good')).toEqual(Array.from({ length: sent }, (_, n) => `good${n}`));
}

test('a sender that opens connection after connection gets no more than its share, and leaves room for others', async () => {
  const site = setUp();
  const source = await site.tcp({ limits: { maxConnections: 8, maxConnectionsPerSender: 3 } });
  await withGoodNeighbour(site, source, async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => dial(source, BAD)));
    await vi.waitFor(async () => expect(await site.rejected('too_many_of_sender')).toBe(37));
    expect(await counted(site.metrics, 'calltrail_open_connections')).toBe(4);
    expect(await counted(site.metrics, 'calltrail_open_connections_limit')).toBe(8);
    const open = all.filter((socket) => !socket.closed);
    open[0]!.destroy();
    await vi.waitFor(async () => expect(await counted(site.metrics, 'calltrail_open_connections')).toBe(3));
    (await dial(source, BAD)).write(hepOf({ nodeName: 'again' }));
    await vi.waitFor(() => expect(site.named('again')).toHaveLength(1));
  });
});

test('all senders together have a limit of connections', async () => {
  const site = setUp();
  const source = await site.tcp({ limits: { maxConnections: 3, maxConnectionsPerSender: 2 } });
  await withGoodNeighbour(site, source, async () => {
    await dial(source, BAD);
    await dial(source, BAD);
    const late = await dial(source, '127.0.0.3');
    await closed(late);
    expect(await site.rejected('too_many_connections', '127.0.0.3')).toBe(1);
  });
});

test('a sender of TCP over its rate waits, and loses nothing', async () => {
  const site = setUp();
  const rules = { unknown: 'refuse', allow: [{ address: BAD, maxPerSecond: 500 }, { address: '127.0.0.1' }] } as const;
  const source = await site.tcp({ rules });
  await withGoodNeighbour(site, source, async () => {
    const flood = await dial(source, BAD);
    for (let n = 0; n < 900; n++) flood.write(hepOf({ nodeName: `flood${n}` }));
    await vi.waitFor(async () => expect(await counted(site.metrics, 'calltrail_throttled_total')).toBeGreaterThan(0));
    await vi.waitFor(() => expect(site.named('flood')).toHaveLength(900), 10_000);
  });
  expect(await counted(site.metrics, 'calltrail_throttled_total', { source: 'hep-tcp', sender: BAD })).toBeGreaterThan(
    0,
  );
  expect(await counted(site.metrics, 'calltrail_rejected_total')).toBe(0);
});

test('of datagrams over the rate each is counted, and those of others are taken', async () => {
  const site = setUp();
  const source = await site.udp({ rules: { unknown: 'refuse', maxPerSender: 100 } });
  const [good, bad] = [createSocket('udp4'), createSocket('udp4')];
  onTestFinished(() => void [good.close(), bad.close()]);
  await Promise.all([
    new Promise<void>((resolve) => good.bind(0, '127.0.0.1', resolve)),
    new Promise<void>((resolve) => bad.bind(0, BAD, resolve)),
  ]);
  const { host, port } = source.address();
  for (let n = 0; n < 400; n++) {
    bad.send(hepOf({ nodeName: 'flood' }), port, host);
    if (n % 10 === 0) good.send(hepOf({ nodeName: `good${n / 10}` }), port, host);
    if (n % 50 === 0) await sleep(1);
  }
  await vi.waitFor(async () => {
    expect(site.named('good')).toHaveLength(40);
    expect(site.named('flood').length + (await site.rejected('over_rate'))).toBe(400);
  });
  expect(site.named('flood').length).toBeGreaterThanOrEqual(100);
  expect(await site.rejected('over_rate')).toBeGreaterThan(0);
  expect(await site.rejected('over_rate', '127.0.0.1')).toBe(0);
});

test('a sender whose packets are of no use is let go after a hundred in a row, and not before', async () => {
  const site = setUp();
  const source = await site.tcp();
  const broken = hepOf({ payload: Buffer.alloc(0) });
  await withGoodNeighbour(site, source, async () => {
    const patient = await dial(source, BAD);
    for (let n = 0; n < 5; n++) {
      patient.write(Buffer.concat([...Array.from({ length: 99 }, () => broken), hepOf({ nodeName: `whole${n}` })]));
    }
    await vi.waitFor(() => expect(site.named('whole')).toHaveLength(5));
    expect(await site.rejected('too_many_broken')).toBe(0);
    patient.write(Buffer.concat(Array.from({ length: 150 }, () => broken)));
    await closed(patient);
    expect(await site.rejected('too_many_broken')).toBe(1);
    expect(await site.rejected('empty_payload')).toBe(5 * 99 + 100);
  });
});

test('a packet that comes a byte at a time, or says that it is huge and does not come, ends its connection', async () => {
  const site = setUp();
  const source = await site.tcp({ packetTimeoutMs: 150 });
  await withGoodNeighbour(site, source, async () => {
    const [slow, huge, silent] = [await dial(source, BAD), await dial(source, BAD), await dial(source, '127.0.0.3')];
    const isSlow = closed(slow);
    huge.write(Buffer.concat([Buffer.from('HEP3'), Buffer.from([0xff, 0xff])]));
    const bytes = hepOf();
    for (let at = 0; at < bytes.length && !slow.closed; at++) {
      slow.write(bytes.subarray(at, at + 1));
      await sleep(20);
    }
    await Promise.all([isSlow, closed(huge)]);
    await vi.waitFor(async () => expect(await site.rejected('too_slow')).toBe(2));
    // One that has nothing to say is no burden but for its place.
    silent.write(hepOf({ nodeName: 'silent' }));
    await vi.waitFor(() => expect(site.named('silent')).toHaveLength(1));
  });
});

test('a packet in many pieces is no slow one while its pieces come', async () => {
  const site = setUp();
  const source = await site.tcp({ packetTimeoutMs: 3000 });
  const socket = await dial(source, BAD);
  const bytes = Buffer.concat(Array.from({ length: 60 }, (_, n) => hepOf({ nodeName: `piece${n}` })));
  for (let at = 0; at < bytes.length; at += 101) {
    socket.write(bytes.subarray(at, at + 101));
    await sleep(1);
  }
  await vi.waitFor(() => expect(site.named('piece')).toHaveLength(60));
  expect(await counted(site.metrics, 'calltrail_rejected_total')).toBe(0);
});

test('a full bus is not the fault of the sender: no packet is called slow for it', async () => {
  const site = setUp();
  const source = await site.tcp({ packetTimeoutMs: 500 });
  const socket = await dial(source, BAD);
  site.bus.hold();
  const count = 200;
  for (let n = 0; n < count; n++) socket.write(hepOf({ nodeName: `big${n}`, payload: Buffer.alloc(40_000, 'x') }));
  await vi.waitFor(() => expect(site.bus.batches()).toBeGreaterThan(0));
  await sleep(1200);
  site.bus.release();
  await vi.waitFor(() => expect(site.named('big')).toHaveLength(count), 10_000);
  expect(await site.rejected('too_slow')).toBe(0);
});

test('a handshake that does not end has its time, and its address its share', async () => {
  const site = setUp();
  const source = await site.tcp({
    tls: pair('server'),
    handshakeTimeoutMs: 150,
    limits: { maxConnections: 4, maxConnectionsPerSender: 3 },
  });
  const idle = await Promise.all(Array.from({ length: 5 }, () => dial(source, BAD)));
  const good = connectTls({ ...source.address(), ca: pem('ca') });
  onTestFinished(() => void good.destroy());
  good.write(hepOf({ nodeName: 'good' }));
  await vi.waitFor(() => expect(site.named('good')).toHaveLength(1));
  await Promise.all(idle.map(closed));
  await vi.waitFor(async () => {
    expect(await counted(site.metrics, 'calltrail_rejected_total', { reason: 'handshake_timeout' })).toBe(3);
    expect(await site.rejected('too_many_of_sender')).toBe(2);
    expect(await counted(site.metrics, 'calltrail_open_connections')).toBe(1);
  });
});

test('bytes that are no HEP cost their sender its connection', async () => {
  const site = setUp();
  const source = await site.tcp();
  await withGoodNeighbour(site, source, async () => {
    for (let n = 0; n < 150; n++) {
      const bad = await dial(source, BAD);
      bad.write(SIP);
      await closed(bad);
    }
    await vi.waitFor(async () => expect(await site.rejected('lost_sync')).toBe(150));
  });
  // What is kept of them is bounded.
  expect(site.bus.events.filter(({ kind }) => kind === 'unreadable')).toHaveLength(100);
});
