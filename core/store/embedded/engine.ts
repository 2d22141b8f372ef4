import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChdbQueryStream, drainPending, Session } from 'chdb';
import { EngineError } from './errors.ts';
import { usersXml } from './reader-access.ts';
import type { EngineRequest } from './request.ts';
import { createSessions, type EngineSession } from './sessions.ts';

export interface EngineLimits {
  /** What the engine may use altogether, in MB. */
  readonly memoryMb: number;
  /** Sessions may be a reader's, who sees the views alone (reader-access.ts). */
  readonly readers?: boolean;
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
  /** It leaves its session as it was, for the next statement: a question, or rows. */
  readonly keeps: boolean;
  readonly signal: AbortSignal;
}

/** Used when the request has no setting of that name. */
const DEFAULTS = {
  // Every statement has an end.
  max_execution_time: '60',
  async_insert: '0',
  // Parameters are part of a statement, and ClickHouse's parser refuses more than 256 KiB unless told.
  max_query_size: '134217728',
  // Quick questions are what a person waits for: further threads, and the newer analyser of queries, cost more than they
  // gain in statements as short as ours. What scans says so itself (SETTINGS max_threads = 0).
  output_format_parallel_formatting: '0',
  max_threads: '1',
  max_threads_for_indexes: '1',
  enable_analyzer: '0',
};

/** A result that is answered as a whole must fit into memory. */
const WHOLE = { max_result_bytes: '268435456' };

const KILL_AGAIN_MS = 200;

/** How long close waits for statements to end by themselves. */
const GRACE_MS = 3000;

/**
 * Opens the directory. A request has a session for itself while it runs, as a chdb connection runs one query at a time;
 * after a statement that changed no setting, the session waits for the next request with the same settings (see sessions.ts).
 *
 * @throws when the directory is in use by another process (code 76) or cannot be read.
 */
export function openEngine(path: string, limits: EngineLimits): Engine {
  // Holds the directory open; the settings of the first session are those of the whole engine.
  const keeper = openFirst(path, limits);
  const sessions = createSessions(path);
  // One statement leaves room for the others: rows must be stored whatever is asked meanwhile.
  const defaults = { ...DEFAULTS, max_memory_usage: String((limits.memoryMb * 1024 * 1024) / 2) };
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

  /** Runs `use` on a session, and kills the query when the signal says so: chdb cannot interrupt it otherwise. */
  const withSession = async <T>(
    request: EngineRequest,
    settings: Record<string, string>,
    { signal, keeps }: Job,
    use: (session: Session) => Promise<T>,
  ): Promise<T> => {
    if (closing) throw new EngineError(236, 'ABORTED', 'The engine is shutting down');
    if (signal.aborted) throw cancelled();
    running += 1;
    let own: EngineSession | undefined;
    let killer: NodeJS.Timeout | undefined;
    const kill = () => {
      // The statement may not have begun yet, so once is not enough. ASYNC, as SYNC has been seen never to return.
      control(`KILL QUERY WHERE Settings['log_comment'] = '${own?.mark}' ASYNC`).catch(() => undefined);
      killer ??= setInterval(kill, KILL_AGAIN_MS);
    };
    let clean = false;
    try {
      own = await sessions.take(
        request.database,
        new Map<string, string | Buffer>([...Object.entries(settings), ...request.settings]),
        request.role,
      );
      if (signal.aborted) throw cancelled();
      signal.addEventListener('abort', kill, { once: true });
      const result = await use(own.session);
      // A kill that was sent off may still hit what this session would run next.
      clean = keeps && !signal.aborted;
      return result;
    } finally {
      running -= 1;
      signal.removeEventListener('abort', kill);
      clearInterval(killer);
      if (own !== undefined && clean && !closing) sessions.keep(own);
      else if (own !== undefined) sessions.drop(own);
    }
  };

  return {
    run: (request, statement, job) =>
      withSession(request, { ...defaults, ...WHOLE }, job, async (session) => {
        const result = await session.queryAsync(statement, { format: request.defaultFormat });
        return { bytes: result.bytes(), rows: result.rowsRead, elapsedSeconds: result.elapsed };
      }),

    async *stream(request, statement, format, job) {
      // A generator cannot run inside withSession's callback, so the callback lasts until the generator ends.
      const opened = Promise.withResolvers<ChdbQueryStream>();
      const ended = Promise.withResolvers<void>();
      const whole = withSession(request, defaults, { ...job, keeps: false }, (session) => {
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
      sessions.close();
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
    const usersFile = join(scratch, 'users.xml');
    if (limits.readers === true) writeFileSync(usersFile, usersXml());
    writeFileSync(configFile, configXml(limits, limits.readers === true ? usersFile : undefined));
    return new Session(path, { connectionArgs: [`--config-file=${configFile}`] });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function cancelled(): EngineError {
  return new EngineError(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled');
}

/** Without these the engine takes 90 % of the machine's memory and 5 GB of it for one cache. */
function configXml(limits: EngineLimits, usersFile: string | undefined): string {
  const bytes = limits.memoryMb * 1024 * 1024;
  const values = {
    ...(usersFile === undefined ? {} : { users_config: usersFile }),
    max_server_memory_usage: bytes,
    mark_cache_size: Math.min(256 * 1024 * 1024, Math.floor(bytes / 8)),
    index_mark_cache_size: Math.min(64 * 1024 * 1024, Math.floor(bytes / 32)),
    uncompressed_cache_size: 0,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 2,
    background_schedule_pool_size: 4,
    background_common_pool_size: 2,
    // Each thread of the engine holds three files open, and by default old parts are removed by 128 of them, which stay.
    max_parts_cleaning_thread_pool_size: 2,
    max_active_parts_loading_thread_pool_size: 4,
    max_outdated_parts_loading_thread_pool_size: 2,
  };
  const lines = Object.entries(values).map(([name, value]) => `  <${name}>${value}</${name}>`);
  return `<clickhouse>\n${lines.join('\n')}\n</clickhouse>\n`;
}
