import { describe, expect, test } from 'vitest';
import { SqlError, splitStatements, tokenize } from '../../../core/store/sql.ts';

describe('splitStatements', () => {
  test.each([
    ['', []],
    ['-- nothing\n/* at all */ ;;', []],
    ['SELECT 1', ['SELECT 1']],
    [' SELECT 1 ;\n\n SELECT 2 ; ', ['SELECT 1', 'SELECT 2']],
    ["SELECT ';' ; SELECT 2", ["SELECT ';'", 'SELECT 2']],
    ["SELECT 'it''s; \\'; \\\\'; SELECT 2", ["SELECT 'it''s; \\'; \\\\'", 'SELECT 2']],
    ['SELECT "a;b", `c;d`; SELECT 2', ['SELECT "a;b", `c;d`', 'SELECT 2']],
    ['SELECT 1 -- ; no\n+ 1; SELECT 2', ['SELECT 1 -- ; no\n+ 1', 'SELECT 2']],
    ['SELECT 1 /* ; /* ; */ ; */ + 1; SELECT 2', ['SELECT 1 /* ; /* ; */ ; */ + 1', 'SELECT 2']],
    ['# first ; line\n#! second;\n// third;\nSELECT 1', ['SELECT 1']],
    ["SELECT 'grüße ; 📞'", ["SELECT 'grüße ; 📞'"]],
  ])('%j', (text, statements) => {
    expect(splitStatements(text)).toEqual(statements);
  });

  test.each([
    ["SELECT 'open"],
    ["SELECT 'open\\'"],
    ['SELECT "open'],
    ['SELECT 1 /* open /* */'],
    ['SELECT ‘a;b’'],
    ['SELECT $tag$a;b$tag$'],
    ["SELECT x'41'"],
    ['SELECT 1 #comment'],
    ['SELECT\u00a01'],
    ['SELECT 1\0; DROP TABLE t'],
  ])('refuses what it may read differently from the engine: %j', (text) => {
    expect(() => splitStatements(text)).toThrow(SqlError);
  });
});

test('tokenize tells how deep in brackets a token is', () => {
  expect([...tokenize('a(b[c]) d')].map(({ text, depth }) => `${text}${depth}`)).toEqual([
    ...['a0', '(0', 'b1', '[1', 'c2', ']1', ')0', 'd0'],
  ]);
});
