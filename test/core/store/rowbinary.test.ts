import { describe, expect, test } from 'vitest';
import { encodeRows } from '../../../core/store/rowbinary.ts';
import type { Row, TableName } from '../../../core/store/tables.ts';
import { message, SAMPLES, T0 } from './helpers.ts';

describe('encodeRows', () => {
  test('writes a row as RowBinary has it', () => {
    const { gaps } = SAMPLES;
    const row: Row<'gaps'> = {
      ...gaps,
      id: '0123456789abcdef',
      at: T0,
      arrived: T0,
      node: 'fs1',
      stream: '',
      since: -1,
      until: 0,
      reason: 'é',
    };
    const time = Buffer.alloc(8);
    time.writeBigInt64LE(BigInt(T0));
    expect(encodeRows('gaps', [row]).toString('hex')).toBe(
      [
        '0123456789abcdef',
        time.toString('hex'),
        time.toString('hex'),
        '03667331',
        '00',
        'ffffffffffffffff',
        '0000000000000000',
        '02c3a9',
      ].join(''),
    );
  });

  test('writes the length of long strings in LEB128', () => {
    for (const length of [0, 1, 47, 48, 49, 127, 128, 129, 16_383, 16_384, 2_097_152]) {
      for (const text of ['x'.repeat(length), 'é'.repeat(length)]) {
        const row: Row<'hosts'> = { address: text, name: '', source: '', until: 0, arrived: 0 };
        const encoded = encodeRows('hosts', [row]);
        const bytes = Buffer.from(text);
        const head = leb128(bytes.length);
        expect(encoded.subarray(0, head.length)).toEqual(head);
        expect(encoded.subarray(head.length, head.length + bytes.length).equals(bytes)).toBe(true);
        expect(encoded).toHaveLength(head.length + bytes.length + 2 + 16);
      }
    }
  });

  test('writes each row as if it were alone', () => {
    const rows = Array.from({ length: 500 }, (_, i) => message(i, { payload: Buffer.alloc(i * 7, i) }));
    const alone = Buffer.concat(rows.map((row) => encodeRows('messages', [row])));
    expect(encodeRows('messages', rows).equals(alone)).toBe(true);
  });

  const wrong: [TableName, string, unknown][] = [
    ['messages', 'id', '0123'],
    ['messages', 'id', '0123456789abcdeg'],
    ['messages', 'id', undefined],
    ['messages', 'at', 1.5],
    ['messages', 'at', Number.NaN],
    ['messages', 'protocol', 256],
    ['messages', 'src_port', -1],
    ['messages', 'cseq', 2 ** 32],
    ['messages', 'call_id', undefined],
    ['messages', 'payload', 'text'],
    ['events', 'sequence', 2 ** 53],
    ['events', 'sequence', -1],
  ];
  test.each(wrong)('throws for %s.%s = %j, naming the column', (table, column, value) => {
    const row = { ...SAMPLES[table], [column]: value } as Row<typeof table>;
    expect(() => encodeRows(table, [row])).toThrow(new RegExp(`^${table}\\.${column}: `));
  });
});

function leb128(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
