import { expect, test } from 'vitest';
import type { DoorRules } from '../../../collector/hep/door.ts';
import { hepChunk, hepPacket } from '../../../collector/hep/encode.ts';
import type { HepIntake } from '../../../collector/hep/intake.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { counted, createIntake, hepOf, oldHep, oneRecorded, readOne, SIP, spread } from './helpers.ts';

const AT = 1_795_258_649_951_337;

function intakeWith(key?: string, rules: Partial<DoorRules> = {}): { intake: HepIntake; metrics: Metrics } {
  const metrics = createMetrics();
  return { metrics, intake: createIntake({ ...rules, ...(key === undefined ? {} : { key }) }, metrics) };
}

test('counts what it reads by kind, a batch at a time', async () => {
  const { intake, metrics } = intakeWith();
  const bytes = [
    hepOf(),
    hepOf(),
    oneRecorded('rtpengine', 'RTCP').bytes,
    oneRecorded('Kamailio', 'hlog').bytes,
    hepOf({ protocol: 61 }),
    hepOf({ protocol: 35 }),
  ];
  for (const packet of bytes) intake.read(packet, AT, '192.0.2.9', 9);
  expect(await counted(metrics, 'calltrail_received_total')).toBe(0);
  expect(intake.waiting()).toBe(6);
  expect(spread(intake.take()).map(({ kind }) => kind)).toEqual(Array(6).fill('packet'));
  expect(intake.take()).toEqual([]);
  for (const [kind, count] of [
    ['sip', 2],
    ['rtcp', 2],
    ['log', 1],
    ['other', 1],
  ] as const) {
    expect(await counted(metrics, 'calltrail_received_total', { source: 'hep-udp', kind })).toBe(count);
  }
});

test('takes a damaged packet and counts the damage by sender', async () => {
  const { intake, metrics } = intakeWith();
  const { bytes } = oneRecorded('FreeSWITCH', 'lengths beyond the datagram');
  expect(readOne(intake, bytes, AT, '192.0.2.9', 9)).toMatchObject({ kind: 'packet', sensor: 'hep 201' });
  const labels = { source: 'hep-udp', reason: 'truncated', sender: '192.0.2.9' };
  expect(await counted(metrics, 'calltrail_damaged_total', labels)).toBe(1);
});

test('stores what is no packet, with reason, sender and its first 4096 bytes', async () => {
  const { intake, metrics } = intakeWith();
  const event = readOne(intake, Buffer.alloc(5000, 'x'), AT, '2001:db8::9', 5060);
  expect(event).toMatchObject({
    kind: 'unreadable',
    source: 'hep-udp',
    peer: '[2001:db8::9]:5060',
    reason: 'not_hep',
    bytes: Buffer.alloc(4096, 'x'),
    atUs: AT,
  });
  expect(await counted(metrics, 'calltrail_rejected_total', { reason: 'not_hep', sender: '2001:db8::9' })).toBe(1);
});

test('stores at most a hundred of them a minute and counts the rest', async () => {
  const { intake, metrics } = intakeWith();
  const kept = (count: number, at: number): number =>
    Array.from({ length: count }, (_, n) => readOne(intake, Buffer.from(`x${n}`), at, '192.0.2.9', 9)).filter(Boolean)
      .length;
  expect(kept(250, AT)).toBe(100);
  expect(kept(10, AT + 59_999_999)).toBe(0);
  expect(kept(250, AT + 60_000_000)).toBe(100);
  expect(await counted(metrics, 'calltrail_rejected_total')).toBe(510);
});

test('with a key configured takes only packets that carry it', async () => {
  const { intake, metrics } = intakeWith('open sesame');
  expect(readOne(intake, hepOf({ authKey: 'open sesame' }), AT, '192.0.2.9', 9)?.kind).toBe('packet');
  const refused = [
    ['no_key', hepOf()],
    ['no_key', oldHep(1, Buffer.alloc(8, 1), SIP)],
    ['wrong_key', hepOf({ authKey: 'open sesamE' })],
    ['wrong_key', hepOf({ authKey: 'open sesame ' })],
    ['wrong_key', hepOf({ authKey: '' })],
  ] as const;
  for (const [reason, bytes] of refused) {
    const before = await counted(metrics, 'calltrail_rejected_total', { reason });
    expect(readOne(intake, bytes, AT, '192.0.2.9', 9)).toBeUndefined();
    expect(await counted(metrics, 'calltrail_rejected_total', { reason })).toBe(before + 1);
  }
  expect(await counted(metrics, 'calltrail_rejected_total', { reason: 'wrong_key' })).toBe(3);
  expect(await counted(metrics, 'calltrail_received_total')).toBe(1);
});

test('never stores a key, neither ours nor a wrong one', () => {
  const { intake } = intakeWith('open sesame', { unknown: 'quarantine' });
  const wrong = readOne(intake, hepOf({ authKey: 'for another collector' }), AT, '192.0.2.9', 9);
  const withoutPayload = hepPacket([hepChunk(0x0e, Buffer.from('open sesame')), hepChunk(0x0c, Buffer.alloc(4))]);
  const ours = readOne(intake, withoutPayload, AT, '192.0.2.9', 9);
  if (wrong?.kind !== 'unreadable' || ours?.kind !== 'unreadable') throw new Error('expected to be refused');
  expect(wrong.bytes.toString('latin1')).not.toContain('another');
  expect(wrong.bytes.toString('latin1')).toContain('*********************');
  expect(wrong.bytes.includes(SIP)).toBe(true);
  expect(ours.bytes.toString('latin1')).not.toContain('sesame');
  expect(ours.bytes.length).toBe(withoutPayload.length);
});

test('takes any key when none is configured', () => {
  expect(readOne(intakeWith().intake, hepOf({ authKey: 'whatever' }), AT, '192.0.2.9', 9)?.kind).toBe('packet');
});
