import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EngineProcess, startEngine } from '../../../../core/store/embedded/process.ts';
import { revised, UnknownTypeError } from '../../../../core/store/native/revised.ts';
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

async function ask(query: string, format: string): Promise<Buffer> {
  const response = await fetch(`${engine.url}/?wait_end_of_query=1&default_format=${format}`, {
    method: 'POST',
    body: query,
    headers: { 'X-ClickHouse-Key': engine.password },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.status, bytes.toString()).toBe(200);
  return bytes;
}

const native = (query: string): Promise<Buffer> => ask(query, 'Native');

/** Types by name of the column. */
async function typesOf(query: string): Promise<Map<string, string>> {
  const lines = (await ask(`DESC (${query})`, 'JSONEachRow')).toString().trim().split('\n');
  const columns = lines.map((line) => JSON.parse(line) as { name: string; type: string });
  // A tuple with names is told on several lines.
  const oneLine = (type: string): string => type.replace(/\(\n\s+/g, '(').replace(/\n\s+/g, ' ');
  return new Map(columns.map(({ name, type }) => [name, oneLine(type)]));
}

const INFO = Buffer.from('010002ffffffff00', 'hex');
const named = (name: string, type: string): Buffer =>
  Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([type.length]), Buffer.from(type)]);

/** Name to expression: every form of value that lies between one column and the next. */
const COLUMNS: Readonly<Record<string, string>> = {
  texts: "repeat('x', number % 300)",
  fixed: "toFixedString('ab', 3)",
  nothing: 'if(number % 2 = 0, NULL, toString(number))',
  packed: 'toLowCardinality(toString(number % 7))',
  packed_or_nothing: 'toLowCardinality(if(number % 3 = 0, NULL, toString(number)))',
  lists: 'range(number % 4)',
  lists_of_lists: "[[toString(number)], [], ['a', 'b']]",
  packed_lists: 'arrayMap(one -> toLowCardinality(toString(one)), range(number % 3))',
  empty: 'emptyArrayString()',
  maps: "map('a', [number], 'b', [])",
  pairs: "CAST((number, 'x'), 'Tuple(n UInt64, `a b` LowCardinality(String))')",
  chosen: "CAST('a,(' AS Enum8('a,(' = 1, 'it\\'s)' = 2))",
  times: "toDateTime64(number, 6, 'Europe/Berlin')",
  money: 'toDecimal128(number, 4)',
  addresses: "toIPv6(concat('::', toString(number % 10)))",
};

describe('results in the form of a newer client', () => {
  test('are the same values, with a note before each block and a byte behind each type', async () => {
    const select = Object.entries(COLUMNS).map(([name, expression]) => `${expression} AS ${name}`);
    const query = `SELECT ${select.join(', ')}, number AS last FROM numbers(1000) SETTINGS max_block_size = 300`;
    const types = await typesOf(query);
    const before = await native(query);
    const after = Buffer.from(revised(before, 54460));
    const blocks = count(after, INFO);
    expect(blocks).toBeGreaterThan(1);
    expect(after.length).toBe(before.length + blocks * (INFO.length + Object.keys(COLUMNS).length + 1));
    for (const name of [...Object.keys(COLUMNS), 'last']) {
      const type = types.get(name) ?? '';
      expect(count(before, named(name, type)), `${name} ${type}`).toBe(blocks);
      expect(count(after, Buffer.concat([named(name, type), Buffer.from([0])])), `${name} ${type}`).toBe(blocks);
    }
    // The values of the last column end the last block.
    expect(after.subarray(-8).readBigUInt64LE()).toBe(999n);
  });

  test('are what they were for a client that says no revision, and without the byte for an old one', async () => {
    const before = await native("SELECT 1 AS a, 'x' AS b");
    expect(Buffer.from(revised(before, 0))).toEqual(before);
    expect(Buffer.from(revised(before, 54000))).toEqual(Buffer.concat([INFO, before]));
    expect(revised(new Uint8Array(0), 54460)).toHaveLength(0);
  });

  test('are refused with a sentence where the bytes of a type are not known', async () => {
    const states = await native('SELECT sumState(number) AS a FROM numbers(3)');
    expect(() => revised(states, 54460)).toThrow(UnknownTypeError);
    expect(() => revised(states, 54460)).toThrow('values of type AggregateFunction are not answered here');
  });

  test('are not read beyond their end when they are cut off', async () => {
    const whole = await native("SELECT 'abc' AS a, [1, 2] AS b");
    for (let length = 1; length < whole.length; length++) {
      const cut = revisedOrError(whole.subarray(0, length));
      expect(cut instanceof RangeError, String(length)).toBe(true);
    }
  });
});

function revisedOrError(bytes: Uint8Array): unknown {
  try {
    return revised(bytes, 54460);
  } catch (error) {
    return error;
  }
}

function count(bytes: Buffer, piece: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(piece); at >= 0; at = bytes.indexOf(piece, at + 1)) found += 1;
  return found;
}
