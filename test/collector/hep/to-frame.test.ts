import { expect, test } from 'vitest';
import { decodeHep } from '../../../collector/hep/decode.ts';
import type { HepToSend } from '../../../collector/hep/encode.ts';
import { hepChunk, hepPacket } from '../../../collector/hep/encode.ts';
import type { PacketSeen } from '../../../core/model/capture-event.ts';
import {
  decoded,
  hepOf,
  oldHep,
  oneRecorded,
  recorded,
  recordedPackets,
  SIP,
  seededRandom,
  toPacketSeen,
  toSend,
} from './helpers.ts';

const HOUR_US = 3_600_000_000;
const arrivedUs = toSend.sentUs + 1500;

const eventOf = (changes: Partial<HepToSend> = {}, at = arrivedUs, trust = false): PacketSeen =>
  toPacketSeen(decoded(hepOf(changes)), at, trust);
const named = (name: Buffer, type = 0x13): PacketSeen =>
  toPacketSeen(decoded(hepPacket([hepChunk(type, name), hepChunk(0x0f, SIP)])), arrivedUs, false);

test('says who saw what, when, between whom', () => {
  expect(eventOf({ nodeName: 'edge-1', correlationId: 'c1@example.net' })).toEqual({
    kind: 'packet',
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    atUs: toSend.sentUs,
    arrivedUs,
    sensor: 'edge-1',
    protocol: 1,
    transport: 'udp',
    srcIp: '192.0.2.1',
    srcPort: 5060,
    dstIp: '198.51.100.7',
    dstPort: 5080,
    correlationId: 'c1@example.net',
    payload: SIP,
  });
});

test('names a sensor without a node name by its capture id', () => {
  expect(eventOf().sensor).toBe('hep 101');
  expect(eventOf({ nodeName: ' \0' }).sensor).toBe('hep 101');
});

test('tells boxes apart that were all left with the default capture id', () => {
  const from = (host: string, captureId: number): string =>
    toPacketSeen(decoded(hepOf({ captureId })), arrivedUs, false, host).sensor;
  expect(from('192.0.2.31', 200)).toBe('hep 200@192.0.2.31');
  expect(from('192.0.2.32', 200)).toBe('hep 200@192.0.2.32');
  expect(from('192.0.2.31', 101)).toBe('hep 101');
});

test('names the transport by IP protocol, 22 being TLS by convention', () => {
  for (const transport of ['udp', 'tcp', 'tls', 'sctp', 'other'] as const) {
    expect(eventOf({ transport }).transport).toBe(transport);
  }
  for (const sender of ['Kamailio', 'FreeSWITCH']) {
    const { bytes } = oneRecorded(sender, 'SIP over TLS');
    expect(toPacketSeen(decoded(bytes), arrivedUs, false).transport).toBe('tls');
  }
});

test('writes IPv6 addresses as RFC 5952 does, and none where FreeSWITCH says none', () => {
  expect(eventOf({ srcIp: '2001:DB8:0:0:1:0:0:1', dstIp: '::ffff:192.0.2.1' })).toMatchObject({
    srcIp: '2001:db8::1:0:0:1',
    // The same address: IPv4 written as IPv6 (RFC 4291 §2.5.5.2).
    dstIp: '192.0.2.1',
  });
  const [kamailio] = recorded('Kamailio', 'SIP over IPv6');
  expect(toPacketSeen(decoded(kamailio!.bytes), arrivedUs, false)).toMatchObject({ srcIp: '::1', dstIp: '::1' });
  const [freeswitch] = recorded('FreeSWITCH', 'SIP over IPv6');
  const event = toPacketSeen(decoded(freeswitch!.bytes), arrivedUs, false);
  expect(event).toMatchObject({ srcIp: '', dstIp: '' });
  expect(event.srcPort).toBeGreaterThan(0);
  expect(eventOf({ srcIp: '::', dstIp: '::1' })).toMatchObject({ srcIp: '', dstIp: '::1' });
});

test('takes the time of arrival when the sender is more than an hour off, unless its clock is trusted', () => {
  for (const error of [HOUR_US, -HOUR_US]) {
    expect(eventOf({}, toSend.sentUs + error).atUs).toBe(toSend.sentUs);
    const late = toSend.sentUs + error + Math.sign(error);
    expect(eventOf({}, late).atUs).toBe(late);
    expect(eventOf({}, late, true).atUs).toBe(toSend.sentUs);
  }
});

