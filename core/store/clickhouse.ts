import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { CLUSTER_SETTINGS, insertSettings } from './cluster.ts';
import { layRows, ROWS_HEADER } from './embedded/laid-rows.ts';
import { createHttpSelector } from './http-select.ts';
import { quoted } from './quoted.ts';
import { encodeRows } from './rowbinary.ts';
import type { Selector } from './selector.ts';
import { type SelectOptions, type Store, StoreError } from './store.ts';
import { toStoreError } from './store-errors.ts';
import { type Row, TABLES, type TableName } from './tables.ts';

export interface ClickHouseOptions {
  /** "http://host:8123" or "https://…" */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: string;
  /** The server is one of a cluster, over whose shards the tables are spread (cluster.ts). */
  readonly cluster?: string;
  /** Where rows are laid for a store on this machine that takes them from files: the embedded engine. */
  readonly spool?: string;
  /** How questions are asked where not over HTTP. */
  readonly selector?: Selector;
}

const SELECT_SECONDS = 10;
const INSERT_SECONDS = 60;
const COMMAND_SECONDS = 300;
/** How much longer than the engine's own limit an answer is waited for. */
const PATIENCE_SECONDS = 5;
/** The client counts silence, and a long statement is silent; the clock that counts is the one above. */
const SILENCE_MS = 24 * 60 * 60 * 1000;

/** The store over ClickHouse's HTTP interface, whoever serves it: a server, a cluster's balancer, the embedded engine. */
export function createClickHouseStore({ spool, selector: own, cluster, ...options }: ClickHouseOptions): Store {
  const client = createClient({
    ...options,
    application: 'calltrail',
    request_timeout: SILENCE_MS,
    max_open_connections: 32,
    clickhouse_settings: { wait_end_of_query: 1 },
    // Below any server's keep-alive, so that no request begins on a connection that is about to close.
    keep_alive: { enabled: true, idle_socket_ttl: 2500 },
    log: { level: ClickHouseLogLevel.OFF },
  });
  const selector =
    own ?? createHttpSelector({ ...options, ...(cluster === undefined ? {} : { settings: CLUSTER_SETTINGS.read }) });
  let closed = false;

  /** Runs a request with a clock and the caller's signal; all that fails comes out as a StoreError. */
  const timed = async <T>(
    kind: 'select' | 'insert' | 'command',
    seconds: number,
    outer: AbortSignal | undefined,
    request: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (closed) throw new StoreError('refused', 'the store is closed');
    if (isAborted(outer)) throw new StoreError('aborted', 'the request was withdrawn');
    const own = new AbortController();
    const withdraw = (): void => own.abort();
    outer?.addEventListener('abort', withdraw, { once: true });
    let late = false;
    const clock = setTimeout(
      () => {
        late = true;
        own.abort();
      },
      (seconds + PATIENCE_SECONDS) * 1000,
    );
    try {
      const answer = await request(own.signal);
      own.signal.throwIfAborted();
      return answer;
    } catch (error) {
      if (isAborted(outer)) throw new StoreError('aborted', 'the request was withdrawn', { cause: error });
      if (late) throw new StoreError('timeout', `no answer within ${seconds} s`, { cause: error });
      throw toStoreError(kind, error);
    } finally {
      clearTimeout(clock);
      outer?.removeEventListener('abort', withdraw);
    }
  };

  const write = (
    table: TableName,
    columns: readonly string[],
    format: 'RowBinary' | 'Native',
    bytes: readonly Buffer[],
    token: string,
  ): Promise<void> =>
    timed('insert', INSERT_SECONDS, undefined, async (abort_signal) => {
      const laid = spool === undefined ? undefined : await layRows(spool, bytes);
      const { stream } = await client.exec({
        // The token belongs to this one statement: as a setting of the request it would cost the embedded engine a session.
        query: `INSERT INTO ${table} (${columns.join(', ')}) SETTINGS insert_deduplication_token = ${quoted(token)} FORMAT ${format}`,
        ...(laid === undefined
          ? { values: Readable.from(bytes, { objectMode: false }) }
          : { http_headers: { [ROWS_HEADER]: laid } }),
        abort_signal,
        clickhouse_settings: {
          async_insert: 0,
          optimize_on_insert: 0,
          insert_deduplicate: 1,
          max_execution_time: INSERT_SECONDS,
          ...(cluster === undefined ? {} : { ...CLUSTER_SETTINGS.write, ...insertSettings(table) }),
        },
      });
      await finished(stream.resume());
    });

  return {
    async insert<T extends TableName>(table: T, rows: readonly Row<T>[], token: string) {
      if (rows.length === 0) return;
      await write(table, Object.keys(TABLES[table]), 'RowBinary', [encodeRows(table, rows)], token);
    },

    async insertBlock({ table, columns, rows, bytes }, token) {
      if (rows > 0) await write(table, columns, 'Native', bytes, token);
    },

    async select<T>(
      sql: string,
      params: Record<string, unknown> = {},
      { signal, maxSeconds = SELECT_SECONDS }: SelectOptions = {},
    ) {
      return (await timed('select', maxSeconds, signal, (own) => selector.select(sql, params, maxSeconds, own))) as T[];
    },

    async command(sql) {
      await timed('command', COMMAND_SECONDS, undefined, (abort_signal) =>
        client.command({
          query: sql,
          abort_signal,
          clickhouse_settings: {
            max_execution_time: COMMAND_SECONDS,
            ...(cluster === undefined ? {} : CLUSTER_SETTINGS.command),
          },
        }),
      );
    },

    async ping() {
      if (closed) return false;
      // With SELECT, as /ping answers without looking at the password.
      return (await client.ping({ select: true, abort_signal: AbortSignal.timeout(PATIENCE_SECONDS * 1000) })).success;
    },

    async close() {
      closed = true;
      selector.close();
      await client.close();
    },
  };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
