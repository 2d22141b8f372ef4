import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchAnswer } from '../../../../api/schemas.ts';
import { startEngine } from '../../../../core/store/embedded/process.ts';
import { VIEWS } from '../../../../core/store/views.ts';
import { type Site, startSite } from '../../../api/loki/site.ts';
import { freePort } from '../../../system/ports.ts';
import { until } from '../../../system/until.ts';
import { recordedLog, temporaryDirectory } from '../helpers.ts';

const PASSWORD = 'a reader of the tests';
const MAX_ROWS = 200_000;

let site: Site;
let url: string;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  const port = await freePort('127.0.0.1');
  url = `http://127.0.0.1:${port}`;
  site = await startSite(['03-failures'], [], {
    reader: { listen: `127.0.0.1:${port}`, password: PASSWORD, maxSeconds: 2, maxMemoryMb: 64, maxRows: MAX_ROWS },
    linker: { quietSeconds: 0, intervalSeconds: 0.2 },
  });
  client = createClient({ url, username: 'calltrail_reader', password: PASSWORD });
}, 120_000);
afterAll(async () => {
  await client?.close();
  await site?.stop();
});

const rows = async <T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> =>
  (await client.query({ query, query_params, format: 'JSONEachRow' })).json<T>();

/** What it says to a question that it does not answer. */
async function refused(query: string, search: Record<string, string> = {}): Promise<string> {
  const response = await ask(query, search);
  const text = await response.text();
  expect(response.status, `${query}: ${text.slice(0, 200)}`).toBeGreaterThanOrEqual(400);
  return text;
}

