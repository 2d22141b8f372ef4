import type { PanelQuery } from '../../dashboards/src/check/queries.ts';

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Asks what a panel asks, as Grafana's data source would, and answers how many rows come. Prometheus is asked elsewhere. */
export async function rowsOf(httpUrl: string, { model }: PanelQuery, { fromMs, toMs }: Window): Promise<number> {
  if (model.datasource.type === 'loki') {
    const answer = await json(`${httpUrl}/loki/api/v1/query_range`, {
      query: String(model.expr),
      start: `${fromMs}000000`,
      end: `${toMs}000000`,
      limit: '1000',
      direction: 'backward',
    });
    const { data } = answer as { data: { result: readonly { values: readonly unknown[] }[] } };
    return data.result.reduce((sum, { values }) => sum + values.length, 0);
  }
  const query = String(model.query);
  if (/^[0-9a-f]+$/i.test(query)) {
    const trace = (await json(`${httpUrl}/tempo/api/v2/traces/${query}`, {})) as {
      trace: { resourceSpans: readonly unknown[] };
    };
    return trace.trace.resourceSpans.length;
  }
  const answer = (await json(`${httpUrl}/tempo/api/search`, {
    q: query,
    limit: String(model.limit ?? 20),
    spss: String(model.spss ?? 3),
    start: String(Math.floor(fromMs / 1000)),
    end: String(Math.ceil(toMs / 1000)),
  })) as { traces: readonly unknown[] };
  return answer.traces.length;
}

async function json(url: string, query: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(`${url}?${new URLSearchParams(query)}`, { headers: { accept: 'application/json' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 300)} for ${JSON.stringify(query)}`);
  return JSON.parse(text);
}
