import { METRICS } from '../lib/sources.ts';
import { type Alert, linked, type Words } from './alert.ts';
import { CALL_ALERTS } from './call-alerts.ts';
import { DETECTOR_ALERTS } from './detector-alerts.ts';
import { expression, question, type RuleGroup, type RuleQuery, ruleUid } from './grafana-file.ts';
import { inlined } from './inlined.ts';
import { PIPELINE_ALERTS } from './pipeline-alerts.ts';

/** The alerts of dashboards/prometheus/rules.yaml as rules that Grafana evaluates itself. */
export const metricRuleGroups = (): RuleGroup[] =>
  [
    { name: 'calltrail-calls', alerts: CALL_ALERTS },
    { name: 'calltrail-pipeline', alerts: PIPELINE_ALERTS },
    { name: 'calltrail-detector', alerts: DETECTOR_ALERTS },
  ].map(({ name, alerts }) => ({ name, rules: alerts.map(ruleOf) }));

/** The rule's own expression gives nothing while all is well, so that whatever it gives has to fire: also a 0. */
const ANY = -1e9;

function ruleOf(alert: Alert): RuleGroup['rules'][number] {
  const { name, expr, severity, by, summary, description, links, numbers } = alert;
  return {
    uid: ruleUid(name),
    title: name,
    condition: 'firing',
    data: [
      prometheus('value', expr),
      // Each of them has a series wherever "value" has one: Grafana takes a rule for one without data, whatever its
      // condition says, as soon as one question has no answer at all.
      ...Object.entries(numbers).map(([number, recorded]) => prometheus(number, joined(recorded, by))),
      expression('firing', {
        type: 'threshold',
        expression: 'value',
        conditions: [{ evaluator: { type: 'gt', params: [ANY] } }],
      }),
    ],
    noDataState: 'OK',
    execErrState: 'Error',
    for: alert.for,
    ...(alert.keepFiringFor === undefined ? {} : { keepFiringFor: alert.keepFiringFor }),
    labels: { severity },
    annotations: {
      summary,
      ...Object.fromEntries(
        (['numerator', 'denominator'] as const)
          .filter((one) => numbers[one] !== undefined)
          .map((one) => [one, WORDS.number(one)]),
      ),
      description: description(WORDS),
      // Grafana's own address ends with a slash.
      ...(links.includes('dashboard')
        ? {
            dashboard: `{{ externalURL }}d/calltrail-failures/failures?${by.map((one) => `var-${one}=${linked(one)}`).join('&')}`,
          }
        : {}),
      ...(links.includes('calls')
        ? { calls: `{{ externalURL }}d/calltrail-search/call-search?var-q=${linked('trunk')}` }
        : {}),
      ...(links.includes('alerts') ? { dashboard: '{{ externalURL }}d/calltrail-failures/failures' } : {}),
    },
  };
}

/** A metric that nothing records has labels beside those that the value goes by: Grafana would not see that they belong together. */
const joined = (name: string, by: readonly string[]): string =>
  name.startsWith('calltrail_') ? `max by (${by.join(', ')}) (${name})` : name;

const prometheus = (refId: string, expr: string): RuleQuery =>
  question(refId, METRICS, { expr: inlined(expr), instant: true, range: false });

/** Grafana's templates ask for nothing; they have what the rule's questions gave. */
const WORDS: Words = {
  value: (through) =>
    through.startsWith('printf ') ? `{{ ${through} $values.value.Value }}` : `{{ $values.value.Value | ${through} }}`,
  number: (name, digits = 0) => `{{ printf "%.${digits}f" $values.${name}.Value }}`,
};
