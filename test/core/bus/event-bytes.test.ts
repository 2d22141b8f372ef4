import { describe, expect, test } from 'vitest';
import { eventOfBytes, eventToBytes } from '../../../core/bus/event-bytes.ts';
import { scanEntries } from '../../../core/event/entries.ts';
import { WholeHeaders } from '../../../core/event/header-text.ts';
import { packetsOf } from '../../../core/frame/reader.ts';
import { createFrameWriter } from '../../../core/frame/writer.ts';
import { allHeaders, type CaptureEvent, type PacketSeen } from '../../../core/model/capture-event.ts';
import { events } from './contract.ts';

const seen = { id: '00112233445566ff', atUs: 1_700_000_000_123_456, arrivedUs: 1_700_000_000_123_999 } as const;
const packet: PacketSeen = {
  ...seen,
  kind: 'packet',
  sensor: 'edge "1" \u2028 é',
  protocol: 1,
  transport: 'tls',
  srcIp: '192.0.2.1',
  srcPort: 5060,
  dstIp: '2001:db8::1',
  dstPort: 65535,
  correlationId: '',
  payload: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
};
const written = '{"Event-Name":"CHANNEL_CREATE","__proto__":"x","variable_a":["1","2"]}';
const wholeHeaders = (): WholeHeaders => new WholeHeaders(scanEntries(Buffer.from(written))!);
const event = {
  ...seen,
  kind: 'event',
  origin: 'freeswitch',
  node: 'fs1',
  coreUuid: 'c',
  sequence: 7,
  name: 'CHANNEL_CREATE',
  backfill: false,
} as const;

function frameOf(...packets: readonly PacketSeen[]): CaptureEvent {
  const writer = createFrameWriter();
  for (const one of packets) writer.addSeen(one);
  return writer.take()!;
}

const ALL: Readonly<Record<string, CaptureEvent>> = {
  packet,
  frame: frameOf(packet, { ...packet, id: 'ffffffffffffffff', payload: Buffer.from('x') }),
  'log line': events(3, 1)[0]!,
  gap: { ...seen, kind: 'gap', node: 'fs1', stream: 'logs', fromUs: 1, untilUs: 2, reason: 'disconnected' },
  unreadable: { ...seen, kind: 'unreadable', source: 'hep-udp', peer: '', reason: 'x', bytes: Buffer.from([0, 255]) },
  'event of Asterisk': { ...event, origin: 'asterisk', headers: { Event: 'Newchannel', Variable: ['a=1', 'b=2'] } },
  'event that is kept whole': {
    ...event,
    headers: wholeHeaders(),
    kept: { base: '', recipe: '', text: Buffer.from(written) },
  },
  'event of which the news are kept': {
    ...event,
    headers: wholeHeaders(),
    kept: { base: '1122334455667788', recipe: '0-1,1', text: Buffer.from('{"variable_a":["1","2"]}') },
  },
};

/** What is the same however the headers are held. */
const plain = (one: CaptureEvent | undefined): unknown =>
  one?.kind === 'event' ? { ...one, headers: Object.entries(allHeaders(one.headers)) } : one;

describe('an event as bytes', () => {
  test.each(Object.entries(ALL))('a %s comes back as it was', (_name, one) => {
    const back = eventOfBytes(Buffer.concat(eventToBytes(one)));
    expect(plain(back)).toEqual(plain(one));
  });

  test('the packets of a frame can be read where they lie', () => {
    const back = eventOfBytes(Buffer.concat(eventToBytes(ALL.frame!)));
    expect(back?.kind).toBe('frame');
    if (back?.kind === 'frame')
      expect(packetsOf(back)).toEqual([packet, expect.objectContaining({ id: 'f'.repeat(16) })]);
  });

  test.each(Object.entries(ALL))('a %s that was cut at any byte is none', (_name, one) => {
    const bytes = Buffer.concat(eventToBytes(one));
    for (let end = 0; end < bytes.length; end++) expect(eventOfBytes(bytes.subarray(0, end))).toBeUndefined();
  });

  test('bytes of anything else are no event and no error', () => {
    for (const text of ['', '{}', '[]', 'null', '{"kind":"packet","sizes":[9]}', '{"kind":"odd","sizes":[]}']) {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(text.length, 0);
      expect(eventOfBytes(Buffer.concat([head, Buffer.from(text)]))).toBeUndefined();
    }
    let seed = 7;
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.concat(eventToBytes(Object.values(ALL)[round % 8]!));
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      bytes[seed % Math.min(bytes.length, 300)]! ^= 1 << (seed % 8);
      eventOfBytes(bytes);
    }
  });
});
