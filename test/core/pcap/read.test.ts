import { describe, expect, it } from 'vitest';
import { createSipExtractor } from '../../../core/pcap/extract.ts';
import { createCaptureReader } from '../../../core/pcap/read.ts';
import { classicPcap, pcapng, readAll, recordedCapture } from './build.ts';
import { createRandom, seed } from './random.ts';

const frames = [
  { atUs: 1_795_258_625_880_001, data: Buffer.from('first') },
  { atUs: 1_795_258_625_999_999, data: Buffer.alloc(0) },
  { atUs: 4_294_967_295_000_000, data: Buffer.from('the last second of the format') },
];
const orders = [true, false].flatMap((little) => [true, false].map((nanoseconds) => ({ little, nanoseconds })));

describe('a classic pcap file', () => {
  it.each(orders)('gives its frames with µs times, little-endian $little, nanoseconds $nanoseconds', (order) => {
    const read = readAll(classicPcap(frames, { ...order, linkType: 276 }));
    expect(read.end).toBe('whole');
    expect(read.frames.map(({ atUs, data }) => ({ atUs, data }))).toEqual(frames);
    expect(read.frames.every((frame) => frame.linkType === 276)).toBe(true);
  });

  it('is read the same however its bytes are cut into chunks', () => {
    const capture = classicPcap(frames, { little: true, nanoseconds: false });
    const whole = readAll(capture);
    for (let size = 1; size < capture.length; size++) expect(readAll(capture, size)).toEqual(whole);
  });

  it('gives what came before the spot where it was cut off, at every offset', () => {
    const capture = classicPcap(frames, { little: true, nanoseconds: false });
    const ends = new Map([
      [0, 'empty'],
      [24, 'whole'],
      [24 + 21, 'whole'],
      [24 + 21 + 16, 'whole'],
    ]);
    for (let length = 0; length < capture.length; length++) {
      const read = readAll(capture.subarray(0, length));
      expect(read.end, `${length} bytes`).toBe(ends.get(length) ?? (length < 4 ? 'not_a_capture' : 'truncated'));
      expect(read.frames).toEqual(readAll(capture).frames.slice(0, read.frames.length));
    }
  });

  it('ends as damaged at a record that is longer than a frame can be, and keeps what came before', () => {
    const capture = classicPcap(frames, { little: true, nanoseconds: false });
    capture.writeUInt32LE(262_145, 24 + 21 + 8);
    const read = readAll(capture);
    expect(read.end).toBe('damaged');
    expect(read.frames).toHaveLength(1);
  });

  it('reports the length on the wire of a frame that the capture cut', () => {
    const capture = classicPcap(frames.slice(0, 1), { little: true, nanoseconds: false });
    capture.writeUInt32LE(1500, 24 + 12);
    expect(readAll(capture).frames[0]).toMatchObject({ wireLength: 1500, data: Buffer.from('first') });
  });
});

describe('a file that is no capture', () => {
  it.each(['HEP3 and more', 'PK\u0003\u0004', '{"json": 1}'])('is told from its first four bytes: %s', (text) => {
    const reader = createCaptureReader();
    expect(reader.push(Buffer.from(text))).toEqual([]);
    expect(reader.failed()).toBe(true);
    expect(reader.end()).toBe('not_a_capture');
  });
});

describe('any bytes at all', () => {
  it(`never make the reader or the extractor throw, whichever bytes are flipped (seed ${seed})`, () => {
    const random = createRandom(seed);
    const little = pcapng(true);
    const samples = [
      recordedCapture('18-tcp-fragments-big').subarray(0, 60_000),
      recordedCapture('14-tcp-ipv6-tls').subarray(0, 60_000),
      Buffer.concat([
        little.section(),
        little.interface(101),
        ...frames.map(({ data }) => little.enhanced(0, 1n, data)),
      ]),
    ];
    const until = performance.now() + 1500;
    let rounds = 0;
    while (performance.now() < until) {
      const capture = Buffer.from(samples[rounds++ % samples.length]!);
      for (let flips = random(40); flips >= 0; flips--) capture[random(capture.length)] = random(256);
      const extractor = createSipExtractor();
      const read = readAll(capture, 1 + random(20_000));
      expect(['whole', 'truncated', 'damaged', 'not_a_capture']).toContain(read.end);
      for (const frame of read.frames) extractor.push(frame);
      extractor.end();
    }
    expect(rounds).toBeGreaterThan(0);
  });
});
