import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../../../core/store/migrate.ts';
import { type Store, StoreError } from '../../../core/store/store.ts';
import { type ColumnType, type Row, TABLES, type TableName } from '../../../core/store/tables.ts';
import { VIEWS } from '../../../core/store/views.ts';
import { createBatch } from '../../../indexer/batch.ts';
import { NO_CORRELATION } from '../../../indexer/options.ts';
import { sipPacket } from '../../indexer/seen.ts';
import { id, message, SAMPLES, T0 } from './helpers.ts';
import { readBlock } from './native.ts';

const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** What ClickHouse calls the column types, without wrapping. */
const ENGINE_TYPES: Record<ColumnType, string> = {
  ip: 'IPv6',
  id: 'FixedString(8)',
  time: "DateTime64(6, 'UTC')",
  u8: 'UInt8',
  u16: 'UInt16',
  u32: 'UInt32',
  u64: 'UInt64',
  string: 'String',
  bytes: 'String',
};

/** What a column must be asked for as, so that JSON carries it exactly. */
function expression(name: string, type: ColumnType): string {
  if (type === 'id' || type === 'bytes') return `lower(hex(${name})) AS ${name}_`;
  if (type === 'ip')
    return `if(${name} = toIPv6('::'), '', replaceRegexpOne(toString(${name}), '^::ffff:', '')) AS ${name}_`;
  return type === 'time' ? `toUnixTimestamp64Micro(${name}) AS ${name}_` : `${name} AS ${name}_`;
}