const ask = (query: string, search: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}/?${new URLSearchParams(search)}`, {
    method: 'POST',
    body: query,
    headers: { 'X-ClickHouse-User': 'calltrail_reader', 'X-ClickHouse-Key': PASSWORD, ...headers },
  });

interface ViewedCall {
  readonly id: string;
  readonly from_number: string;
  readonly to_number: string;
  readonly outcome: string;
  readonly final_status: number | null;
  readonly legs: string;
  readonly call_ids: readonly string[];
  readonly channels: readonly string[];
  readonly nodes: readonly string[];
  readonly started: string;
  readonly ended: string | null;
}

describe('the views', () => {
  let listed: SearchAnswer['calls'];
  beforeAll(async () => {
    await until(
      'the linker has put every call together',
      async () => {
        // Asked anew: what was put together of half a call is listed as one more until the rest is there.
        ({ calls: listed } = await site.json<SearchAnswer>('/api/search', { q: '', limit: '100' }));
        const [row] = await rows<{ calls: string }>('SELECT count() AS calls FROM view_calls');
        return Number(row?.calls) === listed.length && listed.length > 0;
      },
      { timeoutMs: 60_000 },
    );
  }, 120_000);

  test('show each recorded call as the search does', async () => {
    const viewed = new Map((await rows<ViewedCall>('SELECT * FROM view_calls')).map((call) => [call.id, call]));
    expect(listed.length).toBeGreaterThan(5);
    for (const call of listed) {
      const row = viewed.get(call.id);
      expect(row, call.id).toMatchObject({
        from_number: call.from.number,
        to_number: call.to.number,
        outcome: call.outcome,
        final_status: call.finalStatus ?? null,
      });
      expect([...(row?.call_ids ?? [])].sort()).toEqual([...call.callIds].sort());
      expect([...(row?.channels ?? [])].sort()).toEqual([...call.channelUuids].sort());
      expect(`${row?.started.replace(' ', 'T')}Z`).toBe(call.startedAt);
      expect(row?.ended === null).toBe(call.endedAt === undefined || call.endedAt === null);
    }
  });

  test('show the legs of a call, its messages, its events and its log lines', async () => {
    const [call] = listed.filter(({ channelUuids, callIds }) => channelUuids.length > 0 && callIds.length > 0);
    const id = call?.id ?? '';
    const legs = await rows<{ kind: string; leg: string }>('SELECT kind, leg FROM view_legs WHERE call = {id:String}', {
      id,
    });
    expect(legs.map(({ leg }) => leg).sort()).toEqual([...(call?.callIds ?? []), ...(call?.channelUuids ?? [])].sort());
    const messages = await rows<{ text: string; src_ip: string; kind: string }>(
      'SELECT text, src_ip, kind FROM view_messages WHERE call_id IN {ids:Array(String)}',
      { ids: call?.callIds },
    );
    expect(messages.some(({ text, kind }) => kind === 'sip' && text.startsWith('INVITE '))).toBe(true);
    for (const { src_ip } of messages) expect(src_ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const of = { channels: call?.channelUuids };
    const [events] = await rows<{ n: string }>(
      "SELECT count() AS n FROM view_events WHERE channel IN {channels:Array(String)} AND name = 'CHANNEL_HANGUP'",
      of,
    );
    expect(Number(events?.n)).toBeGreaterThan(0);
    const [lines] = await rows<{ n: string }>(
      "SELECT count() AS n FROM view_logs WHERE channel IN {channels:Array(String)} AND level = 'debug'",
      of,
    );
    expect(Number(lines?.n)).toBeGreaterThan(0);
  });

  test('answer what the SQL alert of docs/grafana.md asks', async () => {
    const shares = await rows<{ tenant: string; value: number }>(
      `SELECT tenant, countIf(outcome = 'failed') / count() AS value FROM view_calls
       WHERE method = 'INVITE' AND outcome != 'in_progress'
         AND last_heard >= toDateTime('2020-01-01 00:00:00') AND last_heard <= toDateTime(now())
       GROUP BY tenant HAVING count() >= 5`,
    );
    expect(shares).toHaveLength(1);
    expect(shares[0]?.value).toBeGreaterThan(0);
    expect(shares[0]?.value).toBeLessThan(1);
  });

  test('are all that a reader sees', async () => {
    const tables = await rows<{ name: string }>('SHOW TABLES');
    expect(tables.map(({ name }) => name).sort()).toEqual([...VIEWS].sort());
    expect(await rows('SHOW DATABASES')).toEqual([{ name: 'default' }]);
    const columns = await rows<{ table: string }>('SELECT DISTINCT table FROM system.columns');
    expect(columns.map(({ table }) => table).filter((table) => !VIEWS.includes(table))).toEqual([]);
    const described = await rows<{ name: string }>('DESC TABLE "default"."view_calls"');
    expect(described.map(({ name }) => name)).toContain('hangup_cause');
  });
});

describe('a reader', () => {
  test('needs the password for everything but /ping', async () => {
    expect(await (await fetch(`${url}/ping`)).text()).toBe('Ok.\n');
    const response = await ask('SELECT 1', {}, { 'X-ClickHouse-Key': 'wrong' });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('the password is not correct');
  });

  test.each([
    ['INSERT INTO calls (id) VALUES (1)', 'may only SELECT'],
    ['DROP TABLE calls', 'may only SELECT'],
    ['SET ROLE calltrail_owner', 'may only SELECT'],
    ['KILL QUERY WHERE 1', 'may only SELECT'],
    ['EXPLAIN SELECT * FROM calls', 'may only SELECT'],
    ['SELECT 1; DROP TABLE calls', 'Multi-statements are not allowed'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 'INTO OUTFILE is refused'],
    ['SELECT * FROM calls', 'Not enough privileges'],
    ['SELECT * FROM default.messages', 'Not enough privileges'],
    ['SELECT id FROM view_calls WHERE id IN (SELECT node FROM edges)', 'Not enough privileges'],
    ['SELECT id IN labels FROM view_calls', 'Not enough privileges'],
    ['WITH x AS (SELECT * FROM feed) SELECT * FROM x', 'Not enough privileges'],
    ['SELECT * FROM system.processes', 'may not see "system"'],
    ['SELECT * FROM `SYSTEM` . processes', 'may not see "system"'],
    ['SELECT * FROM "s\\x79stem".processes', 'an escape in a name'],
    ['SELECT * FROM information_schema.tables', 'may not see "information_schema"'],
    ["SELECT * FROM merge('system', 'processes')", '"merge" is refused'],
    ["SELECT file('/etc/passwd')", '"file" is refused'],
    ['SELECT "file"(\'/etc/passwd\')', '"file" is refused'],
    ["SELECT * APPLY(file) FROM (SELECT '/etc/passwd')", '"file" is refused'],
    ["SELECT * FROM file('/etc/passwd', LineAsString)", '"file" is refused'],
    ["SELECT * FROM url('http://127.0.0.1/', LineAsString)", 'Not enough privileges'],
    ["SELECT * FROM remote('127.0.0.1', default.calls)", 'Not enough privileges'],
    ["SELECT * FROM executable('x', TSV, 'a String')", 'Not enough privileges'],
    ['SHOW PROCESSLIST', 'may SHOW DATABASES, TABLES and COLUMNS only'],
    ['SHOW CREATE TABLE view_calls', 'may SHOW DATABASES, TABLES and COLUMNS only'],
    ['SELECT 1 SETTINGS max_rows_to_read = 0', "Cannot modify 'max_rows_to_read' setting in readonly mode"],
    ['SELECT $$x$$', 'is not supported outside of quotes'],
    ['', 'Empty query'],
  ])('is refused, with a sentence: %s', async (query, sentence) => {
    expect(await refused(query)).toContain(sentence);
  });

  test('cannot name a table by a parameter, take another database, or set what is not its own', async () => {
    const table = { param_t: 'system.processes' };
    expect(await refused('SELECT * FROM {t:Identifier}', table)).toContain('cannot be named by a parameter');
    expect(await refused('SELECT * FROM processes', { database: 'system' })).toContain('there is "default" alone');
    expect(await refused('SELECT 1', { max_rows_to_read: '0' })).toContain("Cannot modify 'max_rows_to_read'");
    // This one would write a file.
    expect(await refused('SELECT 1', { output_format_schema: '/tmp/x' })).toContain('output_format_schema');
    expect(await refused('SELECT 1', { readonly: '0', role: 'calltrail_owner', allow_ddl: '1' })).toContain(
      'allow_ddl',
    );
    expect(await (await ask("SELECT getSetting('readonly')", { readonly: '0' })).text()).toBe('1\n');
  });

  test('is stopped when it reads too many rows, takes too long or too much memory', async () => {
    expect(await refused(`SELECT count() FROM numbers(${MAX_ROWS * 2}) AS a`)).toMatch(/Limit for rows/);
    const [lines] = await rows<{ n: string }>('SELECT count() AS n FROM view_logs');
    expect(Number(lines?.n)).toBeGreaterThan(500);
    const both = `SELECT length(place), number FROM view_logs CROSS JOIN numbers(${MAX_ROWS - 500}) AS other FORMAT Null`;
    expect(await refused(both)).toMatch(/Limit for rows/);
    expect(await refused('SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_block_size = 1')).toMatch(
      /readonly mode/,
    );
    const slow = 'SELECT count() FROM numbers(400000) AS a, numbers(400000) AS b WHERE a.number * b.number = 7';
    expect(await refused(slow.replaceAll('400000', '90000'))).toMatch(
      /Timeout exceeded|Estimated query execution time/,
    );
    const large = "SELECT length(arrayStringConcat(groupArray(repeat('x', 5000)))) FROM numbers(90000)";
    expect(await refused(large)).toMatch(/memory limit exceeded/i);
  }, 60_000);

  test('may wish for less time than it has, and gets no more', async () => {
    const asked = async (seconds: string): Promise<string> =>
      (await ask("SELECT getSetting('max_execution_time')", { max_execution_time: seconds })).text();
    expect(await asked('1')).toBe('1\n');
    expect(await asked('600')).toBe('2\n');
    expect(await asked('0')).toBe('2\n');
  });

  test('finds no second listener where one is: the store says so and does not open', async () => {
    const { path, remove } = temporaryDirectory();
    const { port } = new URL(url);
    const limits = { password: PASSWORD, maxSeconds: 1, maxMemoryMb: 64, maxRows: 1 };
    const taken = startEngine({ path, reader: { host: '127.0.0.1', port: Number(port), ...limits } }, recordedLog());
    await expect(taken).rejects.toThrow(/EADDRINUSE.*127\.0\.0\.1/);
    remove();
  });

  test('is no way for the product itself, which still writes and reads all of its tables', async () => {
    const { id = '' } = (await rows<{ id: string }>('SELECT id FROM view_calls LIMIT 1'))[0] ?? {};
    const call = await site.json<{ id: string }>(`/api/calls/${encodeURIComponent(id)}`, {});
    expect(call.id).toBe(id);
  });

  test('gets its answer packed when it says so', async () => {
    const response = await ask('SELECT 1', { enable_http_compression: '1' }, { 'Accept-Encoding': 'gzip' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe('1\n');
    expect(await refused('SELECT 1', { compress: '1' })).toContain('ask for gzip');
  });
});