test('gives a second delivery the same id, whenever it arrives and whatever is thought of the clock', () => {
  const { id } = eventOf();
  expect(eventOf({}, arrivedUs + 999).id).toBe(id);
  expect(eventOf({}, arrivedUs + 5 * HOUR_US).id).toBe(id);
  expect(eventOf({}, arrivedUs + 5 * HOUR_US, true).id).toBe(id);
});

test('gives anything that differs in what was seen an id of its own', () => {
  const ids = [
    eventOf(),
    eventOf({ nodeName: 'a' }),
    eventOf({ captureId: 102 }),
    eventOf({ sentUs: toSend.sentUs + 1 }),
    eventOf({ srcIp: '192.0.2.2' }),
    eventOf({ dstIp: '192.0.2.2' }),
    eventOf({ srcPort: 1 }),
    eventOf({ dstPort: 1 }),
    eventOf({ protocol: 100 }),
    eventOf({ payload: Buffer.from('x') }),
  ].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const real = recordedPackets.filter(({ note }) => note !== 'empty payload');
  const realIds = real.map(({ bytes, arrivedMs }) => toPacketSeen(decoded(bytes), arrivedMs * 1000, false).id);
  expect(new Set(realIds).size).toBe(real.length);
});

test('a v1 packet has the time of its arrival, also in its id', () => {
  const packet = decoded(oldHep(1, Buffer.from([192, 0, 2, 1, 198, 51, 100, 7]), SIP));
  const event = toPacketSeen(packet, arrivedUs, false);
  expect(event).toMatchObject({ atUs: arrivedUs, sensor: 'hep 0', srcIp: '192.0.2.1', dstPort: 5080 });
  expect(toPacketSeen(packet, arrivedUs + 1, false).id).not.toBe(event.id);
});

test('a v2 packet from sofia-sip has its own time and capture id', () => {
  const packet = decoded(oldHep(2, Buffer.from([192, 0, 2, 1, 198, 51, 100, 7]), SIP, true));
  expect(toPacketSeen(packet, arrivedUs, false)).toMatchObject({ atUs: toSend.sentUs, sensor: 'hep 200' });
});

test('makes valid text of names and correlation ids that are not', () => {
  expect(named(Buffer.from('edge\0')).sensor).toBe('edge');
  expect(named(Buffer.from('a\nb\x1b[31m')).sensor).toBe('a\ufffdb\ufffd[31m');
  expect(named(Buffer.from([0x61, 0xff, 0xc3])).sensor).toBe('a\ufffd\ufffd');
  expect(named(Buffer.from('تهران')).sensor).toBe('تهران');
  expect(named(Buffer.from('\ud83d\ude00'.repeat(100))).sensor.isWellFormed()).toBe(true);
  expect(named(Buffer.alloc(60_000, 'x')).sensor).toBe('x'.repeat(128));
  expect(named(Buffer.from([0x63, 0x0a, 0xff]), 0x11).correlationId).toBe('c\ufffd\ufffd');
});

test('carries the SIP message of an OpenSIPS that wraps it, under the correlation id of its dialog', () => {
  for (const { bytes, arrivedMs } of recorded('OpenSIPS', 'SIP in JSON')) {
    const event = toPacketSeen(decoded(bytes), arrivedMs * 1000, false);
    expect(event.payload.toString()).toContain(`\r\nCall-ID: ${event.correlationId}\r\n`);
  }
});

test('random chunks become events of valid text, or none', () => {
  const seed = Date.now() >>> 0;
  const random = seededRandom(seed);
  const types = [0x02, 0x03, 0x05, 0x06, 0x09, 0x0b, 0x0f, 0x11, 0x13];
  for (let tries = 0; tries < 3000; tries++) {
    const chunks = Array.from({ length: random() % 12 }, () =>
      hepChunk(types[random() % types.length]!, Buffer.from(Array.from({ length: random() % 20 }, random))),
    );
    const result = decodeHep(hepPacket(chunks));
    if (!result.ok) continue;
    const event = toPacketSeen(result.packet, arrivedUs, tries % 2 === 0);
    for (const text of [event.sensor, event.correlationId]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those must not be there.
      expect(text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(text), `seed ${seed}, try ${tries}`).toBe(
        true,
      );
    }
    expect(Number.isSafeInteger(event.atUs), `seed ${seed}, try ${tries}`).toBe(true);
  }
});

test('recorded packets have plausible clocks: nothing was clamped', () => {
  for (const { bytes, arrivedMs, note } of recordedPackets) {
    if (note === 'empty payload') continue;
    const event = toPacketSeen(decoded(bytes), arrivedMs * 1000, false);
    expect(Math.abs(event.atUs - event.arrivedUs)).toBeLessThan(1_000_000);
  }
});
