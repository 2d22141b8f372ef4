/**
 * What Prometheus records, in the order in which it has to: later ones ask for earlier ones by name. Names say
 * level:what:over which time. An attempt failed when its class is "network".
 */
export interface Recording {
  readonly record: string;
  /** PromQL; counters stand in it under a range only, never bare. */
  readonly expr: string;
}

const OUTCOMES = 'calltrail_call_outcomes_total';
const CALLS = 'calltrail_calls_total';

/** What an alert on a trunk, and one on a tenant, is told apart by. */
export const TRUNK = ['tenant', 'trunk', 'direction'] as const;
export const TENANT = ['tenant'] as const;

const sum = (by: readonly string[], expr: string): string => `sum by (${by.join(', ')}) (${expr})`;
const rate = (by: readonly string[], counter: string, window: string): string => sum(by, `rate(${counter}[${window}])`);
const increase = (by: readonly string[], counter: string, window: string): string =>
  sum(by, `increase(${counter}[${window}])`);

/** 0 while nothing of the part is counted, absent while nothing of the whole is. */
const share = (part: string, whole: string, of = whole): string => `(${part} or 0 * ${whole}) / (${of} > 0)`;

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d'] as const;
const COUNTED = ['5m', '1h'] as const;

const attempts = (): Recording[] =>
  WINDOWS.map((window) => ({
    record: `trunk:call_attempts:rate${window}`,
    expr: rate(TRUNK, OUTCOMES, window),
  }));

/** Numerator and denominator as whole numbers, for what an alert says. */
const counts = (): Recording[] =>
  COUNTED.flatMap((window) => [
    { record: `trunk:call_attempts:increase${window}`, expr: increase(TRUNK, OUTCOMES, window) },
    {
      record: `trunk:call_failed:increase${window}`,
      expr: `${increase(TRUNK, `${OUTCOMES}{class="network"}`, window)} or 0 * trunk:call_attempts:increase${window}`,
    },
  ]);

const failedRatios = (): Recording[] =>
  WINDOWS.map((window) => ({
    record: `trunk:call_failed_ratio:rate${window}`,
    expr: share(rate(TRUNK, `${OUTCOMES}{class="network"}`, window), `trunk:call_attempts:rate${window}`),
  }));

const ATTEMPTS_5M = 'trunk:call_attempts:rate5m';
/** RFC 6076 4.6 to 4.8: what was redirected was no attempt here. */
const NOT_REDIRECTED = rate(TRUNK, `${OUTCOMES}{class!="redirect"}`, '5m');

const standardRatios = (): Recording[] => [
  { record: 'trunk:asr:rate5m', expr: share(rate(TRUNK, `${OUTCOMES}{class="answered"}`, '5m'), ATTEMPTS_5M) },
  {
    record: 'trunk:ner:rate5m',
    expr: share(rate(TRUNK, `${OUTCOMES}{class=~"answered|user|cancelled"}`, '5m'), ATTEMPTS_5M),
  },
  {
    record: 'trunk:ser:rate5m',
    expr: share(rate(TRUNK, `${OUTCOMES}{class="answered"}`, '5m'), ATTEMPTS_5M, NOT_REDIRECTED),
  },
  {
    record: 'trunk:seer:rate5m',
    expr: share(rate(TRUNK, 'calltrail_call_effective_total', '5m'), ATTEMPTS_5M, NOT_REDIRECTED),
  },
  {
    record: 'trunk:isa:rate5m',
    expr: share(rate(TRUNK, 'calltrail_call_ineffective_total', '5m'), ATTEMPTS_5M),
  },
];

export const TRUNK_RECORDINGS: readonly Recording[] = [
  ...attempts(),
  ...counts(),
  ...failedRatios(),
  ...standardRatios(),
];

export const TENANT_RECORDINGS: readonly Recording[] = [
  ...COUNTED.map((window) => ({ record: `tenant:calls:rate${window}`, expr: rate(TENANT, CALLS, window) })),
  { record: 'tenant:calls:increase5m', expr: increase(TENANT, CALLS, '5m') },
  {
    record: 'tenant:calls_failed:increase5m',
    expr: `${increase(TENANT, `${CALLS}{class="network"}`, '5m')} or 0 * tenant:calls:increase5m`,
  },
  ...COUNTED.map((window) => ({
    record: `tenant:calls_failed_ratio:rate${window}`,
    expr: share(rate(TENANT, `${CALLS}{class="network"}`, window), `tenant:calls:rate${window}`),
  })),
];
