import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HepDeps, HepSource } from '../../../collector/hep/hep-source.ts';
import { createHepUdpSource } from '../../../collector/hep/udp.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { counted, createTestBus, hepOf, OPEN, oldHep, recordedPackets, SIP, type TestBus } from './helpers.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

let bus: TestBus;
let metrics: Metrics;
let source: HepSource;
let sender: Socket;

async function started(changes: Partial<HepDeps> = {}): Promise<HepSource> {
  source = createHepUdpSource({ listen: LOOPBACK, ...OPEN, trustSenderClock: true, bus, metrics, ...changes });
  await source.start();
  return source;
}

const send = (bytes: Buffer, to = source): void => sender.send(bytes, to.address().port, to.address().host);

/** Sends while this process stands still, so that all of it waits in the socket's buffer. */
function sendWhileBusy(count: number, bytes: Buffer): void {
  const script = `
    const socket = require('node:dgram').createSocket('udp4');
    const bytes = Buffer.from(process.argv[1], 'base64');
    let left = ${count};
    const next = () => left-- > 0 ? socket.send(bytes, ${source.address().port}, '127.0.0.1', next) : socket.close();
    next();`;
  execFileSync(process.execPath, ['-e', script, bytes.toString('base64')]);
}

beforeEach(() => {
  bus = createTestBus();
  metrics = createMetrics();
  sender = createSocket('udp4');
});

afterEach(async () => {
  sender.close();
  await source.stop();
});

test('publishes what comes, of all three versions, with the time it came', async () => {
  const fromUs = Date.now() * 1000;
  await started();
  const addresses = Buffer.from([192, 0, 2, 1, 198, 51, 100, 7]);
  for (const bytes of [hepOf(), oldHep(1, addresses, SIP), oldHep(2, addresses, SIP)]) send(bytes);
  await vi.waitFor(() => expect(bus.events).toHaveLength(3));
  expect(bus.events).toMatchObject(
    ['hep 101', 'hep 0@127.0.0.1', 'hep 200@127.0.0.1'].map((sensor) => ({
      kind: 'packet',
      sensor,
    })),
  );
  for (const { arrivedUs } of bus.events) {
    expect(arrivedUs).toBeGreaterThanOrEqual(fromUs);
    expect(arrivedUs).toBeLessThanOrEqual(Date.now() * 1000);
  }
  expect(source.state()).toMatchObject({ name: 'hep-udp', state: 'up' });
  expect(source.state().lastSeenMs * 1000).toBeGreaterThanOrEqual(fromUs);
  expect(await counted(metrics, 'calltrail_received_total', { source: 'hep-udp', kind: 'sip' })).toBe(3);
});

test('publishes every recorded packet, or stores why it cannot', async () => {
  await started();
  for (const { bytes } of recordedPackets) send(bytes);
  await vi.waitFor(() => expect(bus.events).toHaveLength(recordedPackets.length));
  expect(bus.events.filter(({ kind }) => kind === 'unreadable')).toMatchObject([{ reason: 'empty_payload' }]);
});

test.runIf(hasIpv6)('listens on IPv6, and names an IPv4 sender of a dual-stack socket plainly', async () => {
  await started({ listen: { host: '::', port: 0 } });
  sender.send(Buffer.from('x'), source.address().port, '127.0.0.1');
  const sender6 = createSocket('udp6');
  sender6.send(hepOf(), source.address().port, '::1');
  await vi.waitFor(() => expect(bus.events).toHaveLength(2));
  sender6.close();
  expect(bus.events).toContainEqual(expect.objectContaining({ kind: 'packet' }));
  expect(bus.events).toContainEqual(expect.objectContaining({ peer: `127.0.0.1:${sender.address().port}` }));
});

test('gathers the datagrams of one turn into one batch', async () => {
  await started();
  sendWhileBusy(30, hepOf());
  await vi.waitFor(() => expect(bus.events).toHaveLength(30));
  expect(bus.batches()).toBeLessThan(4);
});

test('drops a frame that the bus has no room for, counts its packets, and goes on', async () => {
  await started();
  bus.setRoom(3);
  sendWhileBusy(10, hepOf());
  await vi.waitFor(async () => expect(await counted(metrics, 'calltrail_received_total')).toBe(10));
  await vi.waitFor(async () => {
    const lost = await counted(metrics, 'calltrail_lost_total', { stage: 'bus', reason: 'full' });
    expect(lost + bus.events.length).toBe(10);
    expect(lost).toBeGreaterThan(0);
  });
  const before = bus.events.length;
  bus.setRoom(100);
  send(hepOf());
  await vi.waitFor(() => expect(bus.events).toHaveLength(before + 1));
});

