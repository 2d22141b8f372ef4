import { describe, expect, it } from 'vitest';
import { readQuery } from '../../../api/loki/read-query.ts';
import { durationNs, piecesOf, timeNs } from '../../../api/loki/read-times.ts';
import { alternatives } from '../../../api/loki/scope.ts';
import { unquote } from '../../../api/loki/unquote.ts';
import { HttpProblem } from '../../../api/problem.ts';

const QUERIES = [
  '{call_id="a1b2@host", source="pbx"} |= "NOTIFY" or `x` !~ "a.b" | from_user="1" and (level=~"e.*" or x!="y"), z!~"1" | json | logfmt | drop __error__, a="b" | keep level, call_id',
  'topk(3, sum by (level, detected_level) (count_over_time({call_id="X", a!~"y"} |= "a" | drop __error__[1m30s])))',
  'avg(bytes_over_time({a="\\u00e9\\"\\x41"}[5m])) without (host) # what is it',
  'vector(1)+vector(1)',
];

const problemOf = (query: string): string => {
  try {
    readQuery(query);
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 400) return error.message;
    throw error;
  }
  return '';
};

describe('the reader of LogQL', () => {
  it('reads selectors and pipelines in their order', () => {
    expect(readQuery('{a="x", b=~`y.*`} |= "s" or "t" != "u" | x="1" and y!="2" | json | drop e, f="g"')).toEqual({
      kind: 'log',
      matchers: [
        { label: 'a', op: '=', value: 'x' },
        { label: 'b', op: '=~', value: 'y.*' },
      ],
      stages: [
        { kind: 'line', op: '|=', texts: ['s', 't'] },
        { kind: 'line', op: '!=', texts: ['u'] },
        {
          kind: 'label',
          condition: {
            kind: 'and',
            left: { kind: 'match', matcher: { label: 'x', op: '=', value: '1' } },
            right: { kind: 'match', matcher: { label: 'y', op: '!=', value: '2' } },
          },
        },
        { kind: 'drop', choices: [{ label: 'e' }, { label: 'f', value: 'g' }] },
      ],
    });
  });

  it('reads aggregations within each other', () => {
    expect(readQuery('topk(2, sum by (x) (rate({a="b"}[1m30s])))')).toEqual({
      kind: 'vector',
      fn: 'topk',
      k: 2,
      of: {
        kind: 'vector',
        fn: 'sum',
        grouping: { without: false, labels: ['x'] },
        of: {
          kind: 'range',
          fn: 'rate',
          rangeNs: 90_000_000_000n,
          log: { kind: 'log', matchers: [{ label: 'a', op: '=', value: 'b' }], stages: [] },
        },
      },
    });
  });

  it('takes a query that is cut at any byte, or refuses it with a sentence', () => {
    let refusedOnes = 0;
    for (const query of QUERIES) {
      expect(problemOf(query)).toBe('');
      for (let end = 0; end < query.length; end++) {
        for (const piece of [query.slice(0, end), query.slice(end), query.slice(0, end) + query.slice(end + 1)]) {
          if (problemOf(piece) !== '') refusedOnes += 1;
        }
      }
    }
    expect(refusedOnes).toBeGreaterThan(500);
  });

  it('refuses what is too long or nested too deeply', () => {
    expect(problemOf(`{a="${'x'.repeat(20_000)}"}`)).toMatch(/longer than/);
    expect(problemOf(`${'sum('.repeat(3000)}rate({a="b"}[1m])${')'.repeat(3000)}`)).toMatch(/nested too deeply/);
    expect(problemOf(`{a="b"} | ${'('.repeat(5000)}x="1"${')'.repeat(5000)}`)).toMatch(/nested too deeply/);
    expect(problemOf(`{a="b"} | ${'x="1" or '.repeat(1500)}x="1"`)).toMatch(/nested too deeply/);
  });

  it('names the place of a mistake', () => {
    expect(problemOf('{a="b"')).toBe('parse error at line 1, col 7: syntax error: unexpected $end');
    expect(problemOf('{a="b"} |')).toMatch(/^parse error at line 1, col 10: syntax error: unexpected \$end/);
    expect(problemOf('')).toBe('parse error at line 1, col 1: syntax error: unexpected $end');
  });

  it('reads quoted texts by the rules of Go', () => {
    expect(unquote('"a\\n\\t\\"\\x41\\u00e9\\101"')).toBe('a\n\t"AéA');
    expect(unquote('`a\\n`')).toBe('a\\n');
    expect(unquote('"\\q"')).toBeUndefined();
    expect(unquote('"\\U00110000"')).toBeUndefined();
    expect(unquote('"\\')).toBeUndefined();
  });

  it('reads durations and times', () => {
    expect(durationNs('1h5m')).toBe(3_900_000_000_000n);
    expect(durationNs('0.5s')).toBe(500_000_000n);
    expect([durationNs(''), durationNs('5'), durationNs('x5m'), durationNs('5m ')]).toEqual(Array(4).fill(undefined));
    expect(timeNs('t', '1795256514370755000')).toBe(1_795_256_514_370_755_000n);
    expect(timeNs('t', '1795256514')).toBe(1_795_256_514_000_000_000n);
    expect(timeNs('t', '1795256514.5')).toBe(1_795_256_514_500_000_000n);
    expect(timeNs('t', '2026-11-21T10:21:54Z')).toBe(1_795_256_514_000_000_000n);
    expect(() => timeNs('t', 'yesterday')).toThrow(HttpProblem);
  });

  it('cuts a long window into pieces that are all of it, from the end that is asked for', () => {
    const day = 86_400_000_000_000n;
    const year = { startNs: 5n, endNs: 5n + 365n * day };
    const backward = piecesOf(year, 'backward');
    expect(backward.map(({ startNs, endNs }) => (endNs - startNs) / day)).toEqual([1n, 7n, 49n, 308n]);
    expect(backward[0]?.endNs).toBe(year.endNs);
    expect(backward.at(-1)?.startNs).toBe(year.startNs);
    for (const [i, { startNs }] of backward.slice(0, -1).entries()) expect(backward[i + 1]?.endNs).toBe(startNs);
    const forward = piecesOf(year, 'forward');
    expect(forward[0]).toEqual({ startNs: 5n, endNs: 5n + day });
    for (const [i, { endNs }] of forward.slice(0, -1).entries()) expect(forward[i + 1]?.startNs).toBe(endNs);
    expect(forward.at(-1)?.endNs).toBe(year.endNs);
    const short = { startNs: 0n, endNs: day };
    expect([piecesOf(short, 'backward'), piecesOf(short, 'forward')]).toEqual([[short], [short]]);
  });

  it('tells a list of names from a pattern', () => {
    expect(alternatives('a1@h|b2@h')).toEqual(['a1@h', 'b2@h']);
    expect(alternatives('(a1@10\\.0\\.0\\.1|b\\|c)')).toEqual(['a1@10.0.0.1', 'b|c']);
    for (const pattern of ['.+', 'a.*', 'a[b]', '\\d', '(?i)a', '']) expect(alternatives(pattern)).toBeUndefined();
  });
});
