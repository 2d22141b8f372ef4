import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HepSource } from '../../../collector/hep/hep-source.ts';
import { createHepTcpSource, type HepTcpDeps } from '../../../collector/hep/tcp.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { counted, createTestBus, fixture, hepOf, OPEN, oldHep, recorded, SIP, type TestBus } from './helpers.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const TLS = { cert: fixture('tls-cert.pem').toString(), key: fixture('tls-key.pem').toString() };

let bus: TestBus;
let metrics: Metrics;
let source: HepSource;
let clients: Socket[];

async function started(changes: Partial<HepTcpDeps> = {}): Promise<HepSource> {
  source = createHepTcpSource({ listen: LOOPBACK, ...OPEN, trustSenderClock: true, bus, metrics, ...changes });
  await source.start();
  return source;
}

async function client(tls = false): Promise<Socket> {
  const { host, port } = source.address();
  const socket = tls ? connectTls({ host, port, ca: TLS.cert }) : connect(port, host);
  clients.push(socket);
  await new Promise((resolve, reject) => {
    socket.once(tls ? 'secureConnect' : 'connect', resolve).once('error', reject);
  });
  // A connection that the source ends may be reset under the client's feet.
  return socket.on('error', () => undefined);
}

const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve));
const sensors = (): string[] => bus.events.map((event) => (event.kind === 'packet' ? event.sensor : event.kind));
const rejected = (reason: string): Promise<number> => counted(metrics, 'calltrail_rejected_total', { reason });

beforeEach(() => {
  bus = createTestBus();
  metrics = createMetrics();
  clients = [];
});

afterEach(async () => {
  for (const socket of clients) socket.destroy();
  await source.stop();
});

describe.each([
  { name: 'hep-tcp', tls: undefined },
  { name: 'hep-tls', tls: TLS },
])('$name', ({ name, tls }) => {
  const deps: Partial<HepTcpDeps> = tls === undefined ? {} : { tls };
  const secure = tls !== undefined;

  test('publishes the packets of a connection in order, however they are cut', async () => {
    await started(deps);
    const socket = await client(secure);
    const packets = recorded('OpenSIPS', 'SIP in JSON').map(({ bytes }) => bytes);
    const bytes = Buffer.concat([...packets, ...packets]);
    for (let at = 0; at < bytes.length; at += 700) {
      await new Promise((resolve) => socket.write(bytes.subarray(at, at + 700), resolve));
    }
    await vi.waitFor(() => expect(bus.events).toHaveLength(2 * packets.length));
    expect(bus.events.map(({ id }) => id).slice(0, packets.length)).toEqual(
      bus.events.map(({ id }) => id).slice(packets.length),
    );
    expect(await counted(metrics, 'calltrail_received_total', { source: name, kind: 'sip' })).toBe(2 * packets.length);
    expect(source.state()).toMatchObject({ name, state: 'up' });
    expect(source.state().lastSeenMs).toBeGreaterThan(0);
  });

  test('reads no further while the bus is full, and loses nothing', async () => {
    await started(deps);
    const socket = await client(secure);
    bus.hold();
    const count = 600;
    for (let n = 0; n < count; n++) socket.write(hepOf({ nodeName: `n${n}`, payload: Buffer.alloc(40_000, 'x') }));
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 300; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    await vi.waitFor(() => expect(bus.batches()).toBeGreaterThan(0));
    await turns();
    await turns();
    // A frame may have been passed on for its age, and another one for being full; no third, however long one waits.
    expect(bus.batches()).toBeLessThanOrEqual(2);
    expect(socket.writableLength).toBeGreaterThan(0);
    bus.release();
    await vi.waitFor(() => expect(bus.events).toHaveLength(count), 10_000);
    expect(sensors()).toEqual(Array.from({ length: count }, (_, n) => `n${n}`));
  });

  test('closes a connection that loses sync, and only that', async () => {
    await started(deps);
    const [good, bad] = [await client(secure), await client(secure)];
    const ended = closed(bad);
    bad.resume().write(Buffer.concat([hepOf({ nodeName: 'before' }), SIP]));
    await ended;
    good.write(hepOf({ nodeName: 'good' }));
    await vi.waitFor(() => expect(sensors()).toHaveLength(3));
    expect(new Set(sensors())).toEqual(new Set(['before', 'unreadable', 'good']));
    expect(bus.events.find(({ kind }) => kind === 'unreadable')).toMatchObject({ source: name, reason: 'lost_sync' });
    expect(await rejected('lost_sync')).toBe(1);
  });

  test('stop closes idle and busy connections and lets nobody wait', async () => {
    await started(deps);
    const [idle, busy] = [await client(secure), await client(secure)];
    bus.hold();
    busy.write(hepOf());
    await vi.waitFor(() => expect(bus.events).toHaveLength(1));
    const ended = Promise.all([closed(idle.resume()), closed(busy.resume())]);
    await Promise.all([source.stop(), source.stop()]);
    await ended;
    expect(source.state()).toMatchObject({ state: 'down', detail: 'stopped' });
    expect(await counted(metrics, 'calltrail_source_up', { source: name })).toBe(0);
  });
});

