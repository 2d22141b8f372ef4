import { addressText } from '../../../core/frame/reader.ts';
import type { Block } from '../../../core/store/native/block.ts';
import type { Row } from '../../../core/store/tables.ts';

/** Reads a block in Native form, written independently of what writes it; values as rows of objects have them. */
export function readBlock<T extends Block['table']>(block: Block): Row<T>[] {
  const bytes = Buffer.concat(block.bytes);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const take = (size: number): Buffer => {
    const part = bytes.subarray(at, at + size);
    if (part.length !== size) throw new Error('the block is too short');
    at += size;
    return part;
  };
  const text = (): Buffer => take(varint());
  const columnCount = varint();
  const rowCount = varint();
  const rows = Array.from({ length: rowCount }, (): Record<string, unknown> => ({}));
  for (let i = 0; i < columnCount; i++) {
    const name = text().toString();
    const type = text().toString();
    const values = valuesOf(type, rowCount, take, text);
    for (const [n, row] of rows.entries())
      row[name] = name === 'payload' || name === 'headers' ? values[n] : shown(values[n]);
  }
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes behind the block`);
  return rows as unknown as Row<T>[];
}

const shown = (value: unknown): unknown => (Buffer.isBuffer(value) ? value.toString('utf8') : value);

function valuesOf(type: string, count: number, take: (size: number) => Buffer, text: () => Buffer): unknown[] {
  const each = (read: () => unknown): unknown[] => Array.from({ length: count }, read);
  switch (type) {
    case 'String':
      return each(text);
    case 'FixedString(8)':
      return each(() => take(8).toString('hex'));
    case "DateTime64(6, 'UTC')":
      return each(() => Number(take(8).readBigInt64LE()));
    case 'IPv6':
      return each(() => addressText(take(16), 0));
    case 'UInt8':
      return each(() => take(1)[0]);
    case 'UInt16':
      return each(() => take(2).readUInt16LE());
    case 'UInt32':
      return each(() => take(4).readUInt32LE());
    case 'UInt64':
      return each(() => Number(take(8).readBigUInt64LE()));
    case 'LowCardinality(String)': {
      const [version, flags] = [take(8).readBigUInt64LE(), take(8).readBigUInt64LE()];
      if (version !== 1n || flags !== 0x602n) throw new Error(`dictionary version ${version}, flags ${flags}`);
      const keys = Array.from({ length: Number(take(8).readBigUInt64LE()) }, text);
      if (Number(take(8).readBigUInt64LE()) !== count) throw new Error('a dictionary column of another length');
      return each(() => keys[take(4).readUInt32LE()]);
    }
    default:
      throw new Error(`unknown type ${type}`);
  }
}
