/**
 * The headers of an event as the switch writes them: one JSON object without white space, whose values are strings and
 * arrays of strings. An entry is `"name":value`, and is the same header wherever its bytes are the same.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Numbers that an entry takes in {@link Entries.bounds}: where it begins, its name ends and it ends; hash of the name. */
const NUMBERS = 4;

export interface Entries {
  readonly bytes: Buffer;
  readonly count: number;
  readonly bounds: Uint32Array;
}

export const startOf = ({ bounds }: Entries, entry: number): number => bounds[entry * NUMBERS]!;
export const nameEndOf = ({ bounds }: Entries, entry: number): number => bounds[entry * NUMBERS + 1]!;
export const endOf = ({ bounds }: Entries, entry: number): number => bounds[entry * NUMBERS + 2]!;
export const hashOf = ({ bounds }: Entries, entry: number): number => bounds[entry * NUMBERS + 3]!;

let scratch = new Uint32Array(NUMBERS * 1024);

/** Where each header stands; undefined for anything else than such an object. */
export function scanEntries(bytes: Buffer): Entries | undefined {
  if (bytes[0] !== OPEN) return undefined;
  let at = 1;
  let used = 0;
  if (bytes[at] !== CLOSE) {
    for (;;) {
      const nameEnd = endOfString(bytes, at);
      const end = nameEnd < 0 ? -1 : endOfValue(bytes, nameEnd);
      if (end < 0) return undefined;
      if (used + NUMBERS > scratch.length) {
        const grown = new Uint32Array(scratch.length * 2);
        grown.set(scratch);
        scratch = grown;
      }
      scratch[used] = at;
      scratch[used + 1] = nameEnd;
      scratch[used + 2] = end;
      scratch[used + 3] = hashName(bytes, at, nameEnd);
      used += NUMBERS;
      at = end;
      if (bytes[at] !== COMMA) break;
      at += 1;
    }
  }
  if (bytes[at] !== CLOSE || at !== bytes.length - 1) return undefined;
  return { bytes, count: used / NUMBERS, bounds: scratch.slice(0, used) };
}

/** FNV-1a over the name with its quotes, as it is written. */
export function hashName(bytes: Uint8Array, start: number, nameEnd: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < nameEnd; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}

/** Where a JSON string that begins here ends, behind its quote; -1 when there is none, or one that JSON does not allow. */
export function endOfString(bytes: Buffer, start: number): number {
  if (bytes[start] !== QUOTE) return -1;
  for (let at = start + 1; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return -1;
    if (byte !== BACKSLASH) continue;
    at += 1;
    if (bytes[at] === 0x75) {
      for (let i = 1; i <= 4; i += 1) if (!isHexDigit(bytes[at + i])) return -1;
      at += 4;
    } else if (!isEscape(bytes[at])) {
      return -1;
    }
  }
  return -1;
}

/** Where the value ends whose name ended at `nameEnd`; -1 when there is none of the two forms. */
export function endOfValue(bytes: Buffer, nameEnd: number): number {
  if (bytes[nameEnd] !== COLON) return -1;
  if (bytes[nameEnd + 1] !== OPEN_ARRAY) return endOfString(bytes, nameEnd + 1);
  let at = nameEnd + 2;
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = endOfString(bytes, at);
    if (at < 0) return -1;
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at += 1;
  }
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** `"`, `\`, `/`, b, f, n, r, t (RFC 8259 §7). */
function isEscape(byte: number | undefined): boolean {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

/** The value of the entry that ends at `end` and whose name ended at `nameEnd`. */
export function readValue(bytes: Buffer, nameEnd: number, end: number): string | readonly string[] {
  const text = bytes.toString('utf8', nameEnd + 1, end);
  if (text.charCodeAt(0) === QUOTE && !text.includes('\\')) return text.slice(1, -1);
  return JSON.parse(text) as string | readonly string[];
}