test('a sender may be silent between packets and connect as often as it likes', async () => {
  await started();
  const first = await client();
  const second = await client();
  second.write(hepOf({ nodeName: 'second' }));
  await vi.waitFor(() => expect(bus.events).toHaveLength(1));
  first.write(hepOf({ nodeName: 'first' }));
  await vi.waitFor(() => expect(sensors()).toEqual(['second', 'first']));
});

test('stores the piece of a packet that a connection ended in', async () => {
  await started();
  const socket = await client();
  const bytes = hepOf();
  socket.end(Buffer.concat([bytes, bytes.subarray(0, 50)]));
  await vi.waitFor(() => expect(bus.events).toHaveLength(2));
  expect(bus.events[1]).toMatchObject({ kind: 'unreadable', reason: 'cut_off', bytes: bytes.subarray(0, 50) });
});

test('survives a connection that is reset in the middle of a packet', async () => {
  await started();
  const [gone, stays] = [await client(), await client()];
  gone.write(hepOf().subarray(0, 30));
  stays.write(hepOf());
  await vi.waitFor(() => expect(bus.events).toHaveLength(1));
  gone.resetAndDestroy();
  await vi.waitFor(async () => expect(await rejected('connection_error')).toBe(1));
  stays.write(hepOf());
  await vi.waitFor(() => expect(sensors().filter((sensor) => sensor === 'hep 101')).toHaveLength(2));
});

test('takes HEPv3 only: v1 and v2 have no length to split a stream by', async () => {
  await started();
  const socket = await client();
  const ended = closed(socket.resume());
  socket.write(oldHep(2, Buffer.alloc(8, 1), SIP));
  await ended;
  expect(await rejected('lost_sync')).toBe(1);
});

test('refuses a packet with a wrong key but keeps its connection', async () => {
  await started({ rules: { key: 'k', unknown: 'refuse' } });
  const socket = await client();
  socket.write(Buffer.concat([hepOf({ authKey: 'x' }), hepOf(), hepOf({ authKey: 'k' })]));
  await vi.waitFor(() => expect(bus.events).toHaveLength(1));
  expect([await rejected('no_key'), await rejected('wrong_key')]).toEqual([1, 1]);
});

test('ends a connection whose events the bus refused, and counts them', async () => {
  await started({ bus: { ...bus, publish: () => Promise.reject(new Error('closed')) } });
  const socket = await client();
  const ended = closed(socket.resume());
  socket.write(hepOf());
  await ended;
  expect(await counted(metrics, 'calltrail_lost_total', { stage: 'bus', reason: 'refused' })).toBe(1);
  expect(source.state().detail).toContain('the bus takes no events: closed');
});

test('counts a client that speaks no TLS, and serves the others', async () => {
  await started({ tls: TLS });
  const plain = await client();
  const ended = closed(plain.resume());
  plain.write(hepOf());
  await ended;
  expect(await rejected('tls_error')).toBe(1);
  (await client(true)).write(hepOf());
  await vi.waitFor(() => expect(sensors()).toEqual(['hep 101']));
});

test('stop ends a connection that never finished its handshake', async () => {
  await started({ tls: TLS });
  const ended = closed((await client()).resume());
  await source.stop();
  await ended;
});

test('rejects when the address is taken or the certificate is none', async () => {
  const first = await started();
  const second = createHepTcpSource({ listen: first.address(), ...OPEN, trustSenderClock: true, bus, metrics });
  await expect(second.start()).rejects.toThrow('EADDRINUSE');
  expect(second.state()).toMatchObject({ state: 'down', detail: expect.stringContaining('cannot listen on') });
  await second.stop();
  const third = createHepTcpSource({
    listen: LOOPBACK,
    tls: { cert: 'no', key: 'no' },
    ...OPEN,
    trustSenderClock: true,
    bus,
    metrics,
  });
  await expect(third.start()).rejects.toThrow();
  await third.stop();
});

test.each(['127.0.0.1', 'localhost'])('a stop while it starts on %s ends both', async (host) => {
  source = createHepTcpSource({ listen: { host, port: 0 }, ...OPEN, trustSenderClock: true, bus, metrics });
  const starting = source.start();
  await Promise.all([expect(starting).rejects.toThrow('stopped'), source.stop()]);
  expect(source.state()).toMatchObject({ state: 'down', detail: 'stopped' });
});

test('starts again after a stop', async () => {
  await started();
  await source.stop();
  await source.start();
  (await client()).write(hepOf());
  await vi.waitFor(() => expect(bus.events).toHaveLength(1));
});
