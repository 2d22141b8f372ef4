import { below, oneOf, type Random } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';
import { checkAnswer } from '../http.ts';

const LOGQL = [
  ...[
    '{',
    '}',
    'app',
    '=',
    '=~',
    '!~',
    '"calltrail"',
    '"x.*"',
    '"(a+)+$"',
    '|=',
    '|~',
    '!=',
    '|',
    'json',
    'logfmt',
    'line_format',
  ],
  ...[
    'rate',
    'count_over_time',
    'sum',
    'by',
    'topk',
    '(',
    ')',
    '[5m]',
    '[1y]',
    '[0s]',
    '+',
    '/',
    '1',
    '-1',
    '1e99',
    ',',
    'node',
  ],
  ...[
    '`',
    '"',
    '#',
    'offset',
    'unwrap',
    'bool',
    'and',
    'unless',
    '😀',
    '\u0000',
    'pattern',
    '"<_> <a>"',
    'label_format',
    '>',
    '<',
  ],
];
const TRACEQL = [
  ...[
    '{',
    '}',
    '&&',
    '||',
    '.',
    'span.',
    'resource.',
    'name',
    'status',
    'duration',
    '=',
    '!=',
    '=~',
    '>',
    '>=',
    '"INVITE"',
    '1s',
    '-5ms',
  ],
  ...[
    'error',
    'ok',
    'nil',
    'true',
    '>>',
    '<<',
    '~',
    '|',
    'count()',
    'avg(duration)',
    'select(',
    ')',
    '(',
    'rootName',
    'trace:id',
    '"',
    '`',
    '9e99',
  ],
];
const WHOLE = [
  '{app=~".+"}',
  '{app="calltrail"} |= "a"',
  'sum by (node) (rate({app=~".+"}[5m]))',
  '{app=~".+"} |~ "((((((a*)*)*)*)*)*)b"',
  'topk(3, count_over_time({app=~".+"}[1h]))',
];
const TRACES = ['{}', '{ status = error }', '{ duration > 1s && name = "INVITE" }', '{ .a = "b" } >> { }'];

const textOf = (random: Random, words: readonly string[], whole: readonly string[]): string => {
  const some = Array.from({ length: below(random, 12) }, () => oneOf(random, words)).join(random() < 0.5 ? ' ' : '');
  if (random() < 0.4) return some;
  const base = oneOf(random, whole);
  const at = below(random, base.length);
  return random() < 0.4 ? base : base.slice(0, at) + some + base.slice(at + below(random, 4));
};

const TIMES = [
  '',
  '0',
  '-1',
  'x',
  '1790000000',
  '1790000000000000000',
  '1e30',
  '2026-01-01T00:00:00Z',
  '99999999999999999999',
];

const PATHS: readonly (readonly [path: string, language: 'logql' | 'traceql', parameter: string])[] = [
  ['/loki/api/v1/query_range', 'logql', 'query'],
  ['/loki/api/v1/query', 'logql', 'query'],
  ['/loki/api/v1/series', 'logql', 'match[]'],
  ['/loki/api/v1/labels', 'logql', 'query'],
  ['/loki/api/v1/label/node/values', 'logql', 'query'],
  ['/loki/api/v1/index/stats', 'logql', 'query'],
  ['/loki/api/v1/detected_fields', 'logql', 'query'],
  ['/loki/api/v1/detected_field/level/values', 'logql', 'query'],
  ['/tempo/api/search', 'traceql', 'q'],
  ['/tempo/api/v2/search/tag/name/values', 'traceql', 'q'],
];
/** As docs/grafana.md says: a store that does not answer in time, or an answer that takes too much memory. */
const REFUSALS = ['422', '504'];

/** LogQL and TraceQL, right, nearly right and not at all, at every address that reads them. */
export const queries: Fuzz = {
  name: 'queries',
  async round({ httpUrl }, random) {
    const one = async (): Promise<void> => {
      const [path, language, parameter] = oneOf(random, PATHS);
      const text = language === 'logql' ? textOf(random, LOGQL, WHOLE) : textOf(random, TRACEQL, TRACES);
      const query = new URLSearchParams({ [parameter]: text });
      for (const name of ['start', 'end', 'step', 'limit', 'time', 'since', 'direction', 'spss']) {
        if (random() < 0.15) query.append(name, oneOf(random, TIMES));
      }
      await checkAnswer(`${httpUrl}${path}?${query}`, REFUSALS);
    };
    for (let i = 0; i < 15; i++) await Promise.all([one(), one(), one(), one()]);
  },
};
