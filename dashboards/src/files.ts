import { stringify } from 'yaml';
import { rulesFile } from './alerts/grafana-file.ts';
import { metricRuleGroups } from './alerts/grafana-rules.ts';
import { logRuleGroups } from './alerts/log-rules.ts';
import { contactPointFile, policiesFile } from './alerts/notifications.ts';
import { prometheusRules } from './alerts/prometheus-rules.ts';
import { call } from './call.ts';
import { callSearch } from './call-search.ts';
import { failures } from './failures.ts';
import { nodes } from './nodes.ts';
import { pipeline } from './pipeline.ts';
import { dashboardProvider, dataSources } from './provisioning.ts';
import { traffic } from './traffic.ts';

const DASHBOARDS = { 'call-search': callSearch, call, failures, traffic, nodes, pipeline } as const;

const HEAD = '# Made by "npm run dashboards" from dashboards/src; edit that.\n';

const RULES_HEAD = `# docs/grafana.md explains every name. An attempt failed when its class is "network". A ratio is 0 while nothing fails and
# absent while nobody calls. Where links lead is said in global.external_labels: calltrail_url and grafana_url.
`;

/** Every file that an operator mounts into Grafana, by path below dashboards/grafana: the same bytes every time. */
export function grafanaFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, make] of Object.entries(DASHBOARDS)) {
    files.set(`dashboards/${name}.json`, `${JSON.stringify(make().build(), null, 2)}\n`);
  }
  for (const { path, content } of [dataSources, dashboardProvider]) {
    files.set(path, yaml(content));
  }
  files.set('provisioning/alerting/calltrail.yaml', yaml(rulesFile(metricRuleGroups())));
  // Whoever wants these mounts them one by one: docs/grafana.md says when.
  files.set('alerting/logs.yaml', yaml(rulesFile(logRuleGroups())));
  files.set('alerting/contact-point.yaml', yaml(contactPointFile));
  files.set('alerting/policies.yaml', yaml(policiesFile));
  return files;
}

/** The rules for Prometheus, by path below dashboards/prometheus. */
export const prometheusFiles = (): Map<string, string> =>
  new Map([['rules.yaml', yaml(prometheusRules()).replace(HEAD, `${HEAD}${RULES_HEAD}`)]]);

/** Without references to what stands twice: a person reads these files as well. */
const yaml = (content: unknown): string => HEAD + stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
