import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { revised, UnknownTypeError } from '../native/revised.ts';
import { bind } from './bind.ts';
import { contentTypeOf } from './content-type.ts';
import type { Engine } from './engine.ts';
import { EngineError, httpStatus, toEngineError } from './errors.ts';
import { checkReadable } from './readable.ts';
import { READER_ROLE } from './reader-access.ts';
import { addForm, type EngineRequest, isAuthorized, readRequest } from './request.ts';
import { createSlots } from './slots.ts';
import { readBody } from './spool.ts';
import { readStatement } from './statement.ts';

/** What readers may take, and who they are. */
export interface ReaderLimits {
  readonly password: string;
  readonly maxSeconds: number;
  readonly maxMemoryMb: number;
  /** Rows that one question may read, of all tables together. */
  readonly maxRows: number;
}

const AT_ONCE = 2;
const MAX_WAITING = 32;
const MAX_STATEMENT = 256 * 1024;
const MAX_RESULT_ROWS = 1_000_000;
const MAX_RESULT_BYTES = 64 * 1024 * 1024;

/** How an answer is written, and less time; no other setting is a reader's. One of `output_format_…` names a file. */
const MAY_SET =
  /^(?:output_format_(?:json|csv|tsv|pretty|native)_\w+|date_time_output_format|max_execution_time|readonly)$/;

/**
 * ClickHouse's HTTP interface for people and programs that read by SQL, as Grafana's ClickHouse data source over its HTTP
 * protocol: the views and nothing else, whatever is asked. Answers are whole, so that an error is always a status.
 */
export function createReaderServer(engine: Engine, limits: ReaderLimits): Server {
  const slots = createSlots(AT_ONCE, MAX_WAITING);

  const answer = async (req: IncomingMessage, res: ServerResponse, signal: AbortSignal): Promise<void> => {
    const url = req.url ?? '/';
    const [pathname = '/'] = url.split('?');
    if (pathname === '/ping' || (url === '/' && req.method === 'GET')) {
      res.end('Ok.\n');
      return;
    }
    if (!isAuthorized(req.headers, url, limits.password)) {
      throw new EngineError(516, 'AUTHENTICATION_FAILED', 'Authentication failed: the password is not correct');
    }
    if (pathname !== '/') throw new EngineError(55, 'NO_SUCH_HANDLER', 'There is no such address');
    if (req.method !== 'POST' && req.method !== 'GET') {
      throw new EngineError(48, 'NOT_IMPLEMENTED', 'Only GET and POST');
    }
    const asked = readRequest(url, randomUUID);
    const parameters = new URLSearchParams(url.slice(pathname.length));
    if (parameters.get('compress') === '1') {
      throw new EngineError(
        48,
        'NOT_IMPLEMENTED',
        'Blocks are not compressed here: ask for gzip, or for no compression',
      );
    }
    const body = await readBody(req, req.headers['content-encoding'] ?? '', MAX_STATEMENT);
    const contentType = req.headers['content-type'] ?? '';
    if (contentType.startsWith('multipart/form-data')) addForm(asked, body, contentType);
    else asked.query += body.toString('latin1');
    const statement = readStatement(asked.query);
    checkReadable(asked.query);
    const revision = revisionOf(asked);
    const request = restricted(asked, limits);
    const format = statement.format || request.defaultFormat;
    const text = bind(statement, request.params);
    // Sessions that lie ready are the product's own.
    const result = await slots.run(() => engine.run(request, text, { keeps: false, signal }));
    const bytes = /^native$/i.test(format) ? revised(result.bytes, revision) : result.bytes;
    res.setHeader('X-ClickHouse-Query-Id', asked.queryId);
    res.setHeader('X-ClickHouse-Format', format);
    res.setHeader('X-ClickHouse-Timezone', 'UTC');
    res.setHeader('Content-Type', contentTypeOf(format));
    if (/\bgzip\b/.test(req.headers['accept-encoding'] ?? '') && parameters.get('enable_http_compression') === '1') {
      res.setHeader('Content-Encoding', 'gzip');
      res.end(await promisify(gzip)(bytes));
    } else res.end(bytes);
  };

  return createServer({ maxHeaderSize: 64 * 1024 }, (req, res) => {
    const gone = new AbortController();
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    answer(req, res, gone.signal).catch((error: unknown) => fail(req, res, error));
  });
}

/** It comes among the settings, but is none. */
function revisionOf({ settings }: EngineRequest): number {
  const value = settings.get('client_protocol_version');
  settings.delete('client_protocol_version');
  const revision = value === undefined ? 0 : Number(value.toString('latin1'));
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw new EngineError(36, 'BAD_ARGUMENTS', 'client_protocol_version must be a whole number');
  }
  return revision;
}

/** The question with the reader's role and limits; what it sets itself can only be less. */
function restricted(asked: EngineRequest, { maxSeconds, maxMemoryMb, maxRows }: ReaderLimits): EngineRequest {
  if (asked.database !== 'default') {
    throw new EngineError(
      81,
      'UNKNOWN_DATABASE',
      `Database ${asked.database} does not exist: there is "default" alone`,
    );
  }
  for (const name of asked.settings.keys()) {
    if (!MAY_SET.test(name)) {
      throw new EngineError(164, 'READONLY', `Cannot modify '${name}' setting in readonly mode`);
    }
  }
  const wanted = Number(asked.settings.get('max_execution_time')?.toString('latin1') ?? maxSeconds);
  const formats = [...asked.settings].filter(([name]) => name !== 'readonly');
  const forced = {
    max_execution_time: String(wanted > 0 ? Math.min(wanted, maxSeconds) : maxSeconds),
    max_memory_usage: String(maxMemoryMb * 1024 * 1024),
    max_rows_to_read: String(maxRows),
    max_result_rows: String(MAX_RESULT_ROWS),
    max_result_bytes: String(MAX_RESULT_BYTES),
    max_threads: '2',
    enable_analyzer: '1',
    readonly: '1',
  };
  const settings = Object.entries(forced).map(([name, value]): [string, Buffer] => [name, Buffer.from(value)]);
  return { ...asked, role: READER_ROLE, settings: new Map([...formats, ...settings]) };
}

function fail(req: IncomingMessage, res: ServerResponse, thrown: unknown): void {
  const error =
    thrown instanceof UnknownTypeError ? new EngineError(48, 'NOT_IMPLEMENTED', thrown.message) : toEngineError(thrown);
  res.statusCode = httpStatus(error.code);
  res.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  res.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  // The rest of a body that nobody read is not to be waited for.
  if (!req.complete) res.setHeader('Connection', 'close');
  res.end(`${error.message}\n`);
}
