import { expect, test } from 'vitest';
import { packetsOf } from '../../../core/frame/reader.ts';
import { createFrameWriter } from '../../../core/frame/writer.ts';
import type { PacketFrame, PacketSeen } from '../../../core/model/capture-event.ts';
import { AT, sipPacket } from '../../indexer/seen.ts';

const write = (packets: readonly PacketSeen[]): PacketFrame => {
  const writer = createFrameWriter();
  for (const packet of packets) writer.addSeen(packet);
  const frame = writer.take();
  if (frame === undefined) throw new Error('no frame');
  return frame;
};

const odd: PacketSeen[] = [
  sipPacket('OPTIONS sip:a@h SIP/2.0\n\n'),
  sipPacket('', { payload: Buffer.alloc(0), srcIp: '', dstIp: '', srcPort: 0, dstPort: 65_535 }),
  sipPacket('x', { srcIp: '2001:db8::1', dstIp: '::1', protocol: 255, transport: 'tls' }),
  sipPacket('x', { sensor: 'Grüße 电话', correlationId: 'c@h\u0301', atUs: 0, arrivedUs: 9_000_000_000_000_000 }),
  sipPacket('x', { payload: Buffer.alloc(65_535, 0xff), transport: 'sctp' }),
];

test('a frame gives back what was put into it, of every size and alignment', () => {
  const sized = Array.from({ length: 40 }, (_, size) =>
    sipPacket('x', {
      payload: Buffer.alloc(size, size),
      sensor: 's'.repeat(size % 7),
      correlationId: 'c'.repeat(size % 5),
    }),
  );
  const packets = [...odd, ...sized];
  const frame = write(packets);
  expect(frame.count).toBe(packets.length);
  expect(packetsOf(frame)).toEqual(packets);
});

test('a frame that came over a network at an odd place is read the same', () => {
  const frame = write(odd);
  for (const shift of [1, 2, 3]) {
    const moved = Buffer.concat([Buffer.alloc(shift), frame.bytes]).subarray(shift);
    expect(packetsOf({ ...frame, bytes: moved })).toEqual(odd);
  }
});

test('a writer begins a new frame when one was taken, and says when the open one is full', () => {
  const writer = createFrameWriter(4096);
  expect(writer.take()).toBeUndefined();
  let added = 0;
  while (!writer.full()) {
    writer.addSeen(sipPacket(`n${added}`));
    added++;
  }
  expect(added).toBeGreaterThan(10);
  const [first, rest] = [writer.take(), writer.take()];
  expect(first?.count).toBe(added);
  expect(rest).toBeUndefined();
  writer.addSeen(sipPacket('later'));
  expect(packetsOf(writer.take()!)[0]?.payload.toString()).toBe('later');
  expect(packetsOf(first!)[0]?.payload.toString()).toBe('n0');
});

const idOf = (change: Partial<PacketSeen>): string => {
  const { src, dst, ...packet } = {
    src: Buffer.from([192, 0, 2, 1]),
    dst: Buffer.from([192, 0, 2, 2]),
    ...sipPacket('abc', change),
  };
  const writer = createFrameWriter();
  writer.add({
    sentUs: packet.atUs,
    atUs: AT,
    arrivedUs: packet.arrivedUs,
    bytes: Buffer.concat([src, dst]),
    srcAt: 0,
    srcLength: 4,
    dstAt: 4,
    dstLength: 4,
    srcPort: packet.srcPort,
    dstPort: packet.dstPort,
    protocol: packet.protocol,
    transport: 1,
    sensor: Buffer.from(packet.sensor),
    correlationId: Buffer.from(packet.correlationId),
    payloadIn: packet.payload,
    payloadAt: 0,
    payloadEnd: packet.payload.length,
  });
  return writer.take()!.id;
};

test('the id follows from what the sender said, and not from when it came', () => {
  expect(idOf({ arrivedUs: AT + 1 })).toBe(idOf({}));
  const changes: Partial<PacketSeen>[] = [
    { atUs: AT + 1 },
    { srcPort: 1 },
    { dstPort: 1 },
    { protocol: 5 },
    { sensor: 'hep 102' },
    { payload: Buffer.from('abd') },
    { payload: Buffer.from('abc\0') },
    { correlationId: 'x' },
  ];
  expect(new Set([idOf({}), ...changes.map(idOf)]).size).toBe(changes.length + 1);
});

test('ids of twenty thousand packets that differ in one number are all different', () => {
  const ids = new Set(
    Array.from({ length: 20_000 }, (_, n) => idOf({ payload: Buffer.from(`CSeq: ${n} INVITE\r\n\r\n`) })),
  );
  expect(ids.size).toBe(20_000);
});
