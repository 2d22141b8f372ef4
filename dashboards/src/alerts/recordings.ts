import { iraPromql, ratioPromql } from '../../../core/rates/promql.ts';
import { RATIO_NAMES } from '../../../core/rates/ratios.ts';

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
const share = (part: string, whole: string): string => `(${part} or 0 * ${whole}) / (${whole} > 0)`;

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

/** ASR, ABR, NER, SER, SEER and ISA, as they are defined for SQL as well (core/rates). */
const standardRatios = (): Recording[] =>
  RATIO_NAMES.map((name) => ({
    record: `trunk:${name}:rate5m`,
    expr: ratioPromql(name, { by: TRUNK, window: '5m' }),
  }));

export const TRUNK_RECORDINGS: readonly Recording[] = [
  ...attempts(),
  ...counts(),
  ...failedRatios(),
  ...standardRatios(),
];

export const TENANT_RECORDINGS: readonly Recording[] = [
  { record: 'tenant:ira:rate5m', expr: iraPromql({ by: TENANT, window: '5m' }) },
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
