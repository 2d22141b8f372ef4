import { type Alert, label, type Words } from './alert.ts';
import { TENANT, TRUNK } from './recordings.ts';

const OF_TRUNK = `${label('trunk')} (${label('direction')}, tenant ${label('tenant')})`;

const failedOf =
  (when: string) =>
  ({ number, value }: Words): string =>
    `${number('numerator')} of ${number('denominator')} attempts failed in the last ${when} (${value('humanizePercentage')}).`;

const overTrunk = (window: '5m' | '1h'): Pick<Alert, 'by' | 'numbers' | 'links'> => ({
  by: TRUNK,
  numbers: {
    numerator: `trunk:call_failed:increase${window}`,
    denominator: `trunk:call_attempts:increase${window}`,
  },
  links: ['dashboard', 'calls'],
});

/** An objective of 99 % leaves a budget of 1 %; factors of the SRE workbook, chapter 5. */
const burns = (factor: number, short: string, long: string): string =>
  [
    `trunk:call_failed_ratio:rate${short} > ${factor} * 0.01`,
    `trunk:call_failed_ratio:rate${long} > ${factor} * 0.01`,
    'trunk:call_attempts:increase1h >= 20',
  ].join(' and ');

/** Alerts on failing and missing calls. */
export const CALL_ALERTS: readonly Alert[] = [
  {
    name: 'CallFailuresSpike',
    // The short window is now, the long one says that it is no blip, and the attempts are enough to judge.
    expr: 'trunk:call_failed_ratio:rate5m > 0.20 and trunk:call_failed_ratio:rate1h > 0.05 and trunk:call_attempts:increase5m >= 20',
    for: '1m',
    keepFiringFor: '5m',
    severity: 'page',
    ...overTrunk('5m'),
    summary: `Calls over ${OF_TRUNK} fail`,
    description: failedOf('5 minutes'),
  },
  {
    // The whole site or one tenant: per-trunk alerts can be inhibited while it fires.
    name: 'TenantCallFailuresSpike',
    expr: 'tenant:calls_failed_ratio:rate5m > 0.20 and tenant:calls_failed_ratio:rate1h > 0.05 and tenant:calls:increase5m >= 20',
    for: '1m',
    keepFiringFor: '5m',
    severity: 'page',
    by: TENANT,
    numbers: { numerator: 'tenant:calls_failed:increase5m', denominator: 'tenant:calls:increase5m' },
    summary: `Calls of tenant ${label('tenant')} fail`,
    description: ({ number, value }) =>
      `${number('numerator')} of ${number('denominator')} calls failed in the last 5 minutes (${value('humanizePercentage')}).`,
    links: ['dashboard'],
  },
  {
    name: 'CallFailureBudgetBurnsFast',
    expr: burns(14.4, '5m', '1h'),
    for: '2m',
    severity: 'page',
    ...overTrunk('1h'),
    summary: `${OF_TRUNK} uses up its failure budget fast`,
    description: failedOf('hour'),
  },
  {
    name: 'CallFailureBudgetBurns',
    expr: burns(6, '30m', '6h'),
    for: '15m',
    severity: 'page',
    ...overTrunk('1h'),
    summary: `${OF_TRUNK} uses up its failure budget`,
    description: failedOf('hour'),
  },
  {
    name: 'CallFailureBudgetLeaks',
    expr: burns(3, '2h', '1d'),
    for: '1h',
    severity: 'ticket',
    ...overTrunk('1h'),
    summary: `${OF_TRUNK} fails more than it should`,
    description: failedOf('hour'),
  },
  {
    // A holiday is unusual as well: a ticket, no page.
    name: 'CallFailuresAboveUsual',
    expr: 'trunk:call_failed_ratio:rate1h > 3 * (trunk:call_failed_ratio:rate1h offset 1w) and trunk:call_failed_ratio:rate1h > 0.05 and trunk:call_attempts:increase1h >= 20',
    for: '10m',
    severity: 'ticket',
    ...overTrunk('1h'),
    summary: `${OF_TRUNK} fails more than a week ago`,
    description: failedOf('hour'),
  },
  {
    // A dead trunk has no failures. Silence while nothing at all is heard is a matter of CalltrailHearsNothing.
    name: 'CallsWentQuiet',
    expr: '(trunk:call_attempts:rate5m or 0 * (trunk:call_attempts:rate1h offset 1w)) < 0.1 * (trunk:call_attempts:rate1h offset 1w) and trunk:call_attempts:rate1h offset 1w > 0.05 and on () sum(rate(calltrail_received_total[5m])) > 0',
    for: '5m',
    severity: 'page',
    by: TRUNK,
    numbers: { usual: 'trunk:call_attempts:rate1h offset 1w' },
    summary: `Hardly any calls over ${OF_TRUNK}`,
    description: ({ number, value }) =>
      `${value('printf "%.3f"')} attempts a second; a week ago it were ${number('usual', 3)}.`,
    links: ['dashboard', 'calls'],
  },
];
