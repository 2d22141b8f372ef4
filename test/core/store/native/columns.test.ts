import { expect, test } from 'vitest';
import { nativeBlock } from '../../../../core/store/native/block.ts';
import { createByteIndex } from '../../../../core/store/native/byte-index.ts';
import { DictionaryColumn, FixedColumn, StringColumn } from '../../../../core/store/native/columns.ts';
import { readBlock } from '../native.ts';

test('numbers byte strings by their first appearance, however many there are', () => {
  const index = createByteIndex();
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 50_000; n++) {
      const bytes = Buffer.from(`--${n}@h--`);
      expect(index.of(bytes, 2, bytes.length - 2)).toBe(n);
    }
  }
  expect(index.size()).toBe(50_000);
  const [bytes, offsets] = [index.bytes(), index.offsets()];
  expect(bytes.toString('latin1', offsets[49_999], offsets[50_000])).toBe('49999@h');
  index.clear();
  expect(index.size()).toBe(0);
  expect(index.of(Buffer.from('49999@h'), 0, 7)).toBe(0);
});

test('columns hold what was written, over many growths, and nothing of the block before', () => {
  const columns = {
    src_port: new FixedColumn('src_port', 'UInt16', 2),
    at: new FixedColumn('at', "DateTime64(6, 'UTC')", 8),
    call_id: new StringColumn('call_id'),
    method: new DictionaryColumn('method'),
    id: new FixedColumn('id', 'FixedString(8)', 8),
    seq: new FixedColumn('seq', 'UInt64', 8),
    text: new StringColumn('text'),
  };
  for (const count of [20_000, 3]) {
    for (const column of Object.values(columns)) column.clear();
    const rows = Array.from({ length: count }, (_, n) => ({
      src_port: n % 65_536,
      at: 1_795_256_498_752_000 + n * 4_294_967_296,
      call_id: 'é'.repeat(n % 300),
      method: n % 3 === 0 ? '' : `M${n % 1000}`,
      id: ((BigInt(n) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(16).padStart(16, '0'),
      seq: n * 400_000_000_000,
      text: `${'x'.repeat(n % 60)}${n % 5 === 0 ? 'é' : ''}${n % 7 === 0 ? '📞' : ''}`,
    }));
    for (const row of rows) {
      columns.src_port.number(row.src_port);
      columns.at.micros(row.at);
      const bytes = Buffer.from(`x${row.call_id}`);
      columns.call_id.write(bytes, 1, bytes.length);
      columns.method.text(row.method);
      columns.id.hex(row.id);
      columns.seq.u64(row.seq);
      columns.text.text(row.text);
    }
    expect(readBlock(nativeBlock('messages', Object.values(columns), count))).toEqual(rows);
  }
});

test('text is stored as UTF-8 even when it is not well-formed, and an empty one of a dictionary is its first', () => {
  const columns = { text: new StringColumn('text'), func: new DictionaryColumn('func') };
  const texts = ['a\ud800b', `${'long '.repeat(20)}\udfff 📞`, '', 'a\ud800b'];
  for (const text of texts) {
    columns.text.text(text);
    columns.func.text(text);
  }
  expect(readBlock(nativeBlock('logs', Object.values(columns), texts.length))).toEqual(
    texts.map((text) => ({ text: text.toWellFormed(), func: text.toWellFormed() })),
  );
});
