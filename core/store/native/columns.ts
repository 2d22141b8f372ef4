import { createByteIndex } from './byte-index.ts';

/**
 * Columns of a block in ClickHouse's Native form (https://clickhouse.com/docs/interfaces/formats/Native), filled from
 * bytes. Their memory is kept from block to block, so a block's buffers hold until the next one is begun.
 */
export interface Column {
  readonly name: string;
  /** As ClickHouse writes it: "UInt16", "LowCardinality(String)". */
  readonly type: string;
  /** Its bytes of the block, behind name and type. */
  buffers(): Buffer[];
  clear(): void;
}

/** Values of one width. */
export class FixedColumn implements Column {
  readonly name: string;
  readonly type: string;
  readonly #width: number;
  #bytes: Buffer = Buffer.allocUnsafeSlow(4096);
  #at = 0;

  constructor(name: string, type: string, width: number) {
    this.name = name;
    this.type = type;
    this.#width = width;
  }

  #need(): void {
    if (this.#at + this.#width <= this.#bytes.length) return;
    this.#bytes = doubled(this.#bytes, this.#at, this.#width);
  }

  /** The value that lies at source[from]. */
  copy(source: Uint8Array, from: number): void {
    this.#need();
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < this.#width; i++) bytes[at + i] = source[from + i]!;
    this.#at = at + this.#width;
  }

  /** An unsigned number of at most 32 bits, in as many bytes as the column is wide. */
  number(value: number): void {
    this.#need();
    let rest = value;
    for (let i = 0; i < this.#width; i++) {
      this.#bytes[this.#at + i] = rest & 0xff;
      rest >>>= 8;
    }
    this.#at += this.#width;
  }

  /** Epoch µs, for DateTime64(6). */
  micros(us: number): void {
    this.#need();
    this.#at = this.#bytes.writeInt32LE((us % TWO_32) | 0, this.#at);
    this.#at = this.#bytes.writeInt32LE(Math.floor(us / TWO_32), this.#at);
  }

  /** An unsigned number that a number can hold, for UInt64. */
  u64(value: number): void {
    this.micros(value);
  }

  /** Lower-case hex digits, two a byte. */
  hex(digits: string): void {
    this.#need();
    for (let i = 0; i < this.#width; i++) {
      this.#bytes[this.#at + i] = (nibble(digits.charCodeAt(i * 2)) << 4) | nibble(digits.charCodeAt(i * 2 + 1));
    }
    this.#at += this.#width;
  }

  buffers(): Buffer[] {
    return [this.#bytes.subarray(0, this.#at)];
  }

  clear(): void {
    this.#at = 0;
  }
}

/** Byte strings, each with its length before it. */
export class StringColumn implements Column {
  readonly name: string;
  readonly type = 'String';
  #bytes: Buffer = Buffer.allocUnsafeSlow(4096);
  #at = 0;

  constructor(name: string) {
    this.name = name;
  }

