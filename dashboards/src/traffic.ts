import { choice, dashboard } from './lib/dashboard.ts';
import { bars, figure, lines } from './lib/panels.ts';

const OUTCOMES = 'calltrail_call_outcomes_total';
const CHOSEN = 'tenant=~"$tenant",trunk=~"$trunk"';
const attempts = (by: string): string => `sum by (${by}) (rate(${OUTCOMES}{${CHOSEN}}[$__rate_interval]))`;
/** Share of attempts of these classes; 0 where none is of them, and nothing where there are no attempts. */
const share = (by: string, classes: string): string =>
  `(sum by (${by}) (rate(${OUTCOMES}{class=~"${classes}",${CHOSEN}}[$__rate_interval])) or 0 * ${attempts(by)}) / (${attempts(by)} > 0)`;
const quantile = (of: string, q: number): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${of}_bucket{trunk=~"$trunk"}[$__rate_interval])))`;

/** How much is called, how much of it reaches somebody, and how long that takes. */
export const traffic = () =>
  dashboard(
    'calltrail-traffic',
    'Traffic and quality',
    'Attempts, answer and network ratios (ASR, NER), delays until it rings and until it is answered.',
    'now-24h',
  )
    .withVariable(choice('tenant', 'Tenant', OUTCOMES))
    .withVariable(choice('trunk', 'Trunk', OUTCOMES))
    .withPanel(
      figure('Open calls', 'Answered, and not ended yet.', 'short', 'sum(calltrail_calls_open{tenant=~"$tenant"})')
        .span(6)
        .height(5),
    )
    .withPanel(
      figure('Attempts a minute', 'Now.', 'short', `60 * sum(rate(${OUTCOMES}{${CHOSEN}}[$__rate_interval]))`)
        .span(6)
        .height(5),
    )
    .withPanel(
      bars('Attempts by class', 'Every attempt, by how it ended.', 'short', [
        { expr: `sum by (class) (increase(${OUTCOMES}{${CHOSEN}}[$__rate_interval]))`, legend: '{{class}}' },
      ])
        .span(12)
        .height(10),
    )
    .withPanel(
      lines('Answered (ASR)', 'Answered of all attempts, by trunk (ITU-T E.425).', 'percentunit', [
        { expr: share('trunk', 'answered'), legend: '{{trunk}}' },
      ])
        .max(1)
        .span(12)
        .height(9),
    )
    .withPanel(
      lines(
        'Reached (NER)',
        'Answered, refused by the user or cancelled, of all attempts: what the network did right.',
        'percentunit',
        [{ expr: share('trunk', 'answered|user|cancelled'), legend: '{{trunk}}' }],
      )
        .max(1)
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Post-dial delay', 'INVITE to the first 18x, else to the final answer.', 's', [
        { expr: quantile('calltrail_call_pdd_seconds', 0.5), legend: 'median' },
        { expr: quantile('calltrail_call_pdd_seconds', 0.95), legend: '95 %' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Until answered', 'INVITE to 200.', 's', [
        { expr: quantile('calltrail_call_setup_seconds', 0.5), legend: 'median' },
        { expr: quantile('calltrail_call_setup_seconds', 0.95), legend: '95 %' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      bars('Effective attempts', 'Ended with 200, 480, 486, 600 or 603 (SEER, RFC 6076).', 'short', [
        {
          expr: `sum by (direction) (increase(calltrail_call_effective_total{${CHOSEN}}[$__rate_interval]))`,
          legend: '{{direction}}',
        },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      bars('Ineffective attempts', 'Ended with 408, 500, 503, 504 or without an answer (ISA, RFC 6076).', 'short', [
        {
          expr: `sum by (direction) (increase(calltrail_call_ineffective_total{${CHOSEN}}[$__rate_interval]))`,
          legend: '{{direction}}',
        },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      bars('Registrations', 'REGISTERs by how they ended; a challenge and what meets it are one.', 'short', [
        {
          expr: 'sum by (result) (increase(calltrail_registrations_total{tenant=~"$tenant"}[$__rate_interval]))',
          legend: '{{result}}',
        },
      ])
        .span(24)
        .height(8),
    );
