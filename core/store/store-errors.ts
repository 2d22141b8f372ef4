import { ClickHouseError } from '@clickhouse/client';
import { reasonOf } from '../runtime/reason.ts';
import { StoreError } from './store.ts';

// Numbers: src/Common/ErrorCodes.cpp
const TIMEOUT = new Set(['159', '160', '209']);
/** The engine or its cluster is not able to right now; nothing is wrong with the request. */
const LATER = new Set([
  ...['202', '203', '210', '225', '236', '242', '243', '252', '279', '285', '286', '319', '394', '425', '439', '999'],
]);
/** Limits of memory, of rows and of bytes. Rows are kept and come again; a question would need as much again. */
const TOO_LARGE = new Set(['158', '241', '307', '396']);
/** For rows only. */
const LATER_FOR_ROWS = new Set(['241', '173']);

/**
 * What an engine says without what was asked: it quotes the statement, and with it the number that somebody searched for.
 * Short words in quotes are names of columns and functions, and stay.
 */
export const withoutValues = (message: string): string =>
  message
    .replace(/(?:: |\. )?(?:While executing|While processing|In scope|in query|\(in query)[\s\S]*$/i, '')
    .replace(/'(?:[^'\\]|\\.)*'/g, (quoted) =>
      /^'[A-Za-z_][A-Za-z_0-9.]{0,60}'$/.test(quoted) && !/\d{5}/.test(quoted) ? quoted : "'…'",
    )
    .replace(/\d{7,}/g, '…');

/** What a failed request means to the caller. */
export function toStoreError(kind: 'select' | 'insert' | 'command', error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = reasonOf(error);
  if (error instanceof ClickHouseError) {
    const text = `ClickHouse ${error.code} ${error.type ?? ''}: ${withoutValues(message.trim())}`;
    if (TIMEOUT.has(error.code)) return new StoreError('timeout', text, { cause: error });
    if (LATER.has(error.code) || (kind === 'insert' && LATER_FOR_ROWS.has(error.code))) {
      return new StoreError('unreachable', text, { cause: error });
    }
    return new StoreError(TOO_LARGE.has(error.code) ? 'too_large' : 'refused', text, { cause: error });
  }
  // A broken answer, a proxy's page, a closed connection: nobody said no.
  if (error instanceof TypeError || error instanceof RangeError) throw error;
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new StoreError('unreachable', `the store cannot be reached: ${message || 'no answer'}${code}`, {
    cause: error,
  });
}
