import { type Cells, numberOf, textOf } from '../../core/call/read/cells.ts';
import { conditionsOf, Params, TENANT } from './conditions.ts';
import { readSpoken } from './label-legs.ts';
import type { Plan } from './lines.ts';
import { windowSql } from './lines.ts';
import { PLACES, type Place, STREAM_LABELS } from './places.ts';
import { refused } from './refusal.ts';
import type { MetricQuery, RangeFunction } from './syntax.ts';

type Labels = Readonly<Record<string, string>>;

/** Values of one set of labels, one a step; undefined where there is none. */
export interface Series {
  readonly metric: Labels;
  readonly values: readonly (number | undefined)[];
}

/** The moments that are asked for, in ns, both ends inclusive. */
export interface Steps {
  readonly firstNs: bigint;
  readonly stepNs: bigint;
  readonly count: number;
}

/** As Loki has it: what is drawn has fewer pixels. */
export const MAX_POINTS = 11_000;
const MAX_SERIES = 5000;
/** Groups times pieces of time that one answer may hold. */
const MAX_ROWS = 200_000;

/** @param planOf makes the plan of a query's lines; what it throws is passed on */
export async function evaluate(
  query: MetricQuery,
  steps: Steps,
  planOf: (query: Extract<MetricQuery, { kind: 'range' }>) => Promise<Plan>,
): Promise<Series[]> {
  return evaluateBy(query, steps, planOf, undefined);
}

async function evaluateBy(
  query: MetricQuery,
  steps: Steps,
  planOf: (query: Extract<MetricQuery, { kind: 'range' }>) => Promise<Plan>,
  /** What the one that asks groups by: nothing else of a sum need be told apart. */
  needed: readonly string[] | undefined,
): Promise<Series[]> {
  if (query.kind === 'constant') {
    return [{ metric: {}, values: Array.from({ length: steps.count }, () => query.value) }];
  }
  if (query.kind === 'range') return readRange(await planOf(query), query.fn, query.rangeNs, steps, needed);
  const { fn, grouping, of, k } = query;
  const by = grouping?.labels ?? [];
  // Sums of sums are sums, so the engine need not tell apart what is added up here.
  const sums = fn === 'sum' && grouping?.without !== true;
  const inner = await evaluateBy(of, steps, planOf, of.kind === 'range' ? (sums ? by : union(by)) : undefined);
  const groups = new Map<string, { metric: Labels; members: Series[] }>();
  for (const series of inner) {
    const metric = grouping?.without === true ? omit(series.metric, by) : pick(series.metric, by);
    const key = keyOf(metric);
    const group = groups.get(key) ?? { metric, members: [] };
    group.members.push(series);
    groups.set(key, group);
  }
  if (fn === 'topk' || fn === 'bottomk') {
    return [...groups.values()].flatMap(({ members }) => best(members, k ?? 1, fn === 'topk' ? 1 : -1, steps.count));
  }
  return [...groups.values()].map(({ metric, members }) => ({
    metric,
    values: Array.from({ length: steps.count }, (_, i) =>
      folded(
        fn,
        members.map(({ values }) => values[i]).filter((value) => value !== undefined),
      ),
    ),
  }));
}

const union = (labels: readonly string[]): readonly string[] => [...new Set([...STREAM_LABELS, ...labels])];

const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

const pick = (metric: Labels, labels: readonly string[]): Labels =>
  Object.fromEntries(labels.flatMap((label) => (metric[label] === undefined ? [] : [[label, metric[label]]])));

const omit = (metric: Labels, labels: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(metric).filter(([label]) => !labels.includes(label)));

function folded(fn: 'sum' | 'min' | 'max' | 'avg' | 'count', values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  if (fn === 'count') return values.length;
  if (fn === 'min') return Math.min(...values);
  if (fn === 'max') return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return fn === 'sum' ? sum : sum / values.length;
}

/** At each step the k largest (or smallest) keep their value. */
function best(members: readonly Series[], k: number, sign: 1 | -1, count: number): Series[] {
  const kept = members.map(({ metric }) => ({ metric, values: new Array<number | undefined>(count).fill(undefined) }));
  for (let i = 0; i < count; i++) {
    const ranked = members
      .map(({ values }, place) => ({ place, value: values[i] }))
      .filter((one): one is { place: number; value: number } => one.value !== undefined)
      .sort((a, b) => sign * (b.value - a.value) || a.place - b.place);
    for (const { place, value } of ranked.slice(0, k)) kept[place]!.values[i] = value;
  }
  return kept.filter(({ values }) => values.some((value) => value !== undefined));
}

/** Pieces of time that windows are made of: the windows of all steps begin and end where pieces do. */
const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));