test('counts events that the bus refused, says so, and goes on', async () => {
  const refusing = { ...bus, publish: () => Promise.reject(new Error('closed')) };
  await started({ bus: refusing });
  send(hepOf());
  await vi.waitFor(() => expect(source.state().detail).toContain('the bus takes no events: closed'));
  expect(await counted(metrics, 'calltrail_lost_total', { stage: 'bus', reason: 'refused' })).toBe(1);
  expect(source.state().state).toBe('up');
});

test.runIf(process.platform === 'linux')(
  'accounts for every datagram: received, or dropped by the kernel',
  async () => {
    await started();
    const count = 900;
    sendWhileBusy(count, hepOf({ payload: Buffer.alloc(60_000, 'x') }));
    // What was queued is read in order, so behind an answer to this nothing is left.
    await vi.waitFor(() => {
      send(hepOf({ nodeName: 'last' }));
      expect(bus.events.some((event) => event.kind === 'packet' && event.sensor === 'last')).toBe(true);
    });
    const received = bus.events.filter((event) => event.kind === 'packet' && event.sensor !== 'last').length;
    await source.stop();
    const dropped = await counted(metrics, 'calltrail_lost_total', { stage: 'kernel', reason: 'receive_buffer_full' });
    expect(dropped).toBeGreaterThan(0);
    expect(received + dropped).toBe(count);
  },
);

test('says where it listens and how large its receive buffer really is', async () => {
  await started();
  const { detail } = source.state();
  expect(detail).toContain(`listens on 127.0.0.1:${source.address().port}, receive buffer `);
  expect(Number(/buffer (\d+) KiB/.exec(detail)?.[1])).toBeGreaterThan(0);
  expect(await counted(metrics, 'calltrail_source_up', { source: 'hep-udp' })).toBe(1);
});

test('refuses packets without the key, and datagrams that are no HEP, and lives on', async () => {
  await started({ rules: { key: 'k', unknown: 'quarantine' } });
  for (const bytes of [hepOf(), hepOf({ authKey: 'x' }), Buffer.alloc(0), SIP, hepOf({ authKey: 'k' })]) send(bytes);
  await vi.waitFor(() => expect(bus.events).toHaveLength(5));
  expect(bus.events.map((event) => (event.kind === 'unreadable' ? event.reason : event.kind))).toEqual(
    expect.arrayContaining(['no_key', 'wrong_key', 'not_hep', 'not_hep', 'packet']),
  );
});

test('rejects when the address is taken, and the one that has it is not disturbed', async () => {
  const first = await started();
  const second = createHepUdpSource({ listen: first.address(), ...OPEN, trustSenderClock: true, bus, metrics });
  await expect(second.start()).rejects.toThrow('EADDRINUSE');
  expect(second.state()).toMatchObject({ state: 'down', detail: expect.stringContaining('cannot listen on') });
  send(hepOf());
  await vi.waitFor(() => expect(bus.events).toHaveLength(1));
});

test('stops before it was started, twice at once, and starts again', async () => {
  source = createHepUdpSource({ listen: LOOPBACK, ...OPEN, trustSenderClock: true, bus, metrics });
  await source.stop();
  await source.start();
  await Promise.all([source.stop(), source.stop()]);
  expect(source.state()).toMatchObject({ state: 'down', detail: 'stopped' });
  expect(await counted(metrics, 'calltrail_source_up', { source: 'hep-udp' })).toBe(0);
  await source.start();
  send(hepOf());
  await vi.waitFor(() => expect(bus.events).toHaveLength(1));
});

test('a stop while it starts ends both', async () => {
  source = createHepUdpSource({ listen: LOOPBACK, ...OPEN, trustSenderClock: true, bus, metrics });
  const starting = source.start();
  const stopping = source.stop();
  await expect(starting).rejects.toThrow('stopped');
  await stopping;
  expect(source.state().state).toBe('down');
});

test('hands over at its stop what it had gathered', async () => {
  await started();
  sendWhileBusy(5, hepOf());
  await vi.waitFor(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.state().lastSeenMs).toBeGreaterThan(0);
  });
  await source.stop();
  expect(bus.events.length).toBeGreaterThanOrEqual(5);
});
