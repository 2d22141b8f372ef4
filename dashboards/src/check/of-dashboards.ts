import { ask, resource, rowCount, type TimeRange } from './ask.ts';
import { type Check, Nothing } from './check.ts';
import { type Grafana, Refusal } from './grafana.ts';
import { type PanelQuery, queriesOf, type VariableQuery, variablesOf } from './queries.ts';

export interface DashboardCheckOptions extends TimeRange {
  /** Values of the dashboards' variables, as the page would put them in. */
  readonly variables: Readonly<Record<string, string>>;
  /** The organization of who asks, as Grafana's newer API names it: "default", "org-2". */
  readonly namespace: string;
}

/** Whether a dashboard is the file, is well formed, and each of its variables and panels is answered. */
export function dashboardChecks(
  grafana: Grafana,
  uid: string,
  file: unknown,
  options: DashboardCheckOptions,
): readonly Check[] {
  return [
    { what: `dashboard ${uid} is the file`, run: () => drift(grafana, uid, file) },
    { what: `dashboard ${uid} fits the schema`, run: () => schema(grafana, uid, options) },
    ...variablesOf(file)
      .filter(({ datasource }) => datasource.type === 'prometheus')
      .map((variable) => ({
        what: `${variable.dashboard} / $${variable.name}`,
        run: () => values(grafana, variable, options),
      })),
    ...queriesOf(file, options.variables).map((query) => ({
      what: `${query.dashboard} / ${query.panel} ${query.model.refId}`,
      run: () => rows(grafana, query, options),
    })),
  ];
}

/** Grafana counts versions and numbers of its own, and adds what is not there as its default. */
async function drift(grafana: Grafana, uid: string, file: unknown): Promise<void> {
  const { dashboard } = (await grafana.get(`/api/dashboards/uid/${uid}`)) as { dashboard?: Record<string, unknown> };
  const changed = Object.entries(file as Record<string, unknown>).filter(
    ([key, value]) => !['id', 'version'].includes(key) && stable(value) !== stable(dashboard?.[key]),
  );
  if (changed.length > 0) throw new Error(`differs in ${changed.map(([key]) => key).join(', ')}`);
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/**
 * Grafana takes any JSON as a dashboard of the schema that the files have, and refuses fields and kinds that it does not know
 * only in the next one. So it is asked for the dashboard in that one, which is then offered to it as a new one that is
 * not kept.
 */
async function schema(grafana: Grafana, uid: string, { namespace }: DashboardCheckOptions): Promise<void> {
  const version = 'dashboard.grafana.app/v2beta1';
  const path = `/apis/${version}/namespaces/${namespace}/dashboards`;
  try {
    const { spec } = (await grafana.get(`${path}/${uid}`)) as { spec?: unknown };
    const offered = { apiVersion: version, kind: 'Dashboard', metadata: { generateName: 'check-' }, spec };
    await grafana.post(`${path}?dryRun=All&fieldValidation=Strict`, offered);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 403) throw new Nothing('not asked: this takes the right to make dashboards');
    if (error.status === 404) throw new Nothing('not asked: this Grafana has no v2beta1 of it');
    throw error;
  }
}

/** As the box of a dashboard asks for what it offers. */
async function values(grafana: Grafana, { definition, datasource }: VariableQuery, range: TimeRange): Promise<void> {
  const [, metric = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  if (label === '') throw new Error(`${definition} is not understood`);
  const { data = [] } = (await resource(grafana, datasource.uid, `api/v1/label/${label}/values`, {
    'match[]': metric,
    start: String(Math.floor(range.fromMs / 1000)),
    end: String(Math.ceil(range.toMs / 1000)),
  })) as { data?: readonly string[] };
  if (data.length === 0) throw new Nothing('no values');
}

async function rows(grafana: Grafana, { model, ofCall }: PanelQuery, range: TimeRange): Promise<void> {
  if (rowCount(await ask(grafana, model, range)) > 0) return;
  throw ofCall ? new Error('no rows') : new Nothing('no rows');
}
