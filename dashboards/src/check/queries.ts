import type { Model } from './ask.ts';

/** One question of one panel, as Grafana's /api/ds/query takes it. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly model: Model;
  /** It asks for the call that the dashboard shows, and so has rows wherever there is that call. */
  readonly ofCall: boolean;
}

/** A variable whose values a data source tells. */
export interface VariableQuery {
  readonly dashboard: string;
  readonly name: string;
  /** As Grafana shows it: label_values(metric, label). */
  readonly definition: string;
  readonly datasource: Model['datasource'];
}

interface DashboardJson {
  readonly title: string;
  readonly panels?: readonly PanelJson[];
  readonly templating?: {
    readonly list?: readonly (Partial<VariableQuery> & { readonly type: string; readonly name: string })[];
  };
}

interface PanelJson {
  readonly title?: string;
  readonly targets?: readonly PanelQuery['model'][];
  readonly panels?: readonly PanelJson[];
}

/**
 * Every question of a dashboard, with its variables put in: Grafana's page does that before it asks, and its
 * `/api/ds/query` does not.
 */
export function queriesOf(json: unknown, variables: Readonly<Record<string, string>>): PanelQuery[] {
  const { title, panels = [] } = json as DashboardJson;
  const all = panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  return all.flatMap(({ title: panel = '', targets = [] }) =>
    targets.map((model) => ({
      dashboard: title,
      panel,
      model: filledIn(model, variables),
      ofCall: /\$\{?(call|trace)\b/.test(JSON.stringify(model)),
    })),
  );
}

/** The variables of a dashboard whose values are asked for. */
export function variablesOf(json: unknown): VariableQuery[] {
  const { title, templating: { list = [] } = {} } = json as DashboardJson;
  return list.flatMap(({ type, name, definition, datasource }) =>
    type === 'query' && definition !== undefined && datasource !== undefined
      ? [{ dashboard: title, name, definition, datasource }]
      : [],
  );
}

/** $name and ${name:format}; those of Grafana itself ($__range) are put in by the data source. */
function filledIn<T>(value: T, variables: Readonly<Record<string, string>>): T {
  if (typeof value === 'string') {
    return value.replace(
      /\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g,
      (whole, braced: string | undefined, bare: string | undefined) => variables[braced ?? bare ?? ''] ?? whole,
    ) as T;
  }
  if (Array.isArray(value)) return value.map((one) => filledIn(one, variables)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, variables)])) as T;
}
