const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;

/**
 * Hashes the words [from, to) to 64 bits and writes them at word `out`. Not for secrets: the id of a packet has to be the
 * same for the same bytes and another one for others of the same call and moment. Two lanes take every other word, which
 * a processor works on at once; at the end each is mixed into the other.
 */
export function hashWords(words: Int32Array, from: number, to: number, out: number): void {
  let a = P1 ^ (to - from);
  let b = P2;
  let at = from;
  for (; at + 1 < to; at += 2) {
    a = Math.imul(a ^ words[at]!, P1);
    b = Math.imul(b ^ words[at + 1]!, P2);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  if (at < to) a = Math.imul(a ^ words[at]!, P3);
  words[out] = finish(a ^ Math.imul(b, P3));
  words[out + 1] = finish(b ^ Math.imul(a, P2));
}

/** MurmurHash3's finaliser: every bit of the input changes half of the output. */
function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
