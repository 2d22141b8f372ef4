import { ClickHouseError, parseError } from '@clickhouse/client';

/** Asks a store questions; who stands behind it is a server over HTTP, or the engine's process. */
export interface Selector {
  /**
   * The rows of one statement. Rejects with a ClickHouseError when the engine says no, with whatever the connection says
   * when it cannot be reached, and when the signal aborts.
   */
  select(
    sql: string,
    params: Readonly<Record<string, unknown>>,
    maxSeconds: number,
    signal: AbortSignal,
  ): Promise<unknown[]>;
  /** Lets the connections go. */
  close(): void;
}

/** How answers are written: as one JSON array of rows. */
export const SELECT_SETTINGS = {
  output_format_json_array_of_rows: '1',
  // Numbers: what is longer than 2^53 must be asked for as toString(…).
  output_format_json_quote_64bit_integers: '0',
  output_format_json_quote_denormals: '0',
} as const;

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', "'": "\\'", '\\': '\\\\' };
const escaped = (text: string): string => text.toWellFormed().replace(/[\t\n\r'\\]/g, (c) => ESCAPES[c] ?? c);

/** Parameters as ClickHouse's HTTP interface has them: text escaped as in TSV, \N for NULL, arrays in brackets. */
export const parameters = (params: Readonly<Record<string, unknown>>): (readonly [string, string])[] =>
  Object.entries(params).map(([name, value]) => [`param_${name}`, parameter(value)]);

function parameter(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (Array.isArray(value)) return `[${value.map(item).join(',')}]`;
  return escaped(String(value));
}

const item = (value: unknown): string =>
  value === null ? 'NULL' : typeof value === 'string' ? `'${escaped(value)}'` : String(value);

/** What the engine said; undefined for a text that it did not write. */
export function engineError(text: string): ClickHouseError | undefined {
  const error = parseError(text);
  return error instanceof ClickHouseError ? error : undefined;
}
