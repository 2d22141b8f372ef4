/**
 * Whether bytes hold one of some words, in any case: the question that every packet is asked, so that only the few that
 * may hold a secret are read. Wu and Manber's search over pairs of characters (A fast algorithm for multi-pattern
 * searching, 1994): most steps pass three bytes. A character is five of its bits, which are the same for both cases; so
 * an answer "yes" may be wrong, "no" never is.
 */

/** Of each word so many characters are compared. */
const LENGTH = 4;

export interface Words {
  /** Where the next word ends that begins at `from` or later; -1 for none. */
  next(bytes: Uint8Array, from: number, to: number): number;
  isIn(text: string): boolean;
}

export function createWords(words: readonly string[]): Words {
  const shifts = new Uint8Array(1024).fill(LENGTH - 1);
  const known = new Set<number>();
  for (const word of words) {
    if (word.length !== LENGTH) throw new TypeError(`"${word}" is not ${LENGTH} characters long`);
    const codes = [...word].map((c) => c.charCodeAt(0) & 0x1f);
    known.add(codes.reduce((sum, code) => (sum << 5) | code, 0));
    for (let i = 1; i < LENGTH; i += 1) {
      const pair = (codes[i - 1]! << 5) | codes[i]!;
      shifts[pair] = Math.min(shifts[pair]!, LENGTH - 1 - i);
    }
  }
  return {
    next(bytes, from, to) {
      for (let i = from + LENGTH - 1; i < to; ) {
        const pair = ((bytes[i - 1]! & 0x1f) << 5) | (bytes[i]! & 0x1f);
        const shift = shifts[pair]!;
        if (shift > 0) {
          i += shift;
          continue;
        }
        i += 1;
        if (known.has(((bytes[i - 4]! & 0x1f) << 15) | ((bytes[i - 3]! & 0x1f) << 10) | pair)) return i;
      }
      return -1;
    },
    isIn(text) {
      for (let i = LENGTH - 1; i < text.length; ) {
        const pair = ((text.charCodeAt(i - 1) & 0x1f) << 5) | (text.charCodeAt(i) & 0x1f);
        const shift = shifts[pair]!;
        if (shift > 0) {
          i += shift;
          continue;
        }
        i += 1;
        const before = ((text.charCodeAt(i - 4) & 0x1f) << 15) | ((text.charCodeAt(i - 3) & 0x1f) << 10);
        if (known.has(before | pair)) return true;
      }
      return false;
    },
  };
}
