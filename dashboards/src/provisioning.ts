import { LOGS, METRICS, TRACES } from './lib/sources.ts';

/** Files that Grafana reads at its start (Administration → Provisioning), by path below the folder that is mounted. */
export interface ProvisioningFile {
  readonly path: string;
  /** Written as YAML. */
  readonly content: unknown;
}

/** `$` in a file of data sources is a variable of the environment, so a `$` that is meant stands twice. */
const EVERY_LINE = '{source=~".+"}';

/** Who Grafana is for Calltrail; both are empty where Calltrail lets everybody read. */
const CREDENTIALS = {
  basicAuth: true,
  basicAuthUser: '$CALLTRAIL_USER',
  secureJsonData: { basicAuthPassword: '$CALLTRAIL_SECRET' },
} as const;

export const dataSources: ProvisioningFile = {
  path: 'provisioning/datasources/calltrail.yaml',
  content: {
    apiVersion: 1,
    prune: true,
    datasources: [
      {
        name: 'Calltrail logs',
        ...LOGS,
        access: 'proxy',
        url: '$CALLTRAIL_URL',
        ...CREDENTIALS,
        jsonData: {
          manageAlerts: false,
          maxLines: 1000,
          derivedFields: [
            {
              name: 'trace',
              matcherType: 'label',
              matcherRegex: 'trace_id',
              datasourceUid: TRACES.uid,
              url: '$${__value.raw}',
              urlDisplayLabel: 'Open as trace',
            },
            {
              name: 'call',
              matcherType: 'label',
              matcherRegex: 'call_id',
              url: '/d/calltrail-call/call?var-call=$${__value.raw}',
              urlDisplayLabel: 'Open the call',
            },
          ],
        },
      },
      {
        name: 'Calltrail traces',
        ...TRACES,
        access: 'proxy',
        url: '$CALLTRAIL_URL/tempo',
        ...CREDENTIALS,
        jsonData: {
          streamingEnabled: { search: false, metrics: false },
          nodeGraph: { enabled: true },
          tracesToLogsV2: {
            datasourceUid: LOGS.uid,
            spanStartTimeShift: '-1m',
            spanEndTimeShift: '1m',
            customQuery: true,
            query: `${EVERY_LINE} | trace_id=\`$\${__trace.traceId}\``,
          },
        },
      },
      {
        name: 'Calltrail metrics',
        ...METRICS,
        access: 'proxy',
        url: '$PROMETHEUS_URL',
        jsonData: { httpMethod: 'POST', manageAlerts: false },
      },
    ],
  },
};

export const dashboardProvider: ProvisioningFile = {
  path: 'provisioning/dashboards/calltrail.yaml',
  content: {
    apiVersion: 1,
    providers: [
      {
        name: 'calltrail',
        folder: 'Calltrail',
        folderUid: 'calltrail',
        type: 'file',
        disableDeletion: true,
        allowUiUpdates: false,
        updateIntervalSeconds: 60,
        options: { path: '/etc/grafana/calltrail/dashboards' },
      },
    ],
  },
};
