import type { Outcome } from '../../core/call/types.ts';
import type { NodeKey } from '../../core/model/edge.ts';
import { reversed } from '../../core/model/number.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { eachOnce, type MatchedTerm } from './matched.ts';
import { readNewest } from './newest.ts';
import { conditionsOf, type Reading, readingsOf, seenOnly } from './readings.ts';

/** A node that matches what was typed, and when it was last seen under that term. */
export interface Match {
  readonly node: NodeKey;
  readonly untilUs: number;
  /** Numbers or names by which it was found. */
  readonly terms: readonly MatchedTerm[];
}

export interface SearchQuestion {
  /** What the person typed; "" asks for the newest calls. */
  readonly text: string;
  readonly sinceUs?: number;
  readonly untilUs?: number;
  /** Only calls of this tenant. */
  readonly tenant?: string;
  /** Only calls that ended in one of these ways. */
  readonly outcomes?: ReadonlySet<Outcome>;
  /** Only calls that this switch or sensor saw. */
  readonly node?: string;
  /** Only calls whose first leg came from or went to this trunk. */
  readonly trunk?: string;
  /** Tell of calls that were tried again. */
  readonly tries?: boolean;
  readonly limit: number;
}

/**
 * Nodes that what was typed may mean, newest first, at most `limit`. One text can be several things ("1001" is a number
 * and may be a Call-ID): it is taken for the likeliest, and for the next when nothing is found under that.
 */
export async function findMatches(store: Store, question: SearchQuestion, options?: SelectOptions): Promise<Match[]> {
  for (const reading of readingsOf(question.text)) {
    const matches =
      reading === 'newest'
        ? await readNewest(store, question, options)
        : await readMatches(store, question, reading, options);
    if (matches.length > 0) return matches;
  }
  return [];
}

/** Rows of terms that are put together here; more are put together by the engine, which takes its time for the plan. */
const FEW = 4000;

async function readMatches(
  store: Store,
  question: SearchQuestion,
  reading: Exclude<Reading, 'newest'>,
  options?: SelectOptions,
): Promise<Match[]> {
  const { sinceUs = 0, untilUs = 9_000_000_000_000_000, limit } = question;
  const { branches, condition, params } = seenOnly(
    conditionsOf(question.text, reading, hiddenOf(options) !== undefined),
    options,
  );
  // A scan of many rows is worth more than one thread; a look-up is not.
  const scans = reading === 'name';
  if (condition !== undefined && !scans) {
    const terms = await readTerms(store, condition, params, options);
    if (terms.length < FEW) return newest(terms, reading, sinceUs, untilUs).slice(0, limit);
  }
  const all = condition === undefined ? branches : [termsSql(condition)];
  const rows = await store.select<{ node: NodeKey; until_us: string | number; terms?: readonly [string, number][] }>(
    `${all.length === 1 ? all[0] : `SELECT node, max(until_us) AS until_us FROM (${all.join('\nUNION ALL\n')}) GROUP BY node`}
     ORDER BY until_us DESC, node LIMIT {limit:UInt32} ${scans ? 'SETTINGS max_threads = 0' : ''}`,
    { limit, since: sinceUs, until: untilUs, ...params },
    options,
  );
  return rows.map(({ node, until_us, terms = [] }) => ({
    node,
    untilUs: Number(until_us),
    terms: eachOnce(terms.flatMap(([value, roles]) => termOf(reading, value, roles))),
  }));
}

/** An address is what was typed, and tells nothing more. */
const termOf = (reading: Reading, value: string, roles: number): MatchedTerm[] =>
  reading === 'number' ? [{ value: reversed(value), roles }] : reading === 'name' ? [{ value, roles }] : [];

interface Term {
  readonly node: NodeKey;
  readonly value: string;
  readonly roles: number;
  readonly since_us: number;
  readonly until_us: number;
}

const readTerms = (
  store: Store,
  condition: string,
  params: Readonly<Record<string, unknown>>,
  options?: SelectOptions,
): Promise<Term[]> =>
  store.select<Term>(
    `SELECT node, value, roles, toUnixTimestamp64Micro(since) AS since_us, toUnixTimestamp64Micro(until) AS until_us
     FROM identifiers WHERE ${condition} LIMIT {few:UInt32}`,
    { few: FEW, ...params },
    options,
  );

/** Each node once, as {@link termsSql} has them. */
function newest(terms: readonly Term[], reading: Reading, sinceUs: number, untilUs: number): Match[] {
  const nodes = new Map<NodeKey, Match & { readonly since: number }>();
  for (const { node, value, roles, since_us, until_us } of terms) {
    const known = nodes.get(node);
    nodes.set(node, {
      node,
      since: Math.min(since_us, known?.since ?? since_us),
      untilUs: Math.max(until_us, known?.untilUs ?? until_us),
      terms: eachOnce([...(known?.terms ?? []), ...termOf(reading, value, roles)]),
    });
  }
  return [...nodes.values()]
    .filter((match) => match.untilUs >= sinceUs && match.since <= untilUs)
    .sort((a, b) => b.untilUs - a.untilUs || (a.node < b.node ? -1 : 1))
    .map(({ node, untilUs: us, terms: own }) => ({ node, untilUs: us, terms: own }));
}

/** Forms of one number in one leg that are told. */
const MOST_TERMS = 16;

const termsSql = (condition: string): string =>
  `SELECT node, toUnixTimestamp64Micro(max(until)) AS until_us, groupUniqArray(${MOST_TERMS})((value, toUInt16(roles))) AS terms
   FROM identifiers WHERE ${condition}
   GROUP BY node HAVING until_us >= {since:Int64} AND toUnixTimestamp64Micro(min(since)) <= {until:Int64}`;
