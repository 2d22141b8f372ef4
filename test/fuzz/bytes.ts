import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** 0 ≤ x < 1 */
export type Random = () => number;

export const below = (random: Random, n: number): number => Math.floor(random() * n);
export const oneOf = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)] as T;

export function garbage(random: Random, most: number): Buffer {
  const bytes = Buffer.alloc(below(random, most));
  for (let i = 0; i < bytes.length; i++) bytes[i] = below(random, 256);
  return bytes;
}

/** What lengths and counts are like when they are meant to hurt. */
const NUMBERS = [0, 1, 5, 6, 7, 127, 128, 255, 256, 32767, 65535];

/** Something that is nearly right: bits turned, lengths that lie, pieces left out, doubled, or of another one. */
export function spoiled(random: Random, bytes: Buffer, other: Buffer): Buffer {
  let out = Buffer.from(bytes);
  for (let times = 1 + below(random, 4); times > 0; times--) {
    if (out.length < 2) return out;
    const at = below(random, out.length);
    switch (below(random, 7)) {
      case 0:
        out[at] = out[at]! ^ (1 << below(random, 8));
        break;
      case 1:
        out.writeUInt16BE(oneOf(random, NUMBERS), Math.min(at, out.length - 2));
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + below(random, 40))]);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at), out.subarray(Math.max(0, at - below(random, 200)))]);
        break;
      case 5:
        out = Buffer.concat([out.subarray(0, at), garbage(random, 64), out.subarray(at)]);
        break;
      default:
        out = Buffer.concat([out.subarray(0, at), other.subarray(below(random, other.length))]);
    }
  }
  return out;
}

/** Messages that are made to be hard to read: the torture tests of RFC 4475, valid and not, and what crashed others. */
export const SIP_TEXTS: readonly Buffer[] = ['rfc4475/valid', 'rfc4475/invalid', 'sip-crashers'].flatMap((name) => {
  const directory = join(import.meta.dirname, '..', 'vectors', name);
  return readdirSync(directory).map((file) => readFileSync(join(directory, file)));
});
