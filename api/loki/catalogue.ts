import { readCallLine } from '../../core/call/call-line.ts';
import type { Cells } from '../../core/call/read/cells.ts';
import { numberOf, textOf } from '../../core/call/read/cells.ts';
import { readLines as readCallLines } from '../../core/call/read/listed-rows.ts';
import { nodeLetter, nodeText } from '../../core/model/edge.ts';
import { hiddenOf, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNewest } from '../call/newest.ts';
import { hideLabel, hideLabels } from '../privacy/log-lines.ts';
import { Params } from './conditions.ts';
import { readFieldValues } from './detected-fields.ts';
import { labelLegs } from './label-legs.ts';
import { type Plan, readLines, windowSql } from './lines.ts';
import { expressionOf, PLACES, type Place, plainName, STREAM_LABELS } from './places.ts';
import { microsOf, type Window } from './read-times.ts';
import { rowsOf, seenRows } from './seen.ts';

/** What the label browser, completion and the size hint ask: which labels there are, which values, how much. */

export const MAX_VALUES = 1000;
const SAMPLE = 1000;

/** The names of stream labels; of the lines of a query those that they have. */
export async function readNames(store: Store, options: SelectOptions, plan?: Plan, window?: Window): Promise<string[]> {
  if (plan !== undefined && window !== undefined) {
    const lines = await readLines(plan, { window, limit: SAMPLE, direction: 'backward' });
    return STREAM_LABELS.filter((label) => lines.some(({ stream }) => stream[label] !== undefined));
  }
  // Whoever sees some tenants alone learns of no other by it.
  if (onlyOf(options) !== undefined) return [...STREAM_LABELS];
  const tenants = await store.select("SELECT 1 AS yes FROM edges WHERE kind = 'tenant' LIMIT 1", {}, options);
  return STREAM_LABELS.filter((label) => label !== 'tenant' || tenants.length > 0);
}

/** Values of one label in a window, of a query's lines where there is one; at most {@link MAX_VALUES}. */
export async function readValues(
  name: string,
  window: Window,
  store: Store,
  options: SelectOptions,
  plan?: Plan,
): Promise<string[]> {
  const label = plainName(name);
  const hidden = hiddenOf(options);
  if (label === 'call_id' && plan === undefined) {
    const callIds = await newestCallIds(window, store, options);
    return hidden === undefined ? callIds : callIds.map((callId) => hideLabel(label, callId, hidden));
  }
  if (label === 'call_id' && plan !== undefined) return callIdsOf(plan, window);
  if (label === 'tenant') return tenantsOf(window, store, options, plan);
  // No stream has one, but a dashboard asks which is that of its call.
  if (label === 'trace_id') return plan === undefined ? [] : readFieldValues(plan, window, label, MAX_VALUES);
  const values = new Set<string>();
  for (const place of placesOf(plan)) {
    const expression = expressionOf(place, label);
    if (expression === undefined) continue;
    const params = new Params();
    const where = whereOf(place, window, params, options, plan);
    const rows = await store.select<{ value: string }>(
      `SELECT DISTINCT ${expression} AS value FROM ${place.table} WHERE ${where} AND value != ''
       LIMIT ${params.bind(MAX_VALUES, 'UInt32')}`,
      params.values,
      options,
    );
    // Hidden before they are sorted, as their order would tell what they are.
    for (const { value } of rows) values.add(hidden === undefined ? value : hideLabel(label, value, hidden));
  }
  return [...values].sort().slice(0, MAX_VALUES);
}

const placesOf = (plan?: Plan): readonly Place[] => PLACES.filter((place) => plan?.scope.isEmpty(place) !== true);

function whereOf(place: Place, window: Window, params: Params, options: SelectOptions, plan?: Plan): string {
  const time = windowSql(microsOf(window), params);
  if (plan !== undefined) return rowsOf(plan, place, time, params).where;
  const seen = seenRows(place, time, options, params);
  return seen === undefined ? time : `${time} AND ${seen}`;
}

/** Call-IDs of the newest calls. */
async function newestCallIds(window: Window, store: Store, options: SelectOptions): Promise<string[]> {
  const { since, until } = microsOf(window);
  const question = { text: '', sinceUs: since, untilUs: until, limit: MAX_VALUES };
  const nodes = (await readNewest(store, question, options)).map(({ node }) => node);
  // A call that is named by a channel has its Call-IDs in its row.
  const channels = nodes.filter((node) => nodeLetter(node) === 'u').map(nodeText);
  const lines = await readCallLines(store, channels, options);
  const callIds = nodes.flatMap((node) => {
    if (nodeLetter(node) === 'c') return [nodeText(node)];
    const line = lines.get(nodeText(node)) ?? '';
    return line === '' ? [] : [...readCallLine(nodeText(node), line).callIds];
  });
  return [...new Set(callIds)].slice(0, MAX_VALUES);
}

