/** One question of one panel, as Grafana's /api/ds/query takes it. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly model: Readonly<Record<string, unknown>> & {
    readonly refId: string;
    readonly datasource: { readonly type: string; readonly uid: string };
  };
}

interface DashboardJson {
  readonly title: string;
  readonly panels?: readonly PanelJson[];
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
    targets.map((model) => ({ dashboard: title, panel, model: filledIn(model, variables) })),
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
