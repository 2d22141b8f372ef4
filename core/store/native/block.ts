import type { TableName } from '../tables.ts';
import { type Column, StringColumn, writeVarint } from './columns.ts';

/** Rows of one table as bytes that ClickHouse takes as they are. */
export interface Block {
  readonly table: TableName;
  /** Names of the columns, in the order of the bytes. */
  readonly columns: readonly string[];
  readonly rows: number;
  readonly bytes: readonly Buffer[];
}

/** The columns, each with `rows` values, as one block in Native form. */
export function nativeBlock(table: TableName, columns: readonly Column[], rows: number): Block {
  const head = Buffer.alloc(10);
  const headSize = writeVarint(head, writeVarint(head, 0, columns.length), rows);
  const bytes: Buffer[] = [head.subarray(0, headSize)];
  for (const column of columns) {
    const names = new StringColumn('');
    names.text(column.name);
    names.text(column.type);
    bytes.push(...names.buffers(), ...column.buffers());
  }
  return { table, columns: columns.map(({ name }) => name), rows, bytes };
}
