import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChdbQueryStream, drainPending, Session } from 'chdb';
import { EngineError } from './errors.ts';
import { literal } from './literal.ts';
import type { EngineRequest } from './request.ts';

export interface EngineLimits {
  /** What the engine may use altogether, in MB. */
  readonly memoryMb: number;
}

export interface EngineResult {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly elapsedSeconds: number;
}

/** One open data directory. */
export interface Engine {
  /** Runs one statement to its end. */
  run(request: EngineRequest, statement: string, job: Job): Promise<EngineResult>;
  /** The result piece by piece; the job ends when the iteration does. */
  stream(request: EngineRequest, statement: string, format: string, job: Job): AsyncGenerator<Uint8Array, void>;
  /** Kills what runs, waits for it, and lets the directory go. */
  close(): Promise<void>;
}

/** What stands for one request while it is with the engine. */
export interface Job {
  /** Unique, made of letters and digits. */
  readonly id: string;
  readonly signal: AbortSignal;
}

/** Used when the request has no setting of that name: every statement has an end. */
const DEFAULTS = { max_execution_time: '60', async_insert: '0' };

/** A result that is answered as a whole must fit into memory. */
const WHOLE = { ...DEFAULTS, max_result_bytes: '268435456' };

/** ClickHouse's parser refuses longer statements unless told (max_query_size, 256 KiB). */
const LONG_STATEMENT = 200_000;

const KILL_AGAIN_MS = 200;

/** How long close waits for statements to end by themselves. */
const GRACE_MS = 3000;

/**
 * Opens the directory. Every request has a session of its own, which costs half a millisecond: settings and parameters
 * cannot leak into the next one, several run at once (a chdb connection runs one query at a time), and parameters are
 * bound by SET param_…, which is the session's own, not by the library's binding, which is one at a time per process.
 *
 * @throws when the directory is in use by another process (code 76) or cannot be read.
 */
export function openEngine(path: string, limits: EngineLimits): Engine {
  // Holds the directory open; the settings of the first session are those of the whole engine.
  const keeper = openFirst(path, limits);
  let closing = false;
  let running = 0;

  const control = async (statement: string): Promise<void> => {
    const session = new Session(path);
    try {
      await session.queryAsync(statement);
    } finally {
      session.close();
    }
  };

  /** Runs `use` on a fresh session, and kills the query when the signal says so: chdb cannot interrupt it otherwise. */
  const withSession = async <T>(
    request: EngineRequest,
    defaults: Record<string, string>,
    job: Job,
    use: (session: Session) => Promise<T>,
  ): Promise<T> => {
    if (closing) throw new EngineError(236, 'ABORTED', 'The engine is shutting down');
    if (job.signal.aborted) throw cancelled();
    const session = new Session(path);
    const kill = () => {
      // The statement may not have begun yet, so once is not enough. ASYNC, as SYNC has been seen never to return.
      control(`KILL QUERY WHERE Settings['log_comment'] = '${job.id}' ASYNC`).catch(() => undefined);
      killer ??= setInterval(kill, KILL_AGAIN_MS);
    };
    let killer: NodeJS.Timeout | undefined;
    running += 1;
    job.signal.addEventListener('abort', kill, { once: true });
    try {
      await prepare(session, request, defaults, job.id);
      if (job.signal.aborted) throw cancelled();
      return await use(session);
    } finally {
      running -= 1;
      job.signal.removeEventListener('abort', kill);
      clearInterval(killer);
      session.close();
    }
  };

  return {
    run: (request, statement, job) =>
      withSession(request, WHOLE, job, async (session) => {
        const result = await session.queryAsync(statement, { format: request.defaultFormat });
        return { bytes: result.bytes(), rows: result.rowsRead, elapsedSeconds: result.elapsed };
      }),

    async *stream(request, statement, format, job) {
      // A generator cannot run inside withSession's callback, so the callback lasts until the generator ends.
      const opened = Promise.withResolvers<ChdbQueryStream>();
      const ended = Promise.withResolvers<void>();
      const whole = withSession(request, DEFAULTS, job, (session) => {
        opened.resolve(session.queryStream(statement, { format }));
        return ended.promise;
      });
      whole.catch(opened.reject);
      try {
        for await (const chunk of await opened.promise) if (chunk.numBytes > 0) yield chunk.raw();
      } finally {
        ended.resolve();
        await whole.catch(() => undefined);
      }
    },

    async close() {
      if (closing) return;
      closing = true;
      const killAt = Date.now() + GRACE_MS;
      while (running > 0) {
        if (Date.now() > killAt) await control('KILL QUERY WHERE 1 ASYNC').catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await drainPending();
      keeper.close();
      await drainPending();
    },
  };
}

function openFirst(path: string, limits: EngineLimits): Session {
  const scratch = mkdtempSync(join(tmpdir(), 'calltrail-engine-'));
  try {
    const configFile = join(scratch, 'engine.xml');
    writeFileSync(configFile, configXml(limits));
    return new Session(path, { connectionArgs: [`--config-file=${configFile}`] });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function prepare(
  session: Session,
  request: EngineRequest,
  defaults: Record<string, string>,
  id: string,
): Promise<void> {
  if (request.database !== 'default') await session.queryAsync(`USE \`${request.database}\``);
  const settings = new Map<string, string | Buffer>([
    ...Object.entries(defaults),
    ...request.settings,
    ...request.params,
  ]);
  settings.set('log_comment', id);
  const readonly = settings.get('readonly');
  settings.delete('readonly');
  const assignments = [...settings].map(([name, value]) => `${name} = ${literal(value)}`).join(', ');
  if (assignments.length > LONG_STATEMENT) {
    await session.queryAsync(`SET max_query_size = ${Buffer.byteLength(assignments) + 1024}`);
  }
  await session.queryAsync(`SET ${assignments}`);
  // Last, as nothing can be set after it.
  if (readonly !== undefined) await session.queryAsync(`SET readonly = ${literal(readonly)}`);
}

function cancelled(): EngineError {
  return new EngineError(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled');
}

/** Without these the engine takes 90 % of the machine's memory and 5 GB of it for one cache. */
function configXml(limits: EngineLimits): string {
  const bytes = limits.memoryMb * 1024 * 1024;
  const values = {
    max_server_memory_usage: bytes,
    mark_cache_size: Math.min(256 * 1024 * 1024, Math.floor(bytes / 8)),
    index_mark_cache_size: Math.min(64 * 1024 * 1024, Math.floor(bytes / 32)),
    uncompressed_cache_size: 0,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 2,
    background_schedule_pool_size: 4,
    background_common_pool_size: 2,
  };
  const lines = Object.entries(values).map(([name, value]) => `  <${name}>${value}</${name}>`);
  return `<clickhouse>\n${lines.join('\n')}\n</clickhouse>\n`;
}
