import { describe, expect, it } from 'vitest';
import { createTcpStream, type TcpPiece } from '../../../core/pcap/tcp-stream.ts';
import { readTcp } from '../../../core/pcap/transport.ts';
import { type TcpPart, tcpSegment } from './build.ts';
import { createRandom, seed } from './random.ts';

function run(parts: readonly (TcpPart & { atUs?: number })[]): { pieces: TcpPiece[]; held: number } {
  const stream = createTcpStream();
  const pieces = parts.flatMap((part, index) => stream.push(readTcp(tcpSegment(part))!, part.atUs ?? index));
  return { pieces, held: stream.held() };
}

const text = (pieces: readonly TcpPiece[]): string =>
  pieces.map((piece) => `${piece.breaks ? '|' : ''}${piece.bytes}`).join('');

describe('the segments of one direction', () => {
  it('give their bytes in the order sent, once each, whatever the order, overlap and repetition of their capture', () => {
    const random = createRandom(seed);
    const sent = Buffer.from(Array.from({ length: 300 }, (_, index) => 33 + (index % 90)));
    for (let round = 0; round < 200; round++) {
      // Around the end of the number circle, too.
      const first = (random(2) === 0 ? 0xffffff80 : 1000) >>> 0;
      const parts: TcpPart[] = [];
      const part = (from: number, to: number): TcpPart => ({
        sequence: first + 1 + from,
        payload: sent.subarray(from, to),
      });
      for (let at = 0; at < sent.length; ) {
        const to = at + 1 + random(40);
        parts.push(part(at, to));
        if (random(3) === 0) parts.push(part(Math.max(0, at - random(60)), to - random(5)));
        at = to;
      }
      const order = parts.map((one) => ({ one, key: random(1000) })).sort((a, b) => a.key - b.key);
      const { pieces, held } = run([{ sequence: first, syn: true }, ...order.map(({ one }) => one)]);
      expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(sent), `seed ${seed}`).toBe(true);
      expect(held).toBe(0);
      expect(pieces.slice(1).some((piece) => piece.breaks)).toBe(false);
    }
  });

  it('get the time of the segment that filled the hole', () => {
    const { pieces } = run([
      { sequence: 1, payload: 'a', atUs: 10 },
      { sequence: 3, payload: 'c', atUs: 20 },
      { sequence: 2, payload: 'b', atUs: 30 },
      { sequence: 4, payload: 'd', atUs: 40 },
    ]);
    expect(text(pieces)).toBe('|abcd');
    expect(pieces.map((piece) => piece.atUs)).toEqual([10, 30, 30, 40]);
  });

  it('are not waited for longer than three seconds: then what follows breaks off', () => {
    const { pieces } = run([
      { sequence: 1, payload: 'a', atUs: 0 },
      { sequence: 5, payload: 'e', atUs: 1_000_000 },
      { sequence: 6, payload: 'f', atUs: 3_900_000 },
      { sequence: 7, payload: 'g', atUs: 4_100_000 },
    ]);
    expect(text(pieces)).toBe('|a|efg');
  });

  it('are not kept without bound behind a hole', () => {
    const block = 'x'.repeat(1400);
    const parts = Array.from({ length: 400 }, (_, index) => ({ sequence: 100 + index * 1400, payload: block }));
    const { pieces, held } = run([{ sequence: 1, payload: 'a' }, ...parts]);
    expect(held).toBeLessThanOrEqual(262_144);
    expect(pieces.filter((piece) => piece.breaks)).toHaveLength(2);
    const small = Array.from({ length: 3000 }, (_, index) => ({ sequence: 100 + index * 2, payload: 'x' }));
    expect(run([{ sequence: 1, payload: 'a' }, ...small]).held).toBeLessThanOrEqual(1024);
  });

  it('may begin in the middle of a connection', () => {
    expect(text(run([{ sequence: 4_000_000_000, payload: 'in the middle' }]).pieces)).toBe('|in the middle');
  });

  it('of another connection on the same ports begin anew, with a SYN or a far jump', () => {
    const { pieces } = run([
      { sequence: 1, payload: 'a' },
      { sequence: 3, payload: 'c' },
      { sequence: 900_000_000, syn: true },
      { sequence: 900_000_001, payload: 'x' },
      { sequence: 5_000, payload: 'far' },
    ]);
    expect(text(pieces)).toBe('|a|c|x|far');
  });

  it('do not begin anew at a SYN captured behind its own data, and pass over keepalives', () => {
    const { pieces } = run([
      { sequence: 11, payload: 'ab' },
      { sequence: 10, syn: true },
      { sequence: 12, payload: '\0' },
      { sequence: 13, payload: 'c' },
    ]);
    expect(text(pieces)).toBe('|abc');
  });

  it('that wait behind a hole come out at the end', () => {
    const stream = createTcpStream();
    stream.push(readTcp(tcpSegment({ sequence: 1, payload: 'a' }))!, 1);
    stream.push(readTcp(tcpSegment({ sequence: 9, payload: 'z' }))!, 2);
    stream.push(readTcp(tcpSegment({ sequence: 5, payload: 'm' }))!, 3);
    expect(text(stream.flush())).toBe('|m|z');
    expect(stream.held()).toBe(0);
  });
});