async function readRange(
  plan: Plan,
  fn: RangeFunction,
  rangeNs: bigint,
  { firstNs, stepNs, count }: Steps,
  needed: readonly string[] | undefined,
): Promise<Series[]> {
  const pieceNs = count === 1 ? rangeNs : gcd(stepNs, rangeNs);
  if (pieceNs < 1000n) throw refused('parse error : a range shorter than a microsecond is not supported by this API');
  const lastNs = firstNs + stepNs * BigInt(count - 1);
  const beginNs = firstNs - rangeNs;
  const labels = needed ?? STREAM_LABELS;
  const pieces = new Map<string, { metric: Labels; sums: Map<number, number> }>();
  const found = await Promise.all(
    PLACES.filter((place) => !plan.scope.isEmpty(place)).map((place) =>
      readPieces(plan, place, fn, labels, { beginNs, lastNs, pieceNs }),
    ),
  );
  for (const { metric, piece, value } of found.flat()) {
    const key = keyOf(metric);
    const one = pieces.get(key) ?? { metric, sums: new Map<number, number>() };
    one.sums.set(piece, (one.sums.get(piece) ?? 0) + value);
    pieces.set(key, one);
    if (pieces.size > MAX_SERIES) {
      throw refused(`maximum of series (${MAX_SERIES}) reached for a single query; group by fewer labels`);
    }
  }
  const perStep = Number(stepNs / pieceNs);
  const perRange = Number(rangeNs / pieceNs);
  const scale = fn === 'rate' || fn === 'bytes_rate' ? Number(rangeNs) / 1e9 : 1;
  return [...pieces.values()].map(({ metric, sums }) => {
    const values = new Array<number | undefined>(count).fill(undefined);
    for (const [piece, value] of sums) {
      // A piece counts for every step whose window it lies in; window i holds pieces i·perStep to i·perStep + perRange - 1.
      const first = count === 1 ? 0 : Math.max(0, Math.ceil((piece - perRange + 1) / perStep));
      const last = count === 1 ? 0 : Math.min(count - 1, Math.floor(piece / perStep));
      for (let i = first; i <= last; i++) values[i] = (values[i] ?? 0) + value;
    }
    return { metric, values: values.map((value) => (value === undefined ? undefined : value / scale)) };
  });
}

interface Piece {
  readonly metric: Labels;
  readonly piece: number;
  readonly value: number;
}

async function readPieces(
  { query, scope, matchesEmpty, store, options }: Plan,
  place: Place,
  fn: RangeFunction,
  labels: readonly string[],
  { beginNs, lastNs, pieceNs }: { readonly beginNs: bigint; readonly lastNs: bigint; readonly pieceNs: bigint },
): Promise<Piece[]> {
  const params = new Params();
  const { where, labelOf } = conditionsOf(query, place, scope, matchesEmpty, params);
  const dropped = (label: string): boolean =>
    query.stages.some(
      (stage) =>
        (stage.kind === 'drop' && stage.choices.some((one) => one.label === label)) ||
        (stage.kind === 'keep' && !stage.choices.some((one) => one.label === label)),
    );
  const ofLeg = new Set(labels.filter((label) => LEGS.has(label) && !dropped(label)));
  const plain = labels.filter((label) => !LEGS.has(label));
  // Windows are open at their beginning and closed at their end, to the µs that rows have.
  const window = { since: Math.max(0, Number(beginNs / 1000n) + 1), until: Math.max(0, Number(lastNs / 1000n) + 1) };
  const begin = params.bind(Number(beginNs / 1000n), 'Int64');
  const length = params.bind(String(pieceNs), 'Int64');
  const bytes = fn === 'bytes_over_time' || fn === 'bytes_rate';
  const tenants = ofLeg.has('tenant');
  const columns = [
    `intDiv((toUnixTimestamp64Micro(at) - ${begin}) * 1000 - 1, ${length}) AS piece`,
    ...plain.map((label, i) => `${labelOf(label)} AS g${i}`),
    ...(ofLeg.has('call_id') || ofLeg.has('callid')
      ? [`${place.callId} AS own_call_id`, `${place.channel} AS own_channel`]
      : []),
    ...(tenants ? [`${place.node} AS leg`] : []),
  ];
  const names = columns.map((column) => column.slice(column.lastIndexOf(' AS ') + 4));
  // A row that was delivered twice stands twice until the engine merges it away. Of a call each is counted once; of all
  // there is, telling them apart would take the memory of all there is.
  const once = scope.named ? 'LIMIT 1 BY row_id' : '';
  const inner = `SELECT ${columns.join(', ')}${scope.named ? ', id AS row_id' : ''}${bytes ? `, length(${place.text}) AS size` : ''}
    FROM ${place.table} WHERE ${windowSql(window, params)} AND ${where} ${once}`;
  const groups = names.map((name) => (name === 'leg' ? 'tenants.tenant' : name));
  const sql = `SELECT ${groups.map((name, i) => `${name} AS ${name === 'tenants.tenant' ? 'of_tenant' : names[i]}`).join(', ')},
      ${bytes ? 'sum(size)' : 'count()'} AS value
    FROM (${inner}) AS rows
    ${tenants ? `ANY LEFT JOIN (SELECT node, ${TENANT} AS tenant FROM edges WHERE kind = 'tenant' GROUP BY node) AS tenants ON tenants.node = rows.leg` : ''}
    GROUP BY ${groups.map((name) => (name === 'tenants.tenant' ? 'of_tenant' : name)).join(', ')}
    LIMIT ${params.bind(MAX_ROWS + 1, 'UInt32')}`;
  const rows = await store.select<Cells>(sql, params.values, options);
  if (rows.length > MAX_ROWS) {
    throw refused(`the query counts more than ${MAX_ROWS} groups; group by fewer labels, or take a longer step`);
  }
  const spoken = await readSpoken(
    store,
    [...new Set(rows.map((row) => textOf(row, 'own_channel')).filter(Boolean))].map(
      (channel) => `u:${channel}` as const,
    ),
    options,
  );
  return rows.map((row) => {
    const callId = textOf(row, 'own_call_id') || (spoken.get(textOf(row, 'own_channel')) ?? '');
    const metric: Record<string, string> = {};
    for (const [i, label] of plain.entries()) if (textOf(row, `g${i}`) !== '') metric[label] = textOf(row, `g${i}`);
    for (const label of ['call_id', 'callid']) if (ofLeg.has(label) && callId !== '') metric[label] = callId;
    if (tenants && textOf(row, 'of_tenant') !== '') metric.tenant = textOf(row, 'of_tenant');
    return { metric, piece: numberOf(row, 'piece'), value: numberOf(row, 'value') };
  });
}

const LEGS: ReadonlySet<string> = new Set(['call_id', 'callid', 'tenant']);
