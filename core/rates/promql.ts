import { INEFFECTIVE_RESULTS, RATIOS, type RatioName } from './ratios.ts';

/** Counts each attempt under every part that it belongs to. */
export const PARTS_METRIC = 'calltrail_call_rate_parts_total';
const REGISTRATIONS = 'calltrail_registrations_total';

export interface Asked {
  /** Labels that the ratio is told apart by; none for one number. */
  readonly by: readonly string[];
  /** Matchers that select what it is asked of, as `trunk=~"$trunk"`; "" for all. */
  readonly chosen?: string;
  /** A range: "5m". */
  readonly window: string;
}

/** A ratio of calls in PromQL: 0 while there is nothing in the numerator, absent while nobody calls. */
export function ratioPromql(name: RatioName, asked: Asked): string {
  const { of, among } = RATIOS[name];
  return share(rateOf(PARTS_METRIC, `part="${of}"`, asked), rateOf(PARTS_METRIC, `part="${among}"`, asked));
}

/** IRA in PromQL; by no more than `tenant` and `node`. */
export const iraPromql = (asked: Asked): string =>
  share(rateOf(REGISTRATIONS, `result=~"${INEFFECTIVE_RESULTS.join('|')}"`, asked), rateOf(REGISTRATIONS, '', asked));

function rateOf(metric: string, what: string, { by, chosen = '', window }: Asked): string {
  const matchers = [what, chosen].filter((one) => one !== '').join(',');
  const grouped = by.length === 0 ? '' : ` by (${by.join(', ')})`;
  return `sum${grouped} (rate(${metric}${matchers === '' ? '' : `{${matchers}}`}[${window}]))`;
}

const share = (part: string, whole: string): string => `(${part} or 0 * ${whole}) / (${whole} > 0)`;
