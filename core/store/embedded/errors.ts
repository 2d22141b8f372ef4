import { reasonOf } from '../../runtime/reason.ts';
/** A failure with ClickHouse's own number and name, so that clients tell it apart as they do with a server. */
export class EngineError extends Error {
  readonly code: number;
  constructor(code: number, name: string, message: string, options?: ErrorOptions) {
    super(`Code: ${code}. DB::Exception: ${message}. (${name})`, options);
    this.name = 'EngineError';
    this.code = code;
  }
}

/** Takes whatever the engine threw; its texts begin with "Code: 60. DB::Exception: …". */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = reasonOf(error);
  const code = Number(/^Code: (\d+)\b/.exec(message)?.[1] ?? 0);
  const wrapped = new EngineError(code === 0 ? 1002 : code, UNKNOWN, message, { cause: error });
  if (code !== 0) wrapped.message = NAMED.test(message) ? message : `${message} (${UNKNOWN})`;
  return wrapped;
}

const UNKNOWN = 'UNKNOWN_EXCEPTION';
/** The engine ends its text at the first NUL of a value that it quotes, and with that its name is missing. */
const NAMED = /\([A-Z][A-Z0-9_]+\)\s*(?:\(version|$)/;

/** Code → status as src/Server/HTTP/exceptionCodeToHTTPStatus.cpp has it. */
export function httpStatus(code: number): number {
  if (code === 194) return 401;
  if (code === 192 || code === 193 || code === 497 || code === 516) return 403;
  if (BAD_REQUEST.has(code)) return 400;
  if (NOT_FOUND.has(code)) return 404;
  if (code === 159) return 408;
  if (code === 229) return 413;
  if (code === 48) return 501;
  if (code === 209 || code === 439) return 503;
  return 500;
}

const BAD_REQUEST = new Set([
  6, 26, 27, 36, 38, 41, 42, 43, 44, 53, 62, 69, 72, 117, 130, 131, 158, 321, 349, 456, 457, 467, 675,
]);
const NOT_FOUND = new Set([16, 46, 47, 50, 55, 56, 60, 63, 73, 81, 115]);
