import { type Grafana, Refusal } from './grafana.ts';

/** Milliseconds since the epoch. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One question, as Grafana's page gives it to a data source. */
export interface Model {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly [name: string]: unknown;
}

/** A table of columns, as every data source answers. */
export interface Frame {
  readonly schema?: {
    readonly fields?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[];
  };
  readonly data?: { readonly values?: readonly (readonly unknown[])[] };
}

interface Answer {
  readonly results?: Readonly<Record<string, { readonly error?: string; readonly frames?: readonly Frame[] }>>;
}

/** Asks a data source through Grafana. Rejects with the text that the panel would show. */
export async function ask(grafana: Grafana, model: Model, { fromMs, toMs }: TimeRange): Promise<readonly Frame[]> {
  const question = {
    queries: [{ intervalMs: 60_000, maxDataPoints: 500, ...asThePageAsks(model) }],
    from: String(fromMs),
    to: String(toMs),
  };
  const { results = {} } = await grafana.post('/api/ds/query', question).then(
    (answer) => answer as Answer,
    (error: unknown) => resultsOf(error),
  );
  const { error, frames = [] } = results[model.refId] ?? {};
  if (error !== undefined) throw new Error(error);
  return frames;
}

/** Where every query fails the answer is no 200, and says why as well. */
function resultsOf(error: unknown): Answer {
  if (!(error instanceof Refusal) || !error.text.startsWith('{"results":')) throw error;
  return JSON.parse(error.text) as Answer;
}

/** The page takes a query of hex digits for a trace id; the server takes it for what `queryType` says. */
function asThePageAsks(model: Model): Model {
  const isTraceId = model.datasource.type === 'tempo' && /^[0-9a-f]+$/i.test(String(model.query));
  return isTraceId ? { ...model, queryType: 'traceId' } : model;
}

export const rowCount = (frames: readonly Frame[]): number =>
  frames.reduce((sum, { data }) => sum + (data?.values?.[0]?.length ?? 0), 0);

/** The values of a column, of all frames; none where there is no such column. */
export function column(frames: readonly Frame[], name: string): unknown[] {
  return frames.flatMap(({ schema, data }) => {
    const at = schema?.fields?.findIndex((field) => field.name === name) ?? -1;
    return [...(data?.values?.[at] ?? [])];
  });
}

/** What a data source tells beside its rows (labels, tags, sizes). */
export const resource = (
  grafana: Grafana,
  uid: string,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<unknown> => grafana.get(`/api/datasources/uid/${uid}/resources/${path}?${new URLSearchParams(query)}`);

/** The range as Loki has it: nanoseconds. */
export const nanoseconds = ({ fromMs, toMs }: TimeRange): { start: string; end: string } => ({
  start: `${fromMs}000000`,
  end: `${toMs}000000`,
});
