import type { Plan } from './lines.ts';
import { readPieces } from './pieces.ts';
import { PLACES, STREAM_LABELS } from './places.ts';
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
/** Series times steps: what an answer may weigh. */
const MAX_VALUES = 1_000_000;

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
  if (pieces.size * count > MAX_VALUES) {
    throw refused(`the query gives more than ${MAX_VALUES} values; group by fewer labels, or take a longer step`);
  }
  return [...pieces.values()].map(({ metric, sums }) => {
    // What changes from step to step: a long range over short steps must not cost their product.
    const change = new Float64Array(count + 1);
    const lines = new Int32Array(count + 1);
    for (const [piece, value] of sums) {
      // Window i holds the pieces from i·perStep to i·perStep + perRange - 1.
      const first = count === 1 ? 0 : Math.max(0, Math.ceil((piece - perRange + 1) / perStep));
      const last = count === 1 ? 0 : Math.min(count - 1, Math.floor(piece / perStep));
      if (first > last) continue;
      change[first]! += value;
      change[last + 1]! -= value;
      lines[first]! += 1;
      lines[last + 1]! -= 1;
    }
    let sum = 0;
    let any = 0;
    const values = Array.from({ length: count }, (_, i) => {
      sum += change[i]!;
      any += lines[i]!;
      return any === 0 ? undefined : sum / scale;
    });
    return { metric, values };
  });
}
