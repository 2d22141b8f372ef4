import { expect, test } from 'vitest';
import { hepChunk, hepPacket } from '../../../collector/hep/encode.ts';
import { createHepStream } from '../../../collector/hep/stream.ts';
import { hepOf, recorded, seededRandom } from './helpers.ts';

const packets = [
  ...recorded('OpenSIPS', 'SIP in JSON').map(({ bytes }) => bytes),
  hepPacket([]),
  ...recorded('OpenSIPS', 'xlog in JSON').map(({ bytes }) => bytes),
];
const bytes = Buffer.concat(packets);

/** Pushes the chunks and returns what came out, asserting that sync was kept. */
function split(chunks: readonly Buffer[]): Buffer[] {
  const stream = createHepStream();
  const found = chunks.flatMap((chunk) => {
    const frames = stream.push(chunk);
    expect(frames.reason).toBe('');
    return frames.packets;
  });
  expect(stream.rest().length).toBe(0);
  return found;
}

test('cuts several packets out of one chunk, as views of it', () => {
  const found = split([bytes]);
  expect(found).toEqual(packets);
  expect(found.every((packet) => packet.buffer === bytes.buffer)).toBe(true);
});

test('finds the same packets when the stream is split at any byte', () => {
  for (let at = 0; at <= bytes.length; at++) {
    const found = split([bytes.subarray(0, at), bytes.subarray(at)]);
    if (!found.every((packet, index) => packet.equals(packets[index]!)) || found.length !== packets.length) {
      throw new Error(`split at ${at}`);
    }
  }
});

test('finds the same packets in pieces of one byte and of random sizes', () => {
  expect(split(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(packets);
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + (random() % 2000);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    expect(split(chunks), `seed ${seed}`).toEqual(packets);
  }
});

test('keeps packets that were collected from pieces apart from each other', () => {
  const stream = createHepStream();
  const first = hepOf({ captureId: 1 });
  const second = hepOf({ captureId: 2 });
  stream.push(first.subarray(0, 20));
  const [one] = stream.push(first.subarray(20)).packets;
  stream.push(second.subarray(0, 3));
  const [two] = stream.push(second.subarray(3)).packets;
  expect(one).toEqual(first);
  expect(two).toEqual(second);
});

test('takes packets of the largest size', () => {
  const largest = hepPacket([hepChunk(0x0f, Buffer.alloc(65_535 - 12))]);
  expect(split([largest, largest.subarray(0, 65_534), largest.subarray(65_534)])).toEqual([largest, largest]);
});

test('hands out what came before it lost sync, and nothing after', () => {
  const stream = createHepStream();
  const frames = stream.push(Buffer.concat([packets[0]!, Buffer.from('INVITE sip:a@b SIP/2.0\r\n'), packets[1]!]));
  expect(frames).toEqual({ packets: [packets[0]], reason: 'lost_sync' });
  expect(stream.push(packets[0]!)).toEqual({ packets: [], reason: 'lost_sync' });
});

test('loses sync at the first wrong byte of a magic and at a length below six, however they are cut', () => {
  for (const start of ['X', 'HX', 'HEP2', 'HEP3\0\x05', 'HEP3\0\0']) {
    const whole = createHepStream();
    expect(whole.push(Buffer.from(start, 'latin1')).reason, start).toBe('lost_sync');
    const pieces = createHepStream();
    const reasons = Array.from(start, (byte) => pieces.push(Buffer.from(byte, 'latin1')).reason);
    expect(reasons.at(-1), start).toBe('lost_sync');
    expect(
      reasons.slice(0, -1).every((reason) => reason === ''),
      start,
    ).toBe(true);
  }
});

test('tells which bytes of an unfinished packet it holds', () => {
  const stream = createHepStream();
  stream.push(Buffer.concat([packets[0]!, packets[1]!.subarray(0, 4)]));
  expect(stream.rest()).toEqual(packets[1]!.subarray(0, 4));
  stream.push(packets[1]!.subarray(4, 50));
  expect(stream.rest()).toEqual(packets[1]!.subarray(0, 50));
});

test('random bytes behind a valid start never throw', () => {
  const seed = Date.now() >>> 0;
  const random = seededRandom(seed);
  for (let tries = 0; tries < 2000; tries++) {
    const noise = Buffer.from(Array.from({ length: random() % 300 }, random));
    const stream = createHepStream();
    try {
      stream.push(packets[0]!.subarray(0, random() % packets[0]!.length));
      stream.push(noise);
      expect(stream.rest().length).toBeLessThan(65_536);
    } catch (error) {
      throw new Error(`seed ${seed}, try ${tries}`, { cause: error });
    }
  }
});
