import { LOGS, METRICS, TRACES } from '../lib/sources.ts';
import { ask, column, nanoseconds, resource, rowCount, type TimeRange } from './ask.ts';
import type { Check } from './check.ts';
import type { Grafana } from './grafana.ts';

const TWO_HOURS_MS = 7_200_000;
/** A line that comes is shown; a site may be silent for longer. */
const LISTEN_MS = 3000;
const logs = { refId: 'A', datasource: LOGS };
const traces = { refId: 'A', datasource: TRACES, queryType: 'traceql' };

/** What the pages of Grafana ask that no panel does: pickers, size hint, histogram, context of a line, live tail. */
export function exploreChecks(
  grafana: Grafana,
  { call, trace, ...range }: TimeRange & { readonly call: string; readonly trace: string },
): readonly Check[] {
  const query = `{call_id=${JSON.stringify(call)}}`;
  const { start, end } = nanoseconds(range);
  const check = (what: string, run: () => Promise<void>): Check => ({ what, run });
  return [
    check('logs: labels, also when no time is between start and end', async () => {
      for (const from of [start, end]) {
        const { data } = (await resource(grafana, LOGS.uid, 'labels', { start: from, end })) as { data?: string[] };
        if (!data?.includes('call_id')) throw new Error(`no call_id in ${JSON.stringify(data)}`);
      }
    }),
    check('logs: size hint', async () => {
      const size = (await resource(grafana, LOGS.uid, 'index/stats', { query, start, end })) as { entries?: number };
      if (!((size.entries ?? 0) > 0)) throw new Error(`no entries: ${JSON.stringify(size)}`);
    }),
    check('logs: fields', async () => {
      const answer = await resource(grafana, LOGS.uid, 'detected_fields', { query, start, end, limit: '1000' });
      const { fields = [] } = answer as { fields?: readonly unknown[] };
      if (fields.length === 0) throw new Error('none');
    }),
    check('logs: histogram', async () => {
      const expr = `sum by (level, detected_level) (count_over_time(${query} | drop __error__[$__auto]))`;
      if (rowCount(await ask(grafana, { ...logs, queryType: 'range', expr }, range)) === 0) throw new Error('no rows');
    }),
    check('logs: context of a line', () => context(grafana, query, range)),
    check('logs: what is not supported is refused in a sentence', async () => {
      const model = { ...logs, queryType: 'range', expr: `${query} | unwrap x` };
      await refused(ask(grafana, model, range), /parse error/);
    }),
    check('logs: live tail', async () => {
      const { message, end: ended } = await grafana.listen(tail('{source=~".+"}'), LISTEN_MS);
      if (ended !== undefined) throw new Error(`closed with ${ended.code} ${ended.reason}`);
      if (message !== undefined && !('streams' in (JSON.parse(message) as object))) throw new Error(message);
    }),
    check('logs: a live tail that cannot be ends with a reason', async () => {
      const { end: ended } = await grafana.listen(tail('{source="'), LISTEN_MS);
      if (!ended?.reason.includes('parse error')) throw new Error(`ended with ${JSON.stringify(ended)}`);
    }),
    check('traces: the call by its id', async () => {
      const frames = await ask(grafana, { ...traces, query: trace }, range);
      if (column(frames, 'spanID').length === 0) throw new Error('no spans');
    }),
    check('traces: the call by its Call-ID', async () => {
      const model = { ...traces, query: `{span.sip.call_id=${JSON.stringify(call)}}`, limit: 20, tableType: 'traces' };
      const found = column(await ask(grafana, model, range), 'traceID');
      if (!found.includes(trace)) throw new Error(`found ${JSON.stringify(found)}`);
    }),
    check('traces: an id that no call has is said to be none', () =>
      refused(ask(grafana, { ...traces, query: 'ffffffffffffffffffffffffffffffff' }, range), /404 .*No call is stored/),
    ),
    check('traces: a telephone number in the place of an id leads to the search for it', () =>
      refused(ask(grafana, { ...traces, query: '447700900001' }, range), /span\.sip\.number/),
    ),
    check('traces: tags', async () => {
      const { scopes = [] } = (await resource(grafana, TRACES.uid, 'tags', { limit: '5000' })) as {
        scopes?: readonly { readonly tags?: readonly string[] }[];
      };
      if (!scopes.some(({ tags }) => tags?.includes('sip.call_id'))) throw new Error('sip.call_id is none of them');
    }),
    ...['resource.service.name', 'name', 'status'].map((tag) =>
      check(`traces: values of ${tag}`, async () => {
        // The page encodes the tag, and the data source decodes it, once more than others.
        const asked = { limit: '5000', tag: encodeURIComponent(tag), q: '{}' };
        const { tagValues = [] } = (await resource(grafana, TRACES.uid, 'tag-values', asked)) as {
          tagValues?: readonly unknown[];
        };
        if (tagValues.length === 0) throw new Error('none');
      }),
    ),
    check('metrics: Prometheus scrapes Calltrail', async () => {
      const model = { refId: 'A', datasource: METRICS, expr: 'calltrail_source_up', instant: true };
      if (rowCount(await ask(grafana, model, range)) === 0) throw new Error('it has no calltrail_source_up');
    }),
  ];
}

const tail = (query: string): string =>
  `/api/datasources/proxy/uid/${LOGS.uid}/loki/api/v1/tail?${new URLSearchParams({ query })}`;

/** "Show context" of the newest line, which asks by the labels of its stream for two hours to either side. */
async function context(grafana: Grafana, expr: string, range: TimeRange): Promise<void> {
  const model = { ...logs, queryType: 'range', maxLines: 1 };
  const line = await ask(grafana, { ...model, expr }, range);
  const [labels] = column(line, 'labels') as Readonly<Record<string, string>>[];
  const [types] = column(line, 'labelTypes') as Readonly<Record<string, string>>[];
  const [time] = column(line, 'Time') as number[];
  if (labels === undefined || types === undefined || time === undefined) throw new Error('no line of the call');
  const stream = Object.entries(labels).filter(([name]) => types[name] === 'I');
  const selector = `{${stream.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
  const around = { ...model, expr: selector, maxLines: 100 };
  const before = await ask(grafana, { ...around, direction: 'backward' }, { fromMs: time - TWO_HOURS_MS, toMs: time });
  const after = await ask(grafana, { ...around, direction: 'forward' }, { fromMs: time, toMs: time + TWO_HOURS_MS });
  const text = new Set([before, after].flatMap((frames) => column(frames, 'Line')));
  if (!column(line, 'Line').every((own) => text.has(own))) throw new Error(`the line is not in its own context`);
  if (text.size < 2) throw new Error('nothing is around it');
}

async function refused(answer: Promise<unknown>, sentence: RegExp): Promise<void> {
  const why = await answer.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (why === undefined) throw new Error('it was answered');
  if (!sentence.test(why)) throw new Error(`it was refused with ${why}`);
}
