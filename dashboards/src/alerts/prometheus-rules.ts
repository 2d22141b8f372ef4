import { type Alert, linked, type NumberName, type Words } from './alert.ts';
import { CALL_ALERTS } from './call-alerts.ts';
import { DETECTOR_ALERTS } from './detector-alerts.ts';
import { PIPELINE_ALERTS } from './pipeline-alerts.ts';
import { TENANT_RECORDINGS, TRUNK_RECORDINGS } from './recordings.ts';

/** dashboards/prometheus/rules.yaml, as Prometheus reads it. */
export const prometheusRules = (): unknown => ({
  groups: [
    { name: 'calltrail-trunks', rules: TRUNK_RECORDINGS },
    { name: 'calltrail-tenants', rules: TENANT_RECORDINGS },
    { name: 'calltrail-alerts', rules: CALL_ALERTS.map(ruleOf) },
    { name: 'calltrail-pipeline', rules: PIPELINE_ALERTS.map(ruleOf) },
    { name: 'calltrail-detector', rules: DETECTOR_ALERTS.map(ruleOf) },
  ],
});

const DASHBOARD = '{{ $externalLabels.grafana_url }}/d/calltrail-failures';
const SEARCH = '{{ $externalLabels.calltrail_url }}/';

function ruleOf(alert: Alert): unknown {
  const { name, expr, keepFiringFor, severity, by, summary, description, links } = alert;
  const words = wordsOf(alert);
  return {
    alert: name,
    expr,
    for: alert.for,
    ...(keepFiringFor === undefined ? {} : { keep_firing_for: keepFiringFor }),
    labels: { severity },
    annotations: {
      summary,
      ...Object.fromEntries(
        (['numerator', 'denominator'] as const)
          .filter((one) => alert.numbers[one] !== undefined)
          .map((one) => [one, words.number(one)]),
      ),
      description: description(words),
      ...(links.includes('dashboard')
        ? { dashboard: `${DASHBOARD}?${by.map((name) => `var-${name}=${linked(name)}`).join('&')}` }
        : {}),
      ...(links.includes('calls') ? { calls: `${SEARCH}?q=${linked('trunk')}` } : {}),
      ...(links.includes('alerts') ? { calls: `${SEARCH}api/alerts?state=open` } : {}),
    },
  };
}

/** A template of Prometheus asks for a number when it is written out, by the labels of the alarm. */
function wordsOf({ by, numbers }: Alert): Words {
  const matchers = by.map((name) => `${name}=%q`).join(',');
  const values = by.map((name) => `$labels.${name}`).join(' ');
  return {
    value: (through) => (through.startsWith('printf ') ? `{{ ${through} $value }}` : `{{ $value | ${through} }}`),
    number(name: NumberName, digits = 0) {
      const [record = '', ...offset] = (numbers[name] ?? '').split(' ');
      const query = [`${record}{${matchers}}`, ...offset].join(' ');
      return `{{ with query (printf "${query}" ${values}) }}{{ . | first | value | printf "%.${digits}f" }}{{ end }}`;
    },
  };
}
