import { describe, expect, test } from 'vitest';
import { readStatement } from '../../../../core/store/embedded/statement.ts';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

describe('readStatement', () => {
  test.each([
    ['SELECT 1 FORMAT JSONEachRow', 'read', 'JSONEachRow'],
    [' with 1 AS a SELECT a; ', 'read', ''],
    ['SELECT format FROM t', 'read', 'FROM'],
    ['SELECT (SELECT 1 FORMAT Null)', 'read', ''],
    ['CREATE TABLE t (a String) ENGINE = Memory', 'other', ''],
    ['INSERT INTO t SELECT * FROM u', 'write', ''],
    ['INSERT INTO t (a) WITH 1 AS b SELECT b', 'write', ''],
  ])('%s', (sql, kind, format) => {
    expect(readStatement(sql)).toMatchObject({ kind, format });
  });

  test('gives text back as it was written', () => {
    expect(readStatement(latin1("SELECT 'grüße 📞';")).text).toBe("SELECT 'grüße 📞'");
  });

  test.each([
    ['INSERT INTO t VALUES (1)\n\nDROP TABLE t', 'INSERT INTO t', '', 'Values', ' (1)\n\nDROP TABLE t'],
    ['INSERT INTO t (a, values) FORMAT RowBinary', 'INSERT INTO t (a, values)', '', 'RowBinary', ''],
    [
      'insert into db.`t` (a) SETTINGS x = 1, y = 2 format TSV\n\x00\xff',
      'insert into db.`t` (a)',
      'SETTINGS x = 1, y = 2',
      'TSV',
      '\n\x00\xff',
    ],
    ['INSERT INTO t FORMAT JSONEachRow {"a":"\';--"}', 'INSERT INTO t', '', 'JSONEachRow', ' {"a":"\';--"}'],
  ])('cuts the rows off an INSERT: %j', (sql, target, settings, format, rows) => {
    const { insert } = readStatement(sql);
    expect(insert).toMatchObject({ target, settings, format });
    expect(sql.slice(insert!.dataAt)).toBe(rows);
  });

  test.each([
    [''],
    [';'],
    ['; SELECT 1'],
    ['SELECT 1; SELECT 2'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'"],
    ["INSERT INTO t FROM INFILE '/etc/passwd' FORMAT TSV"],
    ["INSERT INTO FUNCTION file('/tmp/x') SELECT 1"],
    ['INSERT INTO t FORMAT'],
  ])('refuses %j', (sql) => {
    expect(() => readStatement(sql)).toThrow(/Code: 62\. DB::Exception: .*\(SYNTAX_ERROR\)/);
  });
});
