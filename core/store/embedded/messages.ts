import type { ReaderLimits } from './reader.ts';

/** Where readers are let in, and what they may take. */
export interface ReaderPlace extends ReaderLimits {
  readonly host: string;
  readonly port: number;
}

/** A SELECT for the engine's process. */
export interface Question {
  /** Names the question until it is answered. */
  readonly number: number;
  readonly sql: string;
  /** By "param_<name>", written as ClickHouse's HTTP interface has them. */
  readonly params: readonly (readonly [string, string])[];
  readonly maxSeconds: number;
}

/** What the parent says to the engine's process. */
export type ToChild =
  | {
      readonly type: 'start';
      readonly path: string;
      readonly secret: string;
      readonly memoryMb: number;
      readonly reader?: ReaderPlace;
    }
  | ({ readonly type: 'ask' } & Question)
  | { readonly type: 'withdraw'; readonly number: number }
  | { readonly type: 'stop' };

/** What the engine's process says to its parent: the first two once, an answer for each question. */
export type FromChild =
  | { readonly type: 'ready'; readonly port: number; readonly spool: string; readonly readerPort?: number }
  | { readonly type: 'failed'; readonly message: string }
  | Answer;

export type Answer =
  | { readonly type: 'answer'; readonly number: number; readonly rows: Uint8Array }
  /** `message` as ClickHouse writes it: "Code: 60. DB::Exception: …" */
  | { readonly type: 'refused'; readonly number: number; readonly message: string };
