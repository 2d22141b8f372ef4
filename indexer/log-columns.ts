import type { LogLineSeen } from '../core/model/capture-event.ts';
import { type Block, nativeBlock } from '../core/store/native/block.ts';
import { DictionaryColumn, FixedColumn, StringColumn } from '../core/store/native/columns.ts';
import { isId, isText, isTime, isU8, isU32, isU64 } from '../core/store/native/fit.ts';

/** Rows of the table `logs` as columns of bytes. */
export interface LogColumns {
  /** @throws TypeError for what fits no column (a mistake of ours), and nothing of it is written */
  add(line: Omit<LogLineSeen, 'kind'>, callId: string): void;
  rows(): number;
  /** Holds until the next `clear`. */
  block(): Block;
  clear(): void;
}

const TIME = "DateTime64(6, 'UTC')";

export function createLogColumns(): LogColumns {
  const id = new FixedColumn('id', 'FixedString(8)', 8);
  const at = new FixedColumn('at', TIME, 8);
  const arrived = new FixedColumn('arrived', TIME, 8);
  const node = new DictionaryColumn('node');
  const channel = new StringColumn('channel');
  const callIds = new StringColumn('call_id');
  const level = new FixedColumn('level', 'UInt8', 1);
  const file = new DictionaryColumn('file');
  const func = new DictionaryColumn('func');
  const lineNumber = new FixedColumn('line', 'UInt32', 4);
  const seq = new FixedColumn('seq', 'UInt64', 8);
  const text = new StringColumn('text');
  const columns = [id, at, arrived, node, channel, callIds, level, file, func, lineNumber, seq, text];
  let rows = 0;

  return {
    add(line, callId) {
      if (!fits(line) || !isText(callId)) throw new TypeError(`log line ${line.id} fits no row`);
      id.hex(line.id);
      at.micros(line.atUs);
      arrived.micros(line.arrivedUs);
      node.text(line.node);
      channel.text(line.channel);
      callIds.text(callId);
      level.number(line.level);
      file.text(line.file);
      func.text(line.func);
      lineNumber.number(line.line);
      seq.u64(line.order);
      text.text(line.text);
      rows++;
    },
    rows: () => rows,
    block: () => nativeBlock('logs', columns, rows),
    clear() {
      rows = 0;
      for (const column of columns) column.clear();
    },
  };
}

function fits(line: Omit<LogLineSeen, 'kind'>): boolean {
  return (
    isId(line.id) &&
    isTime(line.atUs) &&
    isTime(line.arrivedUs) &&
    isU8(line.level) &&
    isU32(line.line) &&
    isU64(line.order) &&
    isText(line.node) &&
    isText(line.channel) &&
    isText(line.file) &&
    isText(line.func) &&
    isText(line.text)
  );
}
