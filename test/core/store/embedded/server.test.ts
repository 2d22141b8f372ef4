import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EngineProcess, startEngine } from '../../../../core/store/embedded/process.ts';
import { until } from '../../../system/until.ts';
import { recordedLog, temporaryDirectory } from '../helpers.ts';

const directory = temporaryDirectory();
let engine: EngineProcess;
beforeAll(async () => {
  engine = await startEngine({ path: directory.path }, recordedLog());
});
afterAll(async () => {
  await engine.stop();
  directory.remove();
});

function ask(query: string, init: RequestInit = {}, search: Record<string, string> = {}): Promise<Response> {
  const url = new URL(engine.url);
  for (const [name, value] of Object.entries({ query, ...search })) if (value !== '') url.searchParams.set(name, value);
  return fetch(url, {
    method: 'POST',
    ...init,
    headers: { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': engine.password, ...init.headers },
  });
}

async function text(query: string, init: RequestInit = {}, search: Record<string, string> = {}): Promise<string> {
  const response = await ask(query, init, search);
  const body = await response.text();
  expect(response.status, body).toBe(200);
  return body.trim();
}

describe("the engine's HTTP interface", () => {
  test('answers /ping to anybody, and nothing else without the password', async () => {
    expect(await (await fetch(`${engine.url}/ping`)).text()).toBe('Ok.\n');
    const wrong: Record<string, string>[] = [
      {},
      { 'X-ClickHouse-Key': 'wrong' },
      { 'X-ClickHouse-Key': '' },
      { Authorization: `Basic ${btoa('default:wrong')}` },
      { Authorization: `Bearer ${engine.password}` },
    ];
    for (const headers of wrong) {
      const response = await fetch(`${engine.url}/?query=SELECT+1`, { headers });
      expect(response.status).toBe(403);
      expect(response.headers.get('x-clickhouse-exception-code')).toBe('516');
      expect(await response.text()).toMatch(/^Code: 516\. DB::Exception: /);
    }
    const basic = { Authorization: `Basic ${btoa(`anybody:${engine.password}`)}` };
    expect((await fetch(`${engine.url}/?query=SELECT+1`, { headers: basic })).status).toBe(200);
    expect((await fetch(`${engine.url}/?query=SELECT+1&password=${engine.password}`)).status).toBe(200);
  });

  test('takes the statement from the URL, the body, or both', async () => {
    expect(await text('SELECT 1')).toBe('1');
    expect(await text('', { body: 'SELECT 2' })).toBe('2');
    expect(await text('SELECT ', { body: '3' })).toBe('3');
    expect(await text('', { body: gzipSync('SELECT 4'), headers: { 'Content-Encoding': 'gzip' } })).toBe('4');
  });

  test('changes nothing by GET', async () => {
    expect(await text('SELECT 1', { method: 'GET' })).toBe('1');
    const response = await ask('CREATE TABLE by_get (a String) ENGINE = Memory', { method: 'GET' });
    expect(await response.text()).toContain('READONLY');
    expect(response.status).toBe(500);
  });

  test('answers in the format that is asked for', async () => {
    const query = "SELECT 1 AS a, 'x' AS b";
    expect(await text(`${query} FORMAT JSONEachRow`)).toBe('{"a":1,"b":"x"}');
    expect(await text(query, {}, { default_format: 'CSV' })).toBe('1,"x"');
    expect(JSON.parse(await text(`${query} FORMAT JSON`)).data).toEqual([{ a: 1, b: 'x' }]);
    const binary = await ask("SELECT unhex('00FF0A0A') FORMAT RowBinary");
    expect(Buffer.from(await binary.arrayBuffer()).toString('hex')).toBe('0400ff0a0a');
  });

  test('tells errors by status, header and text as a server does', async () => {
    for (const [query, status, code] of [
      ['SELEKT 1', 400, '62'],
      ['SELECT * FROM nowhere', 404, '60'],
      ['SELECT nothing', 404, '47'],
      ['SELECT 1; SELECT 2', 400, '62'],
      ['SELECT {a:UInt8}', 400, '456'],
      ['SELECT throwIf(1)', 500, '395'],
    ] as const) {
      const response = await ask(query);
      expect(response.status, query).toBe(status);
      expect(response.headers.get('x-clickhouse-exception-code'), query).toBe(code);
      expect(await response.text()).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: [^]*\\([A-Z_]+\\)`));
    }
  });

  test.each([
    ['JSONEachRow', '{"a":1,"b":"x\\n\\ny"}\n{"a":2,"b":"z"}\n', '1,"x\n\ny"\n2,"z"'],
    ['TabSeparated', '1\tone\n\ncreate table pwned (a String) engine = Memory\n', undefined],
    ['RowBinary', Buffer.from([7, 2, 10, 10, 8, 1, 0xff]), '7,"\n\n"\n8,"\ufffd"'],
  ])('stores rows that come as %s, and never runs them', async (format, body, stored) => {
    await text('CREATE OR REPLACE TABLE rows (a UInt8, b String) ENGINE = MergeTree ORDER BY a');
    const response = await ask(`INSERT INTO rows (a, b) FORMAT ${format}`, { body });
    if (stored !== undefined) expect(await response.text()).toBe('');
    expect(response.status).toBe(stored === undefined ? 400 : 200);
    if (stored !== undefined) expect(JSON.parse(response.headers.get('x-clickhouse-summary')!).written_rows).toBe('2');
    expect(await text('SELECT * FROM rows ORDER BY a FORMAT CSV')).toBe(stored ?? '');
    expect(await text("SELECT count() FROM system.tables WHERE name = 'pwned'")).toBe('0');
  });

  test('takes rows behind the statement in one body, compressed or not', async () => {
    await text('CREATE OR REPLACE TABLE rows (a UInt8, b String) ENGINE = MergeTree ORDER BY a');
    await text('', { body: "INSERT INTO rows VALUES (1, 'ü;\n\n'), (2, '')" });
    await text('', {
      body: Buffer.concat([Buffer.from('INSERT INTO rows FORMAT RowBinary\n'), Buffer.from([3, 1, 0x0a])]),
    });
    const body = gzipSync('{"a":4,"b":"gz"}');
    await text('INSERT INTO rows SETTINGS async_insert = 0 FORMAT JSONEachRow', {
      body,
      headers: { 'Content-Encoding': 'gzip' },
    });
    expect(await text('SELECT a, hex(b) FROM rows ORDER BY a FORMAT TSV')).toBe('1\tC3BC3B0A0A\n2\t\n3\t0A\n4\t677A');
    const broken = await ask('INSERT INTO rows FORMAT RowBinary', { body: Buffer.from([1, 200]) });
    expect(broken.status).toBe(500);
    expect(await text('SELECT count() FROM rows')).toBe('4');
  });

  test('refuses files of the machine', async () => {
    for (const query of [
      "SELECT 1 INTO OUTFILE '/tmp/calltrail-no'",
      "INSERT INTO rows FROM INFILE '/etc/passwd' FORMAT TSV",
    ]) {
      expect((await ask(query)).status).toBe(400);
    }
  });

  test('binds parameters as bytes, even when they are no text', async () => {
    const url = `${engine.url}/?query=${encodeURIComponent('SELECT hex({v:String})')}&param_v=%ff%00a+b%27%5C%5C`;
    const response = await fetch(url, { headers: { 'X-ClickHouse-Key': engine.password } });
    expect((await response.text()).trim()).toBe('FF0061206227' + '5C');
  });

  test('refuses settings and databases that are no names', async () => {
    const searches: Record<string, string>[] = [
      { "a' , b": '1' },
      { database: 'a`b' },
      { no_such_setting: '1' },
      { query_id: 'a\nb' },
    ];
    for (const search of searches) expect((await ask('SELECT 1', {}, search)).status).toBeGreaterThanOrEqual(400);
  });

  test('leaves nothing of a request to the next one, though sessions are used again', async () => {
    const mine = "SELECT getSetting('max_threads'), getSetting('max_block_size'), currentDatabase() FORMAT TSV";
    const before = await text(mine);
    await text('SELECT 1 SETTINGS max_threads = 7, max_block_size = 123');
    await ask('SET max_threads = 7');
    await ask('USE system');
    await text('CREATE TEMPORARY TABLE mine (a String)');
    await ask('SELECT throwIf(1) SETTINGS max_threads = 7');
    await text('SELECT {v:String}', {}, { param_v: 'secret', max_block_size: '123' });
    const after = await Promise.all(Array.from({ length: 20 }, () => text(mine)));
    expect(new Set(after)).toEqual(new Set([before]));
    expect((await ask('SELECT {v:String}')).status).toBe(400);
    expect((await ask('SELECT * FROM mine')).status).toBe(404);
  });

  test('kills the statement whose client went away, and none that runs beside it or comes after', async () => {
    const long = 'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)';
    for (let round = 0; round < 5; round += 1) {
      const gone = new AbortController();
      const leaving = ask(long, { signal: gone.signal }, { wait_end_of_query: '1' }).catch(
        (error: Error) => error.name,
      );
      const beside = text('SELECT sum(sipHash64(number)) FROM numbers(3000000)');
      await expect
        .poll(() => text("SELECT count() > 0 FROM system.processes WHERE query LIKE 'SELECT sum%000000000000)'"))
        .toBe('1');
      gone.abort();
      expect(await leaving).toBe('AbortError');
      for (let i = 0; i < 20; i += 1) expect(await text('SELECT 1')).toBe('1');
      expect(await beside).toMatch(/^\d+$/);
    }
    const running = () => text("SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum%'");
    await expect.poll(running, { timeout: 5000 }).toBe('0');
  });

  test('hands a large result over in pieces, and stops when nobody reads on', async () => {
    const response = await ask('SELECT number FROM system.numbers FORMAT RowBinary');
    const reader = response.body!.getReader();
    let bytes = 0;
    for (let expected = 0n; bytes < 20_000_000; ) {
      const { value } = await reader.read();
      if (bytes % 8 === 0) expect(Buffer.from(value!).readBigUInt64LE(0)).toBe(expected);
      bytes += value!.length;
      expected = BigInt(Math.floor(bytes / 8));
    }
    await reader.cancel();
    await expect
      .poll(() =>
        text(
          "SELECT count() FROM system.processes WHERE query LIKE '%system.numbers%' AND query NOT LIKE '%processes%'",
        ),
      )
      .toBe('0');
  });

  test('cuts the answer off when it fails half-way, and answers with a status when it may wait', async () => {
    const query = 'SELECT number, throwIf(number = 5000000) FROM numbers(10000000) FORMAT TSV';
    await expect(ask(query).then((response) => response.text())).rejects.toThrow();
    expect((await ask(query, {}, { wait_end_of_query: '1' })).status).toBe(500);
  });

  test('does not answer with more than fits into memory', async () => {
    const response = await ask(
      'SELECT number FROM numbers(1000000)',
      {},
      { wait_end_of_query: '1', max_result_bytes: '1000' },
    );
    expect(response.headers.get('x-clickhouse-exception-code')).toBe('396');
    expect(await response.text()).toContain('TOO_MANY_ROWS_OR_BYTES');
  });

  test('keeps the memory of the engine bounded', async () => {
    const query = "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'";
    expect(Number(await text(query))).toBe(2048 * 1024 * 1024);
  });

  test('removes old parts by few threads, as each of them holds files open for ever', async () => {
    const threads = async (): Promise<number> =>
      Number(await text("SELECT value FROM system.metrics WHERE metric = 'GlobalThread'"));
    const before = await threads();
    await text(
      `CREATE TABLE many_parts (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS old_parts_lifetime = 0, cleanup_delay_period = 1,
       cleanup_delay_period_random_add = 0, max_cleanup_delay_period = 1, concurrent_part_removal_threshold = 0`,
    );
    for (let part = 0; part < 60; part += 1) await text(`INSERT INTO many_parts VALUES (${part})`);
    await text('OPTIMIZE TABLE many_parts FINAL');
    const old = "SELECT count() FROM system.parts WHERE table = 'many_parts' AND NOT active";
    await until('the old parts are gone', async () => Number(await text(old)) === 0);
    await text('DROP TABLE many_parts SYNC');
    expect((await threads()) - before).toBeLessThan(20);
  });
});

describe("the engine's process", () => {
  const alive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  test('ends when its parent is killed, and lets the directory go', async () => {
    const { path, remove } = temporaryDirectory();
    const module = new URL('../../../../core/store/embedded/process.ts', import.meta.url).href;
    const program = `import { startEngine } from ${JSON.stringify(module)};
      const log = { info() {}, warn() {}, error() {} };
      const engine = await startEngine({ path: ${JSON.stringify(path)} }, log);
      process.stdout.write(String(engine.pid));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
    const next = await startEngine({ path }, recordedLog());
    await next.stop();
    remove();
  });

  test('goes on serving after SIGTERM and SIGINT until its parent has said so', async () => {
    const { path, remove } = temporaryDirectory();
    const own = await startEngine({ path }, recordedLog());
    process.kill(own.pid, 'SIGINT');
    process.kill(own.pid, 'SIGTERM');
    const response = await fetch(`${own.url}/?query=SELECT+1`, { headers: { 'X-ClickHouse-Key': own.password } });
    expect(await response.text()).toBe('1\n');
    await own.stop();
    await own.stop();
    expect(await own.exited).toBe('exit code 0');
    remove();
  });

  test('does not start where there can be no directory, and says why', async () => {
    const { path, remove } = temporaryDirectory();
    writeFileSync(join(path, 'file'), '');
    const starting = startEngine({ path: join(path, 'file', 'data') }, recordedLog());
    await expect(starting).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('ENOTDIR') });
    remove();
  });
});
