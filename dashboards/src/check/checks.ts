import { LOGS, METRICS, TRACES } from '../lib/sources.ts';
import type { Grafana } from './grafana.ts';
import { type PanelQuery, queriesOf } from './queries.ts';

export interface Checked {
  readonly what: string;
  /** Why it is not well; undefined when it is. */
  readonly why?: string;
}

export interface CheckOptions {
  /** Dashboards as files, by uid. */
  readonly dashboards: ReadonlyMap<string, unknown>;
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Values for the variables of the dashboards; `call` is looked for when it is not given. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Asks a Grafana everything that its users will ask it, and tells what answers and what does not. */
export async function* checkGrafana(grafana: Grafana, options: CheckOptions): AsyncGenerator<Checked> {
  const there = await checked('Grafana answers', async () => {
    await grafana.get('/api/health');
  });
  yield there;
  if (there.why !== undefined) return;
  for (const { uid } of [LOGS, TRACES, METRICS]) {
    yield await checked(`data source ${uid}`, () => health(grafana, uid));
  }
  let { call = '', trace = '' } = options.variables;
  yield await checked('the log has calls', async () => {
    call ||= await anyValue(grafana, options, 'call_id', '');
  });
  yield await checked('the call has a trace', async () => {
    trace ||= await anyValue(grafana, options, 'trace_id', `{call_id=${JSON.stringify(call)}}`);
  });
  for (const [uid, json] of options.dashboards) {
    yield await checked(`dashboard ${uid} is the file`, () => drift(grafana, uid, json));
    for (const query of queriesOf(json, { ...options.variables, call, trace })) {
      yield await checked(`${query.dashboard} / ${query.panel} ${query.model.refId}`, () =>
        rows(grafana, query, options),
      );
    }
  }
  const ladder = `/api/datasources/proxy/uid/${LOGS.uid}/ladder/${encodeURIComponent(call)}.svg`;
  yield await checked('the ladder comes through the data source', async () => {
    const { status, type, text } = await grafana.raw(ladder, true);
    if (status !== 200 || !type.startsWith('image/svg+xml'))
      throw new Error(`${status} ${type}: ${text.slice(0, 200)}`);
    if (/<script/i.test(text)) throw new Error('it has a script');
  });
  yield await checked('nobody gets the ladder without a session', async () => {
    const { status } = await grafana.raw(ladder, false);
    if (status < 300) throw new Error(`status ${status}: anonymous access is on`);
  });
}

async function checked(what: string, run: () => Promise<void>): Promise<Checked> {
  try {
    await run();
    return { what };
  } catch (error) {
    return { what, why: error instanceof Error ? error.message : String(error) };
  }
}

async function health(grafana: Grafana, uid: string): Promise<void> {
  const { status, message } = (await grafana.get(`/api/datasources/uid/${uid}/health`)) as {
    status?: string;
    message?: string;
  };
  if (status !== 'OK') throw new Error(message ?? `status ${status}`);
}

/** The first value of a label of the log. */
async function anyValue(
  grafana: Grafana,
  { fromMs, toMs }: CheckOptions,
  label: string,
  selector: string,
): Promise<string> {
  const range = `start=${fromMs}000000&end=${toMs}000000${selector === '' ? '' : `&query=${encodeURIComponent(selector)}`}`;
  const path = `/api/datasources/uid/${LOGS.uid}/resources/label/${label}/values?${range}`;
  const { data = [] } = (await grafana.get(path)) as { data?: readonly string[] };
  const [first] = data;
  if (first === undefined)
    throw new Error(`no ${label} in this time: ask for more with --hours, or give a call with --var`);
  return first;
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

interface QueryAnswer {
  readonly results?: Readonly<
    Record<string, { error?: string; frames?: readonly { data?: { values?: readonly (readonly unknown[])[] } }[] }>
  >;
}

async function rows(grafana: Grafana, { model }: PanelQuery, { fromMs, toMs }: CheckOptions): Promise<void> {
  const answer = (await grafana.post('/api/ds/query', {
    queries: [{ intervalMs: 60_000, maxDataPoints: 500, ...model }],
    from: String(fromMs),
    to: String(toMs),
  })) as QueryAnswer;
  const { error, frames = [] } = answer.results?.[model.refId] ?? {};
  if (error !== undefined) throw new Error(error);
  const count = frames.reduce((sum, { data }) => sum + (data?.values?.[0]?.length ?? 0), 0);
  if (count === 0) throw new Error('no rows');
}