/** What every store promises, however its ClickHouse is reached. `open` gives one with its tables made. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps the store contract`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store.close();
      await store.close();
    });
    beforeEach(async () => {
      const used = await store.select<{ name: string }>(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0 AND name != 'migrations'",
      );
      for (const { name: table } of used) await store.command(`TRUNCATE TABLE ${table}`);
    });

    const count = async (table: TableName): Promise<number> =>
      (await store.select<{ n: number }>(`SELECT count() AS n FROM ${table}`))[0]!.n;

    test('has the tables that the code writes: columns, order and types', async () => {
      const columns = await store.select<{ table: string; name: string; type: string }>(
        'SELECT table, name, type FROM system.columns WHERE database = currentDatabase() ORDER BY table, position',
      );
      for (const table of TABLE_NAMES) {
        const made = columns
          .filter((column) => column.table === table)
          .map((column) => [column.name, unwrap(column.type)]);
        expect(made, table).toEqual(Object.entries<ColumnType>(TABLES[table]).map(([n, t]) => [n, ENGINE_TYPES[t]]));
      }
      const made = new Set(columns.map(({ table }) => table));
      expect([...made].sort()).toEqual([...TABLE_NAMES, 'migrations', ...VIEWS].sort());
    });

    test.each(TABLE_NAMES)('gives back what was stored in %s', async (table) => {
      const row = SAMPLES[table] as Readonly<Record<string, unknown>>;
      await store.insert(table, [SAMPLES[table]] as unknown as Row<typeof table>[], 'sample');
      const columns = Object.entries<ColumnType>(TABLES[table]);
      const [found] = await store.select<Record<string, unknown>>(
        `SELECT ${columns.map(([n, t]) => expression(n, t)).join(', ')} FROM ${table}`,
      );
      for (const [column, type] of columns) {
        const wanted = row[column];
        expect(found![`${column}_`], column).toEqual(
          type === 'bytes' ? Buffer.from(wanted as Uint8Array).toString('hex') : wanted,
        );
      }
    });

    test('stores every byte value, and bytes that would end a statement', async () => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      const payloads = [
        all,
        Buffer.concat([all, all, all]),
        Buffer.alloc(0),
        Buffer.from('a\n\nDROP TABLE messages'),
        Buffer.from("'; DROP TABLE messages; --\r\n\r\n\n\n"),
        Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x00, 0x0a, 0x0a]),
        Buffer.alloc(70_000, 0x0a),
        Buffer.alloc(200, 'é'),
      ];
      await store.insert(
        'messages',
        payloads.map((payload, i) => message(i, { payload })),
        'bytes',
      );
      const found = await store.select<{ payload: string }>('SELECT hex(payload) AS payload FROM messages ORDER BY at');
      expect(found.map(({ payload }) => payload.toLowerCase())).toEqual(
        payloads.map((payload) => payload.toString('hex')),
      );
    });

    test('stores text as UTF-8 even when it is not well-formed', async () => {
      const text = `x\ud800y ${'long '.repeat(20)}\udfff 📞`;
      await store.insert('logs', [{ ...SAMPLES.logs, text }], 'text');
      const [found] = await store.select<{ text: string }>('SELECT text FROM logs');
      expect(found!.text).toBe(text.toWellFormed());
    });

    test('stores many rows at once', async () => {
      const rows = Array.from({ length: 30_000 }, (_, i) => message(i));
      await store.insert('messages', rows, 'many');
      const [found] = await store.select<{ n: number; ids: number; last: string }>(
        'SELECT count() AS n, uniqExact(id) AS ids, lower(hex(max(id))) AS last FROM messages',
      );
      expect(found).toEqual({ n: 30_000, ids: 30_000, last: id(29_999) });
    });

    test('stores a block of columns as it stores the same rows, and the same block only once', async () => {
      const packets = Array.from({ length: 300 }, (_, n) =>
        sipPacket(`OPTIONS sip:${n}@h SIP/2.0\r\nCall-ID: ${n}@h\r\nCSeq: ${n} OPTIONS\r\n\r\n`, {
          id: id(n + 1),
          srcIp: n % 2 === 0 ? '2001:db8::1' : '',
          sensor: `sensor ${n % 3}`,
          payload: Buffer.from([...Array(n).keys()]),
        }),
      );
      const batch = createBatch(NO_CORRELATION);
      for (const packet of packets) batch.add(packet);
      const [block] = batch.blocks();
      if (block === undefined) throw new Error('no block');
      const columns = `lower(hex(id)) AS id_, toUnixTimestamp64Micro(at) AS at_, sensor, transport, toString(src_ip) AS src,
        src_port, call_id, method, cseq, reason, lower(hex(payload)) AS payload_`;
      const all = () => store.select(`SELECT ${columns} FROM messages ORDER BY id`);
      await store.insertBlock(block, 'token-c');
      await store.insertBlock(block, 'token-c');
      const fromBlock = await all();
      expect(fromBlock).toHaveLength(300);
      await store.command('TRUNCATE TABLE messages');
      await store.insert('messages', readBlock<'messages'>(block), 'token-d');
      expect(await all()).toEqual(fromBlock);
    });

    test('stores a batch once when it is repeated with its token, and again with another', async () => {
      const rows = [message(1), message(2)];
      await store.insert('messages', rows, 'token-a');
      await store.insert('messages', rows, 'token-a');
      expect(await count('messages')).toBe(2);
      // The rows are the same, so the tokens alone make the difference.
      await store.insert('messages', rows, 'token-b');
      expect(await count('messages')).toBe(4);
      expect(await store.select('SELECT count() AS n FROM messages FINAL')).toEqual([{ n: 2 }]);
    });

    test('takes no rows without complaint', async () => {
      await store.insert('messages', [], 'none');
      expect(await count('messages')).toBe(0);
    });

    test('makes the same edge of the same facts, in whatever order and however often', async () => {
      const { edges } = SAMPLES;
      const early = { ...edges, since: T0 - 10, until: T0 - 5, evidence: `${T0 - 10} messages ${id(9)}` };
      await store.insert('edges', [edges], 'e1');
      await store.insert('edges', [early, edges], 'e2');
      await store.insert('edges', [edges], 'e3');
      expect(
        await store.select(
          `SELECT toUnixTimestamp64Micro(since) AS a, toUnixTimestamp64Micro(until) AS b, evidence FROM edges FINAL`,
        ),
      ).toEqual([{ a: T0 - 10, b: T0 + 1, evidence: early.evidence }]);
    });

    const HOSTILE = [
      '',
      "'",
      "''",
      '\\',
      "\\'",
      "\\' OR 1=1 --",
      '"; DROP TABLE messages; --',
      'a\n\nDROP TABLE messages',
      '\t\r\n\0\b\x1f\x7f',
      '\\N',
      '\\x41\\0',
      '{a:String}',
      'grüße 📞 “typographic” ‘quotes’ $heredoc$ # -- /* */',
      '%00%27+&param_x=1',
      '?',
      'x'.repeat(100_000),
    ];

    test.each(HOSTILE)('takes %j as a value and nothing else', async (value) => {
      const [found] = await store.select<{ v: string; hex: string }>(
        'SELECT {v:String} AS v, hex({v:String}) AS hex, {list:Array(String)} AS list',
        { v: value, list: [value, 'b'] },
      );
      expect(found).toEqual({ v: value, hex: Buffer.from(value).toString('hex').toUpperCase(), list: [value, 'b'] });
    });

    test('binds numbers, lists, times and nothing at all', async () => {
      const [found] = await store.select(
        `SELECT {n:Int64} AS n, {list:Array(UInt32)} AS list, {f:Float64} AS f, {none:Nullable(String)} AS none,
           toUnixTimestamp64Micro(fromUnixTimestamp64Micro({at:Int64})) AS at, {empty:Array(String)} AS empty`,
        { n: -5, list: [1, 4_294_967_295], f: 1.5, none: null, at: T0, empty: [] },
      );
      expect(found).toEqual({ n: -5, list: [1, 4_294_967_295], f: 1.5, none: null, at: T0, empty: [] });
    });

    test('finds 5000 Call-IDs of 60 characters by one parameter', async () => {
      const ids = Array.from({ length: 5000 }, (_, i) => `${i}@example.com`.padStart(60, "é'x\\"));
      await store.insert(
        'messages',
        ids.map((call_id, i) => message(i, { call_id })),
        'ids',
      );
      const [found] = await store.select<{ n: number }>(
        'SELECT count() AS n FROM messages WHERE call_id IN {ids:Array(String)}',
        { ids: [...ids, 'another'] },
      );
      expect(found!.n).toBe(5000);
    });

    test('keeps parameters and settings of a request to itself', async () => {
      await store.select('SELECT {leak:String} AS v', { leak: 'secret' }, { maxSeconds: 3 });
      await expect(store.select('SELECT {leak:String} AS v')).rejects.toMatchObject({ code: 'refused' });
      const seconds = await Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const [row] = await store.select<{ s: number; v: string }>(
            "SELECT toUInt32(getSetting('max_execution_time')) AS s, {v:String} AS v",
            { v: `value ${i}` },
            { maxSeconds: 20 + i },
          );
          return row;
        }),
      );
      expect(seconds).toEqual(seconds.map((_, i) => ({ s: 20 + i, v: `value ${i}` })));
    });

    test('gives up a search at its time, with an error and never with an empty answer', async () => {
      const error = await failure(
        store.select('SELECT sum(sipHash64(number)) FROM numbers(1000000000000)', {}, { maxSeconds: 1 }),
      );
      expect(error).toMatchObject({ code: 'timeout', retriable: true });
    });

    test('refuses a search that takes more memory than one may have, and goes on answering others', async () => {
      const error = await failure(
        store.select(
          'SELECT length(groupArray(number)) AS n FROM numbers(1000000000) SETTINGS max_memory_usage = 50000000',
        ),
      );
      expect(error).toMatchObject({ code: 'too_large', retriable: false });
      expect(await store.select('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    test('withdraws a search, and the engine stops working on it', async () => {
      const controller = new AbortController();
      const marker = `withdrawn ${Math.random()}`;
      const searching = failure(
        store.select(
          'SELECT sum(sipHash64(number)), {m:String} FROM numbers(1000000000000)',
          { m: marker },
          {
            signal: controller.signal,
            maxSeconds: 60,
          },
        ),
      );
      const running = async () =>
        (
          await store.select<{ n: number }>(
            "SELECT count() AS n FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%processes%'",
          )
        )[0]!.n;
      await expect.poll(running, { timeout: 5000 }).toBe(1);
      controller.abort();
      expect(await searching).toMatchObject({ code: 'aborted', retriable: false });
      await expect.poll(running, { timeout: 5000 }).toBe(0);
      const gone = failure(store.select('SELECT 1', {}, { signal: controller.signal }));
      expect(await gone).toMatchObject({ code: 'aborted' });
    });

    test('answers quick questions while a long one runs', async () => {
      const controller = new AbortController();
      const long = failure(
        store.select(
          'SELECT sum(sipHash64(number)) FROM numbers(1000000000000)',
          {},
          { signal: controller.signal, maxSeconds: 60 },
        ),
      );
      for (let i = 0; i < 5; i += 1) expect(await store.select('SELECT {i:UInt8} AS i', { i })).toEqual([{ i }]);
      await store.insert('messages', [message(1)], 'while');
      expect(await count('messages')).toBe(1);
      controller.abort();
      await long;
    });

    test.each([
      ['SELECT 1; SELECT 2'],
      ['SELECT 1;\n-- comment\nDROP TABLE messages'],
      ["SELECT ';' AS a /* ; */ ; SELECT 2"],
      ['INSERT INTO messages (id) VALUES (1)\n\nSELECT 1; DROP TABLE messages'],
    ])('does not run two statements: %s', async (sql) => {
      await expect(store.select(sql)).rejects.toMatchObject({ code: 'refused', retriable: false });
      await expect(store.command(sql)).rejects.toMatchObject({ code: 'refused' });
      expect(await count('messages')).toBe(0);
    });

    test('says no, once and for all, to what is wrong with a request', async () => {
      for (const sql of ['SELEKT 1', 'SELECT nothing', 'SELECT * FROM nowhere', 'SELECT {a:UInt8} AS a']) {
        expect(await failure(store.select(sql, { a: 'no number' })), sql).toMatchObject({
          code: 'refused',
          retriable: false,
        });
      }
      expect(await failure(store.select('SELECT throwIf(1)'))).toMatchObject({ code: 'refused' });
      // The engine ends what it says at the NUL.
      const pattern = { pattern: '((\0' };
      expect(
        await failure(store.select("SELECT match(materialize(''), {pattern:String}) AS v", pattern)),
      ).toMatchObject({ code: 'refused' });
    });

    test('says what the engine said, and keeps the cause', async () => {
      const error = await failure(store.select('SELECT * FROM nowhere'));
      expect(error.message).toContain('nowhere');
      expect(error.message).toContain('UNKNOWN_TABLE');
      expect(error.cause).toBeInstanceOf(Error);
    });

    test('answers whether it works', async () => {
      expect(await store.ping()).toBe(true);
    });

    test('can be migrated again, by several at once', async () => {
      expect(await Promise.all([migrate(store), migrate(store), migrate(store)])).toEqual([0, 0, 0]);
    });
  });
}

/** The StoreError that a request ends with. */
export async function failure(request: Promise<unknown>): Promise<StoreError> {
  const outcome = await request.then(
    (answer) => new Error(`it was answered: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(StoreError);
  return outcome as StoreError;
}

function unwrap(type: string): string {
  const inner = /^(?:LowCardinality\(|SimpleAggregateFunction\(\w+, )(.*)\)$/.exec(type)?.[1];
  return inner === undefined ? type : unwrap(inner);
}
