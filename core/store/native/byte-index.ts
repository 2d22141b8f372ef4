/** Numbers byte strings in the order of their first appearance, without making texts of them. */
export interface ByteIndex {
  /** The number of source[start, end): that of an equal one seen before, else the next. */
  of(source: Uint8Array, start: number, end: number): number;
  size(): number;
  /** Where the string of a number lies in {@link bytes}: offsets[number] to offsets[number + 1]. */
  readonly offsets: () => Uint32Array;
  readonly bytes: () => Buffer;
  /** Forgets all of them, and keeps the memory. */
  clear(): void;
}

export function createByteIndex(): ByteIndex {
  let slots = new Int32Array(64).fill(-1);
  let hashes = new Int32Array(64);
  let offsets = new Uint32Array(65);
  let bytes = Buffer.allocUnsafeSlow(1024);
  let count = 0;

  const rehash = (): void => {
    slots = new Int32Array(slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let number = 0; number < count; number++) {
      let slot = hashes[number]! & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
  };

  const add = (source: Uint8Array, start: number, end: number, hash: number): number => {
    const at = offsets[count]!;
    const until = at + end - start;
    if (until > bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, until));
      bytes.copy(grown, 0, 0, at);
      bytes = grown;
    }
    for (let i = start; i < end; i++) bytes[at + i - start] = source[i]!;
    if (count === hashes.length) {
      hashes = grownCopy(hashes, new Int32Array(count * 2));
      offsets = grownCopy(offsets, new Uint32Array(count * 2 + 1));
    }
    offsets[count + 1] = until;
    hashes[count] = hash;
    count++;
    if (count * 2 > slots.length) rehash();
    return count - 1;
  };

  return {
    of(source, start, end) {
      let hash = end - start;
      for (let i = start; i < end; i++) hash = Math.imul(hash ^ source[i]!, 0x01000193);
      hash ^= hash >>> 15;
      const mask = slots.length - 1;
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const number = slots[slot]!;
        if (number === -1) {
          const added = add(source, start, end, hash);
          // The table may have grown meanwhile, and then holds it already.
          if (mask === slots.length - 1) slots[slot] = added;
          return added;
        }
        if (hashes[number] === hash && equals(bytes, offsets[number]!, offsets[number + 1]!, source, start, end)) {
          return number;
        }
      }
    },
    size: () => count,
    offsets: () => offsets,
    bytes: () => bytes,
    clear() {
      slots.fill(-1);
      count = 0;
    },
  };
}

function grownCopy<T extends Uint32Array | Int32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

function equals(a: Uint8Array, from: number, until: number, b: Uint8Array, start: number, end: number): boolean {
  if (until - from !== end - start) return false;
  for (let i = start; i < end; i++) if (a[from + i - start] !== b[i]) return false;
  return true;
}
