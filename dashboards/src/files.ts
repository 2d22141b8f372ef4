import { stringify } from 'yaml';
import { call } from './call.ts';
import { callSearch } from './call-search.ts';
import { failures } from './failures.ts';
import { nodes } from './nodes.ts';
import { pipeline } from './pipeline.ts';
import { dashboardProvider, dataSources } from './provisioning.ts';
import { traffic } from './traffic.ts';

const DASHBOARDS = { 'call-search': callSearch, call, failures, traffic, nodes, pipeline } as const;

const HEAD = '# Made by "npm run dashboards" from dashboards/src; edit that.\n';

/** Every file that an operator mounts into Grafana, by path below dashboards/grafana: the same bytes every time. */
export function grafanaFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, make] of Object.entries(DASHBOARDS)) {
    files.set(`dashboards/${name}.json`, `${JSON.stringify(make().build(), null, 2)}\n`);
  }
  for (const { path, content } of [dataSources, dashboardProvider]) {
    files.set(path, HEAD + stringify(content, { lineWidth: 0 }));
  }
  return files;
}
