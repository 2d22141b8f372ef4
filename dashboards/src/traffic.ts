import { iraPromql, ratioPromql } from '../../core/rates/promql.ts';
import { IRA, RATIOS, type RatioName } from '../../core/rates/ratios.ts';
import { choice, dashboard } from './lib/dashboard.ts';
import { bars, figure, lines } from './lib/panels.ts';

const OUTCOMES = 'calltrail_call_outcomes_total';
const CHOSEN = 'tenant=~"$tenant",trunk=~"$trunk"';
/** A ratio by trunk, as it is defined. */
const ratio = (name: RatioName) => ({
  expr: ratioPromql(name, { by: ['trunk'], chosen: CHOSEN, window: '$__rate_interval' }),
  legend: '{{trunk}}',
});
const sourceOf = (name: RatioName): string => `${RATIOS[name].title} (${RATIOS[name].source}).`;
const quantile = (of: string, q: number): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${of}_bucket{trunk=~"$trunk"}[$__rate_interval])))`;

/** How much is called, how much of it reaches somebody, and how long that takes. */
export const traffic = () =>
  dashboard(
    'calltrail-traffic',
    'Traffic and quality',
    'Attempts, ratios (ASR, NER, SEER, ISA, IRA), delays until it rings and until it is answered.',
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
      lines('Answered (ASR)', `Answered of what was taken up. ${sourceOf('asr')}`, 'percentunit', [ratio('asr')])
        .max(1)
        .span(12)
        .height(9),
    )
    .withPanel(
      lines(
        'Reached (NER)',
        `Answered, busy, rejected, or rang and was not answered. ${sourceOf('ner')}`,
        'percentunit',
        [ratio('ner')],
      )
        .max(1)
        .span(12)
        .height(9),
    )
    .withPanel(
      lines(
        'Until it rings (SRD)',
        'INVITE to the first 18x, else to the 2xx or the failure; the two are never one (RFC 6076 §4.3).',
        's',
        [
          { expr: quantile('calltrail_call_srd_seconds', 0.5), legend: 'median' },
          { expr: quantile('calltrail_call_srd_seconds', 0.95), legend: '95 %' },
          { expr: quantile('calltrail_call_failed_srd_seconds', 0.5), legend: 'failed, median' },
          { expr: quantile('calltrail_call_failed_srd_seconds', 0.95), legend: 'failed, 95 %' },
        ],
      )
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
      lines('Effective (SEER)', `Ended with 2xx, 480, 486, 600 or 603. ${sourceOf('seer')}`, 'percentunit', [
        ratio('seer'),
      ])
        .max(1)
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Ineffective (ISA)', `Ended with 408, 500, 503, 504 or nothing. ${sourceOf('isa')}`, 'percentunit', [
        ratio('isa'),
      ])
        .max(1)
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
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Failed registrations (IRA)', `${IRA.title} (${IRA.source}), by node.`, 'percentunit', [
        {
          expr: iraPromql({ by: ['node'], chosen: 'tenant=~"$tenant"', window: '$__rate_interval' }),
          legend: '{{node}}',
        },
      ])
        .max(1)
        .span(12)
        .height(8),
    );
