import { LOGS, METRICS, TRACES } from '../lib/sources.ts';
import { alertChecks, type FiledRule } from './alerts.ts';
import { nanoseconds, resource, type TimeRange } from './ask.ts';
import { type Check, type Checked, carriedOut } from './check.ts';
import { exploreChecks } from './explore.ts';
import { type Grafana, Refusal } from './grafana.ts';
import { ladderChecks } from './ladder.ts';
import { dashboardChecks } from './of-dashboards.ts';

export interface CheckOptions extends TimeRange {
  /** Dashboards as files, by uid. */
  readonly dashboards: ReadonlyMap<string, unknown>;
  /** Alert rules of the provisioning files; none where there is no such file. */
  readonly rules: readonly FiledRule[];
  /** Values for the variables of the dashboards; `call` and `trace` are looked for when they are not given. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Asks a Grafana everything that its users will ask it, and tells what answers and what does not. */
export async function* checkGrafana(grafana: Grafana, options: CheckOptions): AsyncGenerator<Checked> {
  let namespace = 'default';
  const there = await carriedOut({
    what: 'Grafana answers',
    async run() {
      await grafana.get('/api/health');
      const { id = 1 } = (await grafana.get('/api/org').catch(unauthorized)) as { id?: number };
      if (id !== 1) namespace = `org-${id}`;
    },
  });
  yield there;
  if (there.outcome === 'failed') return;

  for (const { uid } of [LOGS, TRACES, METRICS]) {
    yield await carriedOut({ what: `data source ${uid}`, run: () => health(grafana, uid) });
  }

  let { call = '', trace = '' } = options.variables;
  yield await carriedOut({
    what: 'the log has calls',
    async run() {
      call ||= await anyValue(grafana, options, 'call_id', '');
    },
  });
  yield await carriedOut({
    what: 'the call has a trace',
    async run() {
      trace ||= await anyValue(grafana, options, 'trace_id', `{call_id=${JSON.stringify(call)}}`);
    },
  });

  const variables = { ...options.variables, call, trace };
  const checks: readonly Check[] = [
    ...(call === '' ? [] : exploreChecks(grafana, { ...options, call, trace })),
    ...[...options.dashboards].flatMap(([uid, file]) =>
      dashboardChecks(grafana, uid, file, { ...options, variables, namespace }),
    ),
    ...alertChecks(grafana, options.rules),
    ...(call === '' ? [] : ladderChecks(grafana, call)),
  ];
  for (const check of checks) yield await carriedOut(check);
}

function unauthorized(error: unknown): never {
  if (error instanceof Refusal && error.status === 401)
    throw new Error('it knows nobody who asks so: give --token or --user and --password');
  throw error;
}

/** What "Save & test" asks. */
async function health(grafana: Grafana, uid: string): Promise<void> {
  const { status, message } = (await grafana.get(`/api/datasources/uid/${uid}/health`)) as {
    status?: string;
    message?: string;
  };
  if (status !== 'OK') throw new Error(message ?? `status ${status}`);
}

/** The first value of a label of the log. */
async function anyValue(grafana: Grafana, range: TimeRange, label: string, query: string): Promise<string> {
  const asked = { ...nanoseconds(range), ...(query === '' ? {} : { query }) };
  const { data = [] } = (await resource(grafana, LOGS.uid, `label/${label}/values`, asked)) as {
    data?: readonly string[];
  };
  const [first] = data;
  if (first === undefined)
    throw new Error(`no ${label} in this time: ask for more with --hours, or give a call with --var`);
  return first;
}
