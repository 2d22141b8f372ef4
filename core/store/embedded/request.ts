import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { EngineError } from './errors.ts';

/** What a request to ClickHouse's HTTP interface asks for (https://clickhouse.com/docs/interfaces/http). */
export interface EngineRequest {
  /** The statement as far as it came in the URL or a form: bytes, written as latin1. */
  query: string;
  readonly queryId: string;
  readonly database: string;
  readonly defaultFormat: string;
  /** Answer only when the whole result is known, so that an error is an HTTP status. */
  readonly waitEndOfQuery: boolean;
  readonly settings: Map<string, Buffer>;
  /** The one role that its session has; all of them without it. Never told by a client. */
  readonly role?: string;
  /** Values of {name:Type} as the engine parses them: TSV-escaped bytes. */
  readonly params: Map<string, Buffer>;
}

/** Parameters of the HTTP interface itself; what is not here and not `param_…` is a setting. */
const OWN = new Set([
  ...['user', 'password', 'quota_key', 'role', 'session_id', 'session_timeout', 'session_check', 'close_session'],
  ...['compress', 'decompress', 'enable_http_compression', 'http_zlib_compression_level', 'buffer_size'],
  ...['send_progress_in_http_headers', 'http_headers_progress_interval_ms', 'http_write_exception_in_output_format'],
  ...[
    'query',
    'query_id',
    'database',
    'default_format',
    'wait_end_of_query',
    'stacktrace',
    'cancel_http_readonly_queries_on_client_close',
  ],
]);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads the URL. Throws {@link EngineError} for a name that is no identifier. */
export function readRequest(url: string, newId: () => string): EngineRequest {
  const pairs = readPairs(url);
  const own = new Map<string, string>();
  for (const [name, value] of pairs) if (OWN.has(name)) own.set(name, value.toString('latin1'));
  const request: EngineRequest = {
    query: own.get('query') ?? '',
    queryId: own.get('query_id') || newId(),
    database: own.get('database') || 'default',
    defaultFormat: own.get('default_format') || 'TabSeparated',
    waitEndOfQuery: own.get('wait_end_of_query') === '1',
    settings: new Map(),
    params: new Map(),
  };
  if (!NAME.test(request.database)) throw new EngineError(36, 'BAD_ARGUMENTS', 'the database has no valid name');
  if (!/^[\x21-\x7e]{1,200}$/.test(request.queryId))
    throw new EngineError(36, 'BAD_ARGUMENTS', 'the query_id is not valid');
  for (const [name, value] of pairs) if (!OWN.has(name)) addSetting(request, name, value);
  return request;
}

/** The parts of a multipart/form-data body, which is how long lists of parameters come. */
export function addForm(request: EngineRequest, body: Buffer, contentType: string): void {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new EngineError(36, 'BAD_ARGUMENTS', 'the form has no boundary');
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  for (let at = body.indexOf(mark); at >= 0; ) {
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), at);
    if (next < 0) return;
    const head = body.indexOf('\r\n\r\n', at);
    const name = head < 0 || head > next ? undefined : /name="([^"]*)"/.exec(body.toString('latin1', at, head))?.[1];
    if (name === undefined) throw new EngineError(36, 'BAD_ARGUMENTS', 'the form has a part without a name');
    const value = Buffer.from(body.subarray(head + 4, next));
    if (name === 'query') request.query += value.toString('latin1');
    else addSetting(request, name, value);
    at = next + 2;
  }
}

function addSetting(request: EngineRequest, name: string, value: Buffer): void {
  if (!NAME.test(name)) throw new EngineError(115, 'UNKNOWN_SETTING', 'a setting has no valid name');
  if (name.startsWith('param_')) request.params.set(name, value);
  else request.settings.set(name, value);
}

/** As URLSearchParams reads it, but values stay bytes. */
function readPairs(url: string): [string, Buffer][] {
  const mark = url.indexOf('?');
  if (mark < 0) return [];
  return url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return [decode(name).toString('utf8'), decode(equals < 0 ? '' : pair.slice(equals + 1))];
    });
}

function decode(text: string): Buffer {
  const plain = text.replaceAll('+', ' ');
  return Buffer.from(
    plain.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** Whether the request carries the secret, in any of the ways a ClickHouse client sends a password. */
export function isAuthorized(headers: IncomingHttpHeaders, url: string, secret: string): boolean {
  const key = headers['x-clickhouse-key'];
  if (typeof key === 'string') return same(key, secret);
  const basic = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString('utf8');
    return same(pair.slice(pair.indexOf(':') + 1), secret);
  }
  const password = readPairs(url).find(([name]) => name === 'password')?.[1];
  return password !== undefined && same(password.toString('utf8'), secret);
}

function same(given: string, secret: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
