import { describe, expect, test } from 'vitest';
import { bind } from '../../../../core/store/embedded/bind.ts';
import { readStatement } from '../../../../core/store/embedded/statement.ts';

const bound = (sql: string, params: Record<string, string | Buffer>): string =>
  bind(
    readStatement(Buffer.from(sql).toString('latin1')),
    new Map(Object.entries(params).map(([name, value]) => [`param_${name}`, Buffer.from(value as string)])),
  );

describe('bind', () => {
  test.each([
    ['SELECT {a:String}', { a: 'x' }, "SELECT 'x'"],
    [
      "SELECT {a:String}, '{a:String}', {a:String}",
      { a: "it\\'s\\n" },
      "SELECT 'it\\'s\\x0a', '{a:String}', 'it\\'s\\x0a'",
    ],
    ['SELECT {a:String}', { a: '{b:String}' }, "SELECT '{b:String}'"],
    ['SELECT {a:String}', { a: "\\\\' OR 1" }, "SELECT '\\\\\\' OR 1'"],
    ['SELECT {n: Int64} LIMIT 1', { n: '-5' }, "SELECT _CAST('-5', 'Int64') LIMIT 1"],
    ['SELECT {n:Nullable(String)}', { n: '\\N' }, 'SELECT NULL'],
    ['SELECT {l:Array(String)}', { l: "['a','b\\'c\\\\']" }, "SELECT ['a', 'b\\'c\\\\']"],
    ['SELECT {l:Array(String)}', { l: '[]' }, "SELECT _CAST('[]', 'Array(String)')"],
    ['SELECT {l:Array(UInt32)}', { l: '[1,2]' }, "SELECT _CAST('[1,2]', 'Array(UInt32)')"],
    ["SELECT {'a': 1}, map({k:String}, 1)", { k: 'é' }, "SELECT {'a': 1}, map('é', 1)"],
    ['SELECT {v:String}', { v: Buffer.from([0xff, 0x27]) }, "SELECT '\\xff\\x27'"],
  ])('%s with %j', (sql, params, text) => {
    expect(bound(sql, params as Record<string, string | Buffer>)).toBe(text);
  });

  test.each([
    "['a'], 1",
    "['a'",
    "['a''b']",
    "['a' 'b']",
    "['a',]",
    "'a'",
    "['a']; DROP TABLE t",
    "['a\\x27']",
    "['\n']",
    "['a\\']",
  ])('lets the engine alone read what is no plain list of strings: %j', (list) => {
    expect(bound('SELECT {l:Array(String)}', { l: list })).toMatch(
      /^SELECT _CAST\('(?:[^'\\]|\\.)*', 'Array\(String\)'\)$/,
    );
  });

  test('refuses a statement whose parameter is missing, however it is named', () => {
    expect(() => bound('SELECT {a:String}, {b:String}', { a: 'x' })).toThrow(
      'Code: 456. DB::Exception: Substitution `b`',
    );
    expect(() => bound('SELECT {param_a:String}', { a: 'x' })).toThrow('Code: 456');
  });
});
