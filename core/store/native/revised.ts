/**
 * Results in Native form, from the form that stands in files to the one that clients of ClickHouse's protocol read: each
 * block begins with a note about itself, and behind the type of each column stands whether it is written in a form of its
 * own (never here). To find the columns their bytes have to be counted, by type.
 */

/** From here on clients look for the byte behind a column's type (DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION). */
const CUSTOM_SERIALIZATION = 54454;

/** Field 1, not overflowed; field 2, bucket -1; no more fields. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);

/** A type whose bytes are not counted here. */
export class UnknownTypeError extends Error {}

/**
 * @param revision of the client, 0 for the form that `native` has already
 * @param native whole blocks
 * @throws RangeError for blocks that are cut off; UnknownTypeError with a sentence for a type of which no value is shown (states of aggregates, JSON, …)
 */
export function revised(native: Uint8Array, revision: number): Uint8Array {
  if (revision === 0 || native.length === 0) return native;
  const source = Buffer.from(native.buffer, native.byteOffset, native.byteLength);
  const cursor = { source, at: 0 };
  const pieces: Uint8Array[] = [];
  const none = Buffer.from([0]);
  while (cursor.at < source.length) {
    pieces.push(BLOCK_INFO);
    let from = cursor.at;
    const columns = varint(cursor);
    const rows = varint(cursor);
    for (let i = 0; i < columns; i++) {
      skipText(cursor);
      const type = text(cursor);
      if (revision >= CUSTOM_SERIALIZATION) {
        pieces.push(source.subarray(from, cursor.at), none);
        from = cursor.at;
      }
      if (rows > 0) cursor.at += DICTIONARY_VERSION * dictionariesIn(parseType(type));
      skip(cursor, parseType(type), rows);
    }
    if (cursor.at > source.length) throw new RangeError('a block ends early');
    pieces.push(source.subarray(from, cursor.at));
  }
  return Buffer.concat(pieces);
}

interface Cursor {
  readonly source: Buffer;
  at: number;
}

function varint(cursor: Cursor): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = cursor.source[cursor.at++];
    if (byte === undefined) throw new RangeError('a block ends early');
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
}

function text(cursor: Cursor): string {
  const from = skipText(cursor);
  return cursor.source.toString('utf8', from, cursor.at);
}

/** Where the text began. */
function skipText(cursor: Cursor): number {
  const length = varint(cursor);
  cursor.at += length;
  if (cursor.at > cursor.source.length) throw new RangeError('a block ends early');
  return cursor.at - length;
}

interface Type {
  readonly name: string;
  readonly of: readonly string[];
}

const BYTES: Readonly<Record<string, number>> = {
  ...{ UInt8: 1, Int8: 1, Bool: 1, Enum8: 1, Nothing: 1, UInt16: 2, Int16: 2, Enum16: 2, Date: 2, BFloat16: 2 },
  ...{ UInt32: 4, Int32: 4, Float32: 4, DateTime: 4, Date32: 4, IPv4: 4, Decimal32: 4, Time: 4 },
  ...{ UInt64: 8, Int64: 8, Float64: 8, DateTime64: 8, Decimal64: 8, Time64: 8 },
  ...{ UInt128: 16, Int128: 16, UUID: 16, IPv6: 16, Decimal128: 16, UInt256: 32, Int256: 32, Decimal256: 32 },
};

/** Before all values of a column stand the versions of the dictionaries in its type, 8 bytes each. */
const DICTIONARY_VERSION = 8;

const dictionariesIn = ({ name, of }: Type): number =>
  name === 'LowCardinality'
    ? 1
    : ['Array', 'Map', 'Tuple'].includes(name)
      ? of.reduce((sum, one) => sum + dictionariesIn(parseType(unnamed(one))), 0)
      : 0;

const HAS_KEYS = 1n << 9n;

/** A dictionary of its own for each stretch of values: flags, how many keys, keys, how many indexes, indexes. */
function skipDictionary(cursor: Cursor, of: string, rows: number): void {
  if (rows === 0) return;
  const flags = uint64(cursor);
  // NULL is the first key of a dictionary, and written as an empty value.
  if ((flags & HAS_KEYS) !== 0n) skip(cursor, withoutNull(parseType(of)), Number(uint64(cursor)));
  cursor.at += 8 + rows * 2 ** Number(flags & 0xffn);
}

const withoutNull = (type: Type): Type => (type.name === 'Nullable' ? parseType(type.of[0] ?? '') : type);

function uint64(cursor: Cursor): bigint {
  cursor.at += 8;
  return cursor.source.readBigUInt64LE(cursor.at - 8);
}

function skip(cursor: Cursor, { name, of }: Type, rows: number): void {
  const [first = ''] = of;
  const fixed = Object.hasOwn(BYTES, name) ? BYTES[name] : undefined;
  if (fixed !== undefined) cursor.at += fixed * rows;
  else if (name.startsWith('Interval')) cursor.at += 8 * rows;
  else if (name === 'Decimal') cursor.at += decimalBytes(Number(first)) * rows;
  else if (name === 'FixedString') cursor.at += Number(first) * rows;
  else if (name === 'String') for (let i = 0; i < rows; i++) skipText(cursor);
  else if (name === 'LowCardinality') skipDictionary(cursor, first, rows);
  else if (name === 'Nullable') {
    cursor.at += rows;
    skip(cursor, parseType(first), rows);
  } else if (name === 'Tuple') for (const one of of) skip(cursor, parseType(unnamed(one)), rows);
  else if (name === 'Array' || name === 'Map') {
    cursor.at += 8 * rows;
    const count = rows === 0 ? 0 : Number(cursor.source.readBigUInt64LE(cursor.at - 8));
    for (const one of of) skip(cursor, parseType(one), count);
  } else throw new UnknownTypeError(`values of type ${name} are not answered here: convert them, as by toString(…)`);
}

const decimalBytes = (precision: number): number =>
  precision <= 9 ? 4 : precision <= 18 ? 8 : precision <= 38 ? 16 : 32;

/** "Tuple(a String, b Int8)" has names; a type alone has no space outside of brackets. */
function unnamed(element: string): string {
  const named = /^(?:[A-Za-z_]\w*|`(?:[^`\\]|\\.)*`) +(.+)$/s.exec(element);
  return named?.[1] ?? element;
}

/** "Map(String, Array(Int8))" → Map of String and Array(Int8). */
function parseType(type: string): Type {
  const open = type.indexOf('(');
  if (open < 0) return { name: type, of: [] };
  const of: string[] = [];
  let depth = 0;
  let from = open + 1;
  let quoted = false;
  for (let i = open + 1; i < type.length; i++) {
    const c = type[i];
    if (quoted) {
      if (c === '\\') i += 1;
      else if (c === "'") quoted = false;
    } else if (c === "'") quoted = true;
    else if (c === '(') depth += 1;
    else if ((c === ',' && depth === 0) || (c === ')' && depth === 0)) {
      of.push(type.slice(from, i).trim());
      from = i + 1;
    } else if (c === ')') depth -= 1;
  }
  return { name: type.slice(0, open), of };
}