  write(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.#at + size + 5 > this.#bytes.length) this.#bytes = doubled(this.#bytes, this.#at, size + 5);
    const bytes = this.#bytes;
    let at = writeVarint(bytes, this.#at, size);
    // Short ones by hand: faster than a call into the runtime.
    if (size > SHORT) bytes.set(source.subarray(start, end), at);
    else for (let i = start; i < end; i++) bytes[at + i - start] = source[i]!;
    at += size;
    this.#at = at;
  }

  /** Lone surrogates become U+FFFD, here and in the length, so what is stored is always UTF-8. */
  text(value: string): void {
    if (value.length <= SHORT && this.#ascii(value)) return;
    const size = Buffer.byteLength(value);
    if (this.#at + size + 5 > this.#bytes.length) this.#bytes = doubled(this.#bytes, this.#at, size + 5);
    const at = writeVarint(this.#bytes, this.#at, size);
    this.#at = at + this.#bytes.write(value, at, size, 'utf8');
  }

  #ascii(value: string): boolean {
    const size = value.length;
    if (this.#at + size + 1 > this.#bytes.length) this.#bytes = doubled(this.#bytes, this.#at, size + 1);
    const bytes = this.#bytes;
    const at = this.#at + 1;
    for (let i = 0; i < size; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[at + i] = code;
    }
    bytes[this.#at] = size;
    this.#at = at + size;
    return true;
  }

  buffers(): Buffer[] {
    return [this.#bytes.subarray(0, this.#at)];
  }

  clear(): void {
    this.#at = 0;
  }
}

/** Strings of which there are few: a dictionary, and a number a row. */
export class DictionaryColumn implements Column {
  readonly name: string;
  readonly type = 'LowCardinality(String)';
  readonly #common: readonly Buffer[];
  readonly #keys = createByteIndex();
  /** The numbers of texts that were written. */
  readonly #texts = new Map<string, number>();
  #rows = new Uint32Array(1024);
  #count = 0;

  /** @param common strings that are likely: they are in every block, and are told by their place */
  constructor(name: string, common: readonly string[] = []) {
    this.name = name;
    this.#common = common.map((one) => Buffer.from(one));
    this.clear();
  }

  write(source: Uint8Array, start: number, end: number): void {
    this.#need();
    this.#rows[this.#count++] = start === end ? 0 : this.#keys.of(source, start, end);
  }

  text(value: string): void {
    let key = this.#texts.get(value);
    if (key === undefined) {
      const bytes = Buffer.from(value);
      key = this.#keys.of(bytes, 0, bytes.length);
      this.#texts.set(value, key);
    }
    this.#need();
    this.#rows[this.#count++] = key;
  }

  /** One of the strings that the column was made with, by its place among them. */
  common(place: number): void {
    this.#need();
    this.#rows[this.#count++] = place + 1;
  }

  #need(): void {
    if (this.#count < this.#rows.length) return;
    const grown = new Uint32Array(this.#count * 2);
    grown.set(this.#rows);
    this.#rows = grown;
  }

  /** src/DataTypes/Serializations/SerializationLowCardinality.cpp: version, index type and flags, keys, indexes. */
  buffers(): Buffer[] {
    const keys = new StringColumn('');
    const offsets = this.#keys.offsets();
    for (let i = 0; i < this.#keys.size(); i++) keys.write(this.#keys.bytes(), offsets[i]!, offsets[i + 1]!);
    const head = Buffer.alloc(24);
    head.writeUInt32LE(SHARED_DICTIONARIES, 0);
    head.writeUInt32LE(HAS_ADDITIONAL_KEYS | NEED_UPDATE | INDEX_UINT32, 8);
    head.writeUInt32LE(this.#keys.size(), 16);
    const rows = Buffer.alloc(8);
    rows.writeUInt32LE(this.#count, 0);
    return [head, ...keys.buffers(), rows, Buffer.from(this.#rows.buffer, 0, this.#count * 4)];
  }

  clear(): void {
    this.#count = 0;
    this.#keys.clear();
    this.#texts.clear();
    this.#keys.of(NONE, 0, 0);
    for (const one of this.#common) this.#keys.of(one, 0, one.length);
  }
}

const TWO_32 = 2 ** 32;
const SHORT = 48;
const NONE = Buffer.alloc(0);
const SHARED_DICTIONARIES = 1;
const INDEX_UINT32 = 2;
const HAS_ADDITIONAL_KEYS = 1 << 9;
const NEED_UPDATE = 1 << 10;

/** Of "0" to "9" and "a" to "f". */
const nibble = (code: number): number => (code & 15) + (code >> 6) * 9;

function doubled(bytes: Buffer, used: number, more: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, used + more));
  bytes.copy(grown, 0, 0, used);
  return grown;
}

/** LEB128, as Native writes lengths; returns where it ends. */
export function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}
