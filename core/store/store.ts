import type { Sight } from '../runtime/sight.ts';
import type { Block } from './native/block.ts';
import type { Row, TableName } from './tables.ts';

/** The seam to ClickHouse. Every implementation runs test/core/store/contract.ts. */
export interface Store {
  /**
   * Stores rows in one batch. When it resolves they are stored; when it rejects they may or may not be, and the same
   * call with the same token may be repeated without storing anything twice.
   */
  insert<T extends TableName>(table: T, rows: readonly Row<T>[], token: string): Promise<void>;
  /** The same for rows that are columns of bytes already. They must stay as they are until it settles. */
  insertBlock(block: Block, token: string): Promise<void>;
  /** Answers a SELECT. Parameters are bound by the engine ({name:Type}), never pasted into the text. */
  select<T>(sql: string, params?: Record<string, unknown>, options?: SelectOptions): Promise<T[]>;
  /** Runs a statement that answers nothing (DDL). */
  command(sql: string): Promise<void>;
  ping(): Promise<boolean>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

export interface SelectOptions {
  readonly signal?: AbortSignal;
  /** The engine gives up after this long and select rejects with code "timeout"; default 10. */
  readonly maxSeconds?: number;
  /** For whom it is asked, where that matters. */
  readonly sight?: Sight;
}

/** Why the store did not answer. `retriable`: the same request may succeed later. */
export class StoreError extends Error {
  /** "too_large": the answer, or finding it, takes more memory than one question may have. */
  readonly code: 'unreachable' | 'timeout' | 'aborted' | 'too_large' | 'refused';
  readonly retriable: boolean;
  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
    this.retriable = code === 'unreachable' || code === 'timeout';
  }
}
