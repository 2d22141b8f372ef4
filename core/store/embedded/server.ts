import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { bind } from './bind.ts';
import { contentTypeOf } from './content-type.ts';
import type { Engine, EngineResult } from './engine.ts';
import { EngineError, httpStatus, toEngineError } from './errors.ts';
import type { DataInsert } from './insert.ts';
import { ROWS_HEADER, takeRows } from './laid-rows.ts';
import { literal } from './literal.ts';
import { addForm, type EngineRequest, isAuthorized, readRequest } from './request.ts';
import { createSlots } from './slots.ts';
import { readBody, type Spool, type Spooled } from './spool.ts';
import { createKnownStatements, readStatement, type Statement } from './statement.ts';

/** A statement in a body or a form with its parameters; rows are not bound by it. */
const MAX_STATEMENT = 64 * 1024 * 1024;
/** ClickHouse's own http_max_uri_size. */
const MAX_URL = 1024 * 1024;
const MAX_WAITING = 256;

/** Formats whose pieces can be laid end to end; others have a frame around the whole and are made as a whole. */
const ROW_FORMATS = new Set([
  'jsoneachrow',
  'jsoncompacteachrow',
  'jsonstringseachrow',
  'rowbinary',
  'tabseparated',
  'tsv',
  'csv',
  'native',
]);

/** ClickHouse's HTTP interface over an engine: as much of it as @clickhouse/client uses, and curl. */
export function createEngineServer(engine: Engine, spool: Spool, secret: string): Server {
  // Reads share the two or more cores; rows and DDL have their own queues, so that neither waits for a long search.
  const slots = {
    read: createSlots(6, MAX_WAITING),
    write: createSlots(1, MAX_WAITING),
    other: createSlots(2, MAX_WAITING),
  };

  const known = createKnownStatements();

  const answer = async (req: IncomingMessage, res: ServerResponse, signal: AbortSignal): Promise<void> => {
    const url = req.url ?? '/';
    const mark = url.indexOf('?');
    const pathname = mark < 0 ? url : url.slice(0, mark);
    if (pathname === '/ping' || (url === '/' && req.method === 'GET')) {
      res.end('Ok.\n');
      return;
    }
    if (!isAuthorized(req.headers, url, secret)) {
      throw new EngineError(516, 'AUTHENTICATION_FAILED', 'Authentication failed: the password is not correct');
    }
    if (pathname !== '/') throw new EngineError(55, 'NO_SUCH_HANDLER', 'There is no such address');
    if (req.method !== 'POST' && req.method !== 'GET')
      throw new EngineError(48, 'NOT_IMPLEMENTED', 'Only GET and POST');
    const request = readRequest(url, randomUUID);
    // As a server does: what comes by GET must not change anything.
    if (req.method === 'GET' && !request.settings.has('readonly')) request.settings.set('readonly', Buffer.from('2'));
    res.setHeader('X-ClickHouse-Query-Id', request.queryId);
    const encoding = req.headers['content-encoding'] ?? '';
    const laid = req.headers[ROWS_HEADER];
    const rowsInBody = request.query.trim() === '' ? undefined : readStatement(request.query).insert;
    if (rowsInBody !== undefined) {
      await insert(request, rowsInBody, await spool.write(inlineRows(request, rowsInBody), req, encoding), res, signal);
      return;
    }
    const contentType = req.headers['content-type'] ?? '';
    const body = await readBody(req, encoding, MAX_STATEMENT);
    if (contentType.startsWith('multipart/form-data')) addForm(request, body, contentType);
    else request.query += body.toString('latin1');
    const statement = known.read(request.query);
    if (statement.insert === undefined) {
      await run(request, statement, res, signal);
    } else {
      const rows =
        typeof laid === 'string'
          ? await takeRows(spool.directory, laid)
          : await spool.write(inlineRows(request, statement.insert), Readable.from([]), '');
      await insert(request, statement.insert, rows, res, signal);
    }
  };

  const insert = async (
    request: EngineRequest,
    { target, settings, format }: DataInsert,
    rows: Spooled,
    res: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      if (rows.bytes === 0) {
        finish(res, new Uint8Array(0), { rows: 0, elapsedSeconds: 0 }, 'written');
        return;
      }
      const statement = `${target} FROM INFILE ${literal(rows.file)} ${settings} FORMAT ${format}`;
      const result = await slots.write.run(() => engine.run(request, statement, { keeps: true, signal }));
      finish(res, result.bytes, result, 'written');
    } finally {
      await rows.remove();
    }
  };

  const run = async (
    request: EngineRequest,
    statement: Statement,
    res: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> => {
    const format = statement.format || request.defaultFormat;
    res.setHeader('X-ClickHouse-Format', format);
    res.setHeader('X-ClickHouse-Timezone', 'UTC');
    res.setHeader('Content-Type', contentTypeOf(format));
    const text = bind(statement, request.params);
    const job = { keeps: statement.kind === 'read', signal };
    await slots[statement.kind].run(async () => {
      if (statement.kind === 'read' && !request.waitEndOfQuery && ROW_FORMATS.has(format.toLowerCase())) {
        await send(engine.stream(request, text, format, job), res);
      } else {
        const result = await engine.run(request, text, job);
        finish(res, result.bytes, result, statement.kind === 'write' ? 'written' : 'read');
      }
    });
  };

  const server = createServer({ maxHeaderSize: MAX_URL, keepAliveTimeout: 60_000 }, (req, res) => {
    const gone = new AbortController();
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    answer(req, res, gone.signal).catch((error: unknown) => fail(req, res, toEngineError(error)));
  });
  return server;
}

/** The rows that stand behind the statement itself; they begin after the first newline, or after the space. */
function inlineRows(request: EngineRequest, insert: DataInsert): Buffer {
  return Buffer.from(request.query.slice(insert.dataAt).replace(/^[ \t]*\r?\n?/, ''), 'latin1');
}

async function send(chunks: AsyncIterable<Uint8Array>, res: ServerResponse): Promise<void> {
  for await (const chunk of chunks) {
    if (res.destroyed) return;
    if (!res.write(chunk)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
  }
  res.end();
}

function finish(
  res: ServerResponse,
  bytes: Uint8Array,
  { rows, elapsedSeconds }: Pick<EngineResult, 'rows' | 'elapsedSeconds'>,
  direction: 'read' | 'written',
): void {
  const summary = {
    read_rows: String(rows),
    written_rows: direction === 'written' ? String(rows) : '0',
    result_rows: direction === 'written' ? String(rows) : '0',
    elapsed_ns: String(Math.round(elapsedSeconds * 1e9)),
  };
  res.setHeader('X-ClickHouse-Summary', JSON.stringify(summary));
  res.end(bytes);
}

/** An error is a status as long as nothing was sent; later the answer is cut off, which no client takes for its end. */
function fail(req: IncomingMessage, res: ServerResponse, error: EngineError): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.statusCode = httpStatus(error.code);
  res.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  res.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  // The rest of a body that nobody read is not to be waited for.
  if (!req.complete) res.setHeader('Connection', 'close');
  res.end(`${error.message}\n`);
}
