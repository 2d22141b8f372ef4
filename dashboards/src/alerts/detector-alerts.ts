import { type Alert, label } from './alert.ts';

const found = (kind: 'failures' | 'vanished' | 'blind'): string =>
  `max by (kind, dimension, series) (calltrail_alert_open{kind="${kind}"}) == 1`;

/** An incident goes by the series that opened it. */
const INCIDENT = { by: ['kind', 'dimension', 'series'], links: ['alerts'] } as const;
const SERIES = `${label('dimension')} ${label('series')}`;

/** What Calltrail's own detector found (docs/alerts.md), and that it still judges. */
export const DETECTOR_ALERTS: readonly Alert[] = [
  {
    name: 'CallsFailUnusually',
    expr: found('failures'),
    for: '0m',
    severity: 'page',
    ...INCIDENT,
    numbers: {
      numerator: 'calltrail_alert_failed',
      denominator: 'calltrail_alert_attempts',
      usual: 'calltrail_alert_expected_failed',
    },
    summary: `Calls fail more than is usual: ${SERIES}`,
    description: ({ number }) =>
      `${number('numerator')} of ${number('denominator')} attempts failed since it began, ${number('usual', 1)} were expected.`,
  },
  {
    name: 'CallsVanish',
    expr: found('vanished'),
    for: '0m',
    severity: 'page',
    ...INCIDENT,
    numbers: { denominator: 'calltrail_alert_attempts', usual: 'calltrail_alert_expected_attempts' },
    summary: `Hardly any calls, though sensors are heard: ${SERIES}`,
    description: ({ number }) =>
      `${number('denominator')} attempts since it began, ${number('usual', 1)} were expected.`,
  },
  {
    name: 'CalltrailIsBlind',
    expr: found('blind'),
    for: '10m',
    severity: 'ticket',
    ...INCIDENT,
    numbers: {},
    summary: `Nothing can be said of calls: ${SERIES}`,
    description: () => 'A sensor or switch that always talks is silent, or Calltrail could not count.',
  },
  {
    name: 'CalltrailDetectorLags',
    expr: 'calltrail_detector_lag_seconds > 300',
    for: '5m',
    severity: 'ticket',
    by: [],
    links: [],
    numbers: {},
    summary: 'Calls are judged late',
    description: ({ value }) =>
      `The last judged minute ended ${value('humanizeDuration')} ago: alerts are late by as much.`,
  },
];
