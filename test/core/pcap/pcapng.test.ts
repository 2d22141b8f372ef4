import { describe, expect, it } from 'vitest';
import { pcapng, readAll } from './build.ts';

const data = Buffer.from('frame');
const atUs = 1_795_258_625_880_001;

describe.each([{ little: true }, { little: false }])('a pcapng file, little-endian $little', ({ little }) => {
  const { section, interface: iface, enhanced, obsolete, simple, block, option } = pcapng(little);
  const resolution = (value: number): Buffer => option(9, Buffer.from([value]));
  const offset = (seconds: bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    if (little) bytes.writeBigInt64LE(seconds);
    else bytes.writeBigInt64BE(seconds);
    return option(14, bytes);
  };

  it('gives the frames of several interfaces, each with its own link type and clock', () => {
    const capture = Buffer.concat([
      section(),
      iface(1),
      iface(113, 0, Buffer.concat([option(2, Buffer.from('eth0')), resolution(9)])),
      iface(101, 0, resolution(0x80 | 20)),
      iface(276, 0, Buffer.concat([resolution(3), offset(1_795_000_000n)])),
      enhanced(0, BigInt(atUs), data),
      enhanced(1, BigInt(atUs) * 1000n + 999n, data),
      enhanced(2, (BigInt(atUs) << 20n) / 1_000_000n + 1n, data),
      enhanced(3, 258_625_880n, data),
    ]);
    const read = readAll(capture);
    expect(read.end).toBe('whole');
    expect(read.frames.map((frame) => [frame.linkType, frame.atUs])).toEqual([
      [1, atUs],
      [113, atUs],
      [101, atUs],
      [276, 1_795_258_625_880_000],
    ]);
    expect(read.frames.every((frame) => frame.data.equals(data))).toBe(true);
    for (let size = 1; size < capture.length; size++) expect(readAll(capture, size)).toEqual(read);
  });

  it('begins again with every section, also one in the other byte order', () => {
    const other = pcapng(!little);
    const capture = Buffer.concat([
      section(),
      iface(1),
      enhanced(0, BigInt(atUs), data),
      other.section(),
      other.interface(101),
      other.enhanced(0, BigInt(atUs), data),
    ]);
    expect(readAll(capture).frames.map((frame) => frame.linkType)).toEqual([1, 101]);
    const noInterface = readAll(Buffer.concat([section(), iface(1), section(), enhanced(0, 1n, data)]));
    expect(noInterface).toEqual({ frames: [], end: 'damaged' });
  });

  it('gives Simple Packet Blocks without a time, cut at the snapshot length, and obsolete Packet Blocks', () => {
    const capture = Buffer.concat([
      section(),
      iface(101, 4),
      simple(data.subarray(0, 4), 5),
      obsolete(0, BigInt(atUs), data),
    ]);
    expect(readAll(capture).frames).toEqual([
      { atUs: 0, linkType: 101, data: data.subarray(0, 4), wireLength: 5 },
      { atUs, linkType: 101, data, wireLength: 5 },
    ]);
  });

  it('passes over blocks of other kinds, however long, in any chunks', () => {
    const secrets = block(10, Buffer.alloc(1_000_000));
    const capture = Buffer.concat([section(), secrets, iface(101), block(5, data), enhanced(0, BigInt(atUs), data)]);
    for (const size of [capture.length, 65_536, 1000]) {
      const read = readAll(capture, size);
      expect(read).toMatchObject({ end: 'whole', frames: [{ atUs }] });
    }
    expect(readAll(capture.subarray(0, 500_000)).end).toBe('truncated');
  });

  it('gives what came before the spot where it was cut off, at every offset', () => {
    const capture = Buffer.concat([section(), iface(101), enhanced(0, BigInt(atUs), data), enhanced(0, 2n, data)]);
    const whole = readAll(capture).frames;
    for (let length = 4; length < capture.length; length++) {
      const read = readAll(capture.subarray(0, length));
      expect(['whole', 'truncated']).toContain(read.end);
      expect(read.frames).toEqual(whole.slice(0, read.frames.length));
    }
  });

  it('ends as damaged where the two lengths of a block differ or its parts do not fit', () => {
    const good = Buffer.concat([section(), iface(101), enhanced(0, BigInt(atUs), data)]);
    const broken = enhanced(0, 3n, data);
    broken.fill(0xff, broken.length - 4);
    const tooMuch = enhanced(0, 3n, data);
    tooMuch.fill(0x7f, 20, 24);
    for (const bad of [broken, tooMuch, enhanced(1, 3n, data), block(1, Buffer.alloc(4)), block(6, Buffer.alloc(4))]) {
      const read = readAll(Buffer.concat([good, bad, good]));
      expect(read.end).toBe('damaged');
      expect(read.frames).toHaveLength(1);
    }
  });
});
