import { LOGS } from '../lib/sources.ts';
import { label, linked } from './alert.ts';
import { expression, question, type RuleGroup, type RuleQuery, ruleUid } from './grafana-file.ts';

/** Answers that no attempt ends with: the INVITE comes again. */
const ASKED_AGAIN = '401|407|422';
/** Answers with which the network did its part; the same as class "user" and "cancelled" of the metrics. */
const NOT_THE_NETWORK = '404|410|480|484|486|487|600|603|604|607';
const FINAL = `{source="sip"} | method="INVITE" | response=~"[2-6][0-9][0-9]" | response!~"${ASKED_AGAIN}"`;
const FAILED = `{source="sip"} | method="INVITE" | response=~"[4-6][0-9][0-9]" | response!~"${ASKED_AGAIN}|${NOT_THE_NETWORK}"`;

const loki = (refId: string, expr: string): RuleQuery => question(refId, LOGS, { expr, queryType: 'instant' });
const counted = (refId: string, query: string, window: string): RuleQuery =>
  loki(refId, `sum by (host) (count_over_time(${query} [${window}]))`);
const math = (refId: string, text: string): RuleQuery => expression(refId, { type: 'math', expression: text });

/**
 * The two alerts that nobody should be without, from Calltrail's own API: for a site without Prometheus. Final answers
 * are counted as each host saw them, so a hop more or a retransmission counts once more, and so does a re-INVITE.
 */
export const logRuleGroups = (): RuleGroup[] => [
  {
    name: 'calltrail-logs',
    rules: [
      {
        uid: ruleUid('HostCallFailuresSpike'),
        title: 'HostCallFailuresSpike',
        condition: 'firing',
        data: [
          counted('numerator', FAILED, '5m'),
          counted('denominator', FINAL, '5m'),
          counted('failedHour', FAILED, '1h'),
          counted('finalHour', FINAL, '1h'),
          math('ratio', '$numerator / $denominator'),
          // The same numbers as of CallFailuresSpike.
          math('firing', '$ratio > 0.2 && $failedHour / $finalHour > 0.05 && $denominator >= 20'),
        ],
        // A host without a failed answer has no series, and so no alarm.
        noDataState: 'OK',
        execErrState: 'Error',
        for: '1m',
        keepFiringFor: '5m',
        labels: { severity: 'page' },
        annotations: {
          summary: `Calls at ${label('host')} fail`,
          numerator: '{{ printf "%.0f" $values.numerator.Value }}',
          denominator: '{{ printf "%.0f" $values.denominator.Value }}',
          description:
            '{{ printf "%.0f" $values.numerator.Value }} of {{ printf "%.0f" $values.denominator.Value }} final answers in the last 5 minutes were failures ({{ $values.ratio.Value | humanizePercentage }}).',
          dashboard: `{{ externalURL }}d/calltrail-failures/failures?var-node=${linked('host')}`,
          calls: '{{ externalURL }}d/calltrail-search/call-search',
        },
      },
      {
        uid: ruleUid('CalltrailHeardNothing'),
        title: 'CalltrailHeardNothing',
        condition: 'firing',
        data: [loki('lines', 'sum(count_over_time({source=~"sip|pbx"}[10m]))'), math('firing', '$lines == 0')],
        // No line at all is no series at all, and exactly that has to fire.
        noDataState: 'Alerting',
        execErrState: 'Error',
        for: '5m',
        labels: { severity: 'page' },
        annotations: {
          summary: 'Calltrail hears nothing',
          description: 'No sender has sent anything for ten minutes: silence of the senders, not of the calls.',
        },
      },
    ],
  },
];
