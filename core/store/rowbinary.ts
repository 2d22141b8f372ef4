import { ipv4Bytes, ipv6Bytes } from '../pcap/address.ts';
import { type ColumnType, type Row, TABLES, type TableName } from './tables.ts';

/**
 * Rows in ClickHouse's RowBinary form (https://clickhouse.com/docs/interfaces/formats/RowBinary), columns in the order
 * of {@link TABLES}: numbers little-endian, strings as LEB128 length and bytes.
 *
 * @throws TypeError naming the column when a value does not fit its type: that is a mistake of ours, not of a sender.
 */
export function encodeRows<T extends TableName>(table: T, rows: readonly Row<T>[]): Buffer {
  const columns = Object.entries<ColumnType>(TABLES[table]);
  const writer = new RowWriter(Math.max(4096, rows.length * 256));
  for (const row of rows as readonly Readonly<Record<string, unknown>>[]) {
    for (const [name, type] of columns) {
      if (!writer.write(type, row[name])) {
        throw new TypeError(`${table}.${name}: ${describe(row[name])} is no ${type}`);
      }
    }
  }
  return writer.bytes();
}

const TWO_32 = 2 ** 32;
/** Shorter strings are copied by hand, which is faster than a call into the runtime. */
const SHORT = 48;

/** Owns the growing buffer. */
class RowWriter {
  #buffer: Buffer;
  #at = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** False when the value is not of the type. */
  write(type: ColumnType, value: unknown): boolean {
    switch (type) {
      case 'string':
        return typeof value === 'string' && this.#string(value);
      case 'bytes':
        return value instanceof Uint8Array && this.#bytes(value);
      case 'id':
        return typeof value === 'string' && this.#id(value);
      case 'ip':
        return typeof value === 'string' && this.#ip(value);
      case 'time':
        return Number.isSafeInteger(value) && this.#int64(value as number);
      case 'u64':
        return Number.isSafeInteger(value) && (value as number) >= 0 && this.#int64(value as number);
      case 'u32':
        return isUnsigned(value, TWO_32) && this.#little(value, 4);
      case 'u16':
        return isUnsigned(value, 0x10000) && this.#little(value, 2);
      case 'u8':
        return isUnsigned(value, 0x100) && this.#little(value, 1);
      default:
        return type satisfies never;
    }
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }

  #string(value: string): boolean {
    if (value.length <= SHORT) {
      this.#need(value.length + 1);
      const buffer = this.#buffer;
      const start = this.#at + 1;
      let i = 0;
      for (; i < value.length; i += 1) {
        const code = value.charCodeAt(i);
        if (code > 127) break;
        buffer[start + i] = code;
      }
      if (i === value.length) {
        buffer[this.#at] = i;
        this.#at = start + i;
        return true;
      }
    }
    // Lone surrogates become U+FFFD, here and in the length, so what is stored is always UTF-8.
    const length = Buffer.byteLength(value);
    this.#length(length);
    this.#at += this.#buffer.write(value, this.#at, length, 'utf8');
    return true;
  }

  #bytes(value: Uint8Array): boolean {
    this.#length(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
    return true;
  }

  /** The LEB128 length, and room for so many bytes behind it. */
  #length(length: number): void {
    this.#need(length + 5);
    let rest = length;
    while (rest > 127) {
      this.#buffer[this.#at] = (rest & 127) | 128;
      this.#at += 1;
      rest >>>= 7;
    }
    this.#buffer[this.#at] = rest;
    this.#at += 1;
  }

  #id(value: string): boolean {
    this.#need(8);
    if (value.length !== 16 || this.#buffer.write(value, this.#at, 8, 'hex') !== 8) return false;
    this.#at += 8;
    return true;
  }

  #ip(value: string): boolean {
    const v4 = ipv4Bytes(value);
    const v6 = v4 === undefined ? ipv6Bytes(value === '' ? '::' : value) : undefined;
    this.#need(16);
    if (v4 !== undefined) {
      this.#buffer.fill(0, this.#at, this.#at + 10).fill(0xff, this.#at + 10, this.#at + 12);
      this.#buffer.set(v4, this.#at + 12);
    } else if (v6 !== undefined) this.#buffer.set(v6, this.#at);
    else return false;
    this.#at += 16;
    return true;
  }

  #int64(value: number): boolean {
    const high = Math.floor(value / TWO_32);
    this.#need(8);
    this.#at = this.#buffer.writeUInt32LE(value - high * TWO_32, this.#at);
    this.#at = this.#buffer.writeInt32LE(high, this.#at);
    return true;
  }

  #little(value: number, bytes: number): boolean {
    this.#need(bytes);
    this.#at = this.#buffer.writeUIntLE(value, this.#at, bytes);
    return true;
  }
}

function isUnsigned(value: unknown, below: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < below;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
}
