import { choice, dashboard } from './lib/dashboard.ts';
import { bars, calls, figure, lines, ranking } from './lib/panels.ts';
import { LINK_TO_CALL } from './lib/sources.ts';

const OUTCOMES = 'calltrail_call_outcomes_total';
const CHOSEN = 'tenant=~"$tenant",trunk=~"$trunk",node=~"$node"';
const failedBy = (label: string): string =>
  `sum by (${label}) (increase(${OUTCOMES}{class="network",${CHOSEN}}[$__rate_interval]))`;
const worst = (label: string): string =>
  `topk(20, sum by (${label}) (increase(${OUTCOMES}{class="network",${CHOSEN}}[$__range])))`;

/** Which calls fail, by what, and the calls behind each bar. */
export const failures = () =>
  dashboard(
    'calltrail-failures',
    'Failures',
    'Calls that the network failed (class "network": 408, 5xx, no answer at all), by cause, trunk, node and tenant.',
    'now-6h',
  )
    .withVariable(choice('tenant', 'Tenant', OUTCOMES))
    .withVariable(choice('trunk', 'Trunk', OUTCOMES))
    .withVariable(choice('node', 'Node', OUTCOMES))
    .withPanel(
      figure(
        'Failed',
        'Share of attempts that the network failed.',
        'percentunit',
        `(sum(increase(${OUTCOMES}{class="network",${CHOSEN}}[$__range])) or vector(0)) / (sum(increase(${OUTCOMES}{${CHOSEN}}[$__range])) > 0)`,
      )
        .span(6)
        .height(5),
    )
    .withPanel(
      figure('Attempts', 'All attempts of the time shown.', 'short', `sum(increase(${OUTCOMES}{${CHOSEN}}[$__range]))`)
        .span(6)
        .height(5),
    )
    .withPanel(
      bars('By class', 'Every attempt, by how it ended.', 'short', [
        {
          expr: `sum by (class) (increase(${OUTCOMES}{${CHOSEN}}[$__rate_interval]))`,
          legend: '{{class}}',
        },
      ])
        .span(12)
        .height(10),
    )
    .withPanel(
      ranking(
        'Open alerts',
        'What the detector found and is still so, by the series that opened it; one row without labels when there is nothing. /api/alerts says why, and which calls.',
        'short',
        '(calltrail_alert_open > 0) or on () vector(0)',
      )
        .span(12)
        .height(9),
    )
    .withPanel(
      lines(
        'Failed calls and what is usual',
        'Calls of the whole site, a minute, and how many of them fail at this hour as a rule.',
        'short',
        [
          { expr: 'sum(calltrail_detector_failed{dimension="site"})', legend: 'failed' },
          { expr: 'sum(calltrail_detector_expected_failed{dimension="site"})', legend: 'expected' },
        ],
      )
        .span(12)
        .height(9),
    )
    .withPanel(
      lines(
        'Nearest to an alert',
        'Scores of the series that come nearest to their threshold, as a part of it: an alert opens at 1.',
        'percentunit',
        [
          {
            expr: 'topk(10, calltrail_detector_score / (calltrail_detector_threshold > 0)) or on () vector(0)',
            legend: '{{dimension}} {{series}} {{test}}',
          },
        ],
      )
        .span(24)
        .height(9),
    )
    .withPanel(
      bars('Failed by trunk', 'Attempts that the network failed.', 'short', [
        { expr: failedBy('trunk'), legend: '{{trunk}}' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      bars('Failed by node', 'Attempts that the network failed.', 'short', [
        { expr: failedBy('node'), legend: '{{node}}' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(ranking('Worst trunks', 'Failed attempts of the time shown.', 'short', worst('trunk')).span(8).height(9))
    .withPanel(
      ranking('Worst tenants', 'Failed attempts of the time shown.', 'short', worst('tenant')).span(8).height(9),
    )
    .withPanel(
      ranking(
        'SIP codes',
        'Final answers of the time shown.',
        'short',
        'topk(20, sum by (code) (increase(calltrail_call_final_status_total[$__range])))',
      )
        .span(8)
        .height(9),
    )
    .withPanel(
      calls('The calls behind it', 'The newest calls that failed.', '{ status = error }', 100)
        .span(24)
        .height(12)
        .overrideByName('sip.call_id', LINK_TO_CALL),
    );