interface LegRow {
  readonly callId: string;
  readonly channel: string;
  readonly source: string;
  readonly host: string;
}

/** The legs of a query's lines, each with its source and host: what streams are made of. */
async function readStreams({ store, options, ...plan }: Plan, window: Window): Promise<LegRow[]> {
  const found: LegRow[] = [];
  for (const place of PLACES.filter((one) => !plan.scope.isEmpty(one))) {
    const params = new Params();
    const where = whereOf(place, window, params, options, { ...plan, store, options });
    const rows = await store.select<Cells>(
      `SELECT DISTINCT ${place.callId} AS own_call_id, ${place.channel} AS own_channel,
         ${place.labels.source} AS l_source, ${place.labels.host} AS l_host
       FROM ${place.table} WHERE ${where} LIMIT ${params.bind(MAX_VALUES, 'UInt32')}`,
      params.values,
      options,
    );
    for (const row of rows) {
      found.push({
        callId: textOf(row, 'own_call_id'),
        channel: textOf(row, 'own_channel'),
        source: textOf(row, 'l_source'),
        host: textOf(row, 'l_host'),
      });
    }
  }
  return found;
}

/** The streams of a query, at most {@link MAX_VALUES}. */
export async function readSeries(plan: Plan, window: Window): Promise<Record<string, string>[]> {
  const rows = await readStreams(plan, window);
  const ofLeg = await labelLegs(rows, plan.legs.known, plan.store, plan.options);
  const series = new Map<string, Record<string, string>>();
  for (const row of rows) {
    const { callId, tenant } = ofLeg(row);
    const all = { call_id: callId, source: row.source, host: row.host, tenant };
    const filled = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
    const labels = hideLabels(filled, hiddenOf(plan.options));
    series.set(JSON.stringify(labels), labels);
  }
  return [...series.values()].slice(0, MAX_VALUES);
}

async function callIdsOf(plan: Plan, window: Window): Promise<string[]> {
  const series = await readSeries(plan, window);
  return [...new Set(series.map(({ call_id = '' }) => call_id).filter((callId) => callId !== ''))];
}

async function tenantsOf(window: Window, store: Store, options: SelectOptions, plan?: Plan): Promise<string[]> {
  if (plan !== undefined) {
    const series = await readSeries(plan, window);
    return [...new Set(series.map(({ tenant = '' }) => tenant).filter((tenant) => tenant !== ''))].sort();
  }
  const { since, until } = microsOf(window);
  const only = onlyOf(options);
  const among = only === undefined ? '' : ' AND has({tenants:Array(String)}, substring(peer, 3))';
  const rows = await store.select<{ value: string }>(
    `SELECT DISTINCT substring(peer, 3) AS value FROM edges WHERE kind = 'tenant'${among}
       AND since < fromUnixTimestamp64Micro({until:Int64}) AND until >= fromUnixTimestamp64Micro({since:Int64})
     ORDER BY value LIMIT {limit:UInt32}`,
    {
      since: Math.max(0, since - DAY_US),
      until,
      limit: MAX_VALUES,
      ...(only === undefined ? {} : { tenants: only.names }),
    },
    options,
  );
  return rows.map(({ value }) => value);
}

/** A leg is named where it begins. */
const DAY_US = 86_400_000_000;

export interface Stats {
  readonly streams: number;
  readonly chunks: number;
  readonly bytes: number;
  readonly entries: number;
}

/** How much a query would read. A leg at one host is a stream; of chunks there are none, so it is one a stream. */
export async function readStats(plan: Plan, window: Window): Promise<Stats> {
  const all = await Promise.all(
    placesOf(plan).map(async (place) => {
      const params = new Params();
      const where = whereOf(place, window, params, plan.options, plan);
      const [row] = await plan.store.select<Cells>(
        `SELECT uniq(${place.node}, ${place.labels.host}) AS streams, count() AS entries, sum(length(${place.text})) AS bytes
         FROM ${place.table} WHERE ${where}`,
        params.values,
        plan.options,
      );
      return {
        streams: numberOf(row ?? {}, 'streams'),
        entries: numberOf(row ?? {}, 'entries'),
        bytes: numberOf(row ?? {}, 'bytes'),
      };
    }),
  );
  const sum = (of: 'streams' | 'entries' | 'bytes'): number => all.reduce((total, one) => total + one[of], 0);
  return { streams: sum('streams'), chunks: sum('streams'), bytes: sum('bytes'), entries: sum('entries') };
}
