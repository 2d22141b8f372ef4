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
  };
  for (const count of [20_000, 3]) {
    for (const column of Object.values(columns)) column.clear();
    const rows = Array.from({ length: count }, (_, n) => ({
      src_port: n % 65_536,
      at: 1_795_256_498_752_000 + n * 4_294_967_296,
      call_id: 'é'.repeat(n % 300),
      method: n % 3 === 0 ? '' : `M${n % 1000}`,
    }));
    for (const row of rows) {
      columns.src_port.number(row.src_port);
      columns.at.micros(row.at);
      const bytes = Buffer.from(`x${row.call_id}`);
      columns.call_id.write(bytes, 1, bytes.length);
      columns.method.text(row.method);
    }
    expect(readBlock(nativeBlock('messages', Object.values(columns), count))).toEqual(rows);
  }
});
