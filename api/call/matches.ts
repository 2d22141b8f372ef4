import { isIP } from 'node:net';
import { seenLegs } from '../../core/call/read/seen.ts';
import type { Outcome } from '../../core/call/types.ts';
import type { NodeKey } from '../../core/model/edge.ts';
import { numberForms, reversed } from '../../core/model/number.ts';
import { hiddenOf, onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNewest } from './newest.ts';

/** A node that matches what was typed, and when it was last seen under that term. */
export interface Match {
  readonly node: NodeKey;
  readonly untilUs: number;
  /** Numbers or names by which it was found. */
  readonly terms: readonly MatchedTerm[];
}

/** A number as its digits, or a name in lower case, and where it stood (core/model/roles.ts). */
export interface MatchedTerm {
  readonly value: string;
  readonly roles: number;
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

/** What a text may be taken for, the likeliest first: what is found by one reading ends the search. */
type Reading = 'newest' | 'number' | 'address' | 'identifier' | 'name';

export function readingsOf(text: string): Reading[] {
  const typed = text.trim();
  if (typed === '') return ['newest'];
  if (isIP(typed) !== 0) return ['address', 'identifier'];
  return numberForms(typed) === undefined ? ['identifier', 'name'] : ['number', 'identifier', 'name'];
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
    conditionsOf(question, reading, hiddenOf(options) !== undefined),
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

/** A form that several parts of the table tell of, with all its places; in the order of the forms. */
export function eachOnce(terms: readonly MatchedTerm[]): readonly MatchedTerm[] {
  if (terms.length < 2) return terms;
  const roles = new Map<string, number>();
  for (const term of terms) roles.set(term.value, (roles.get(term.value) ?? 0) | term.roles);
  return [...roles].map(([value, bits]) => ({ value, roles: bits })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

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

/** How one reading is looked up: by a condition on terms, or by statements of their own. */
interface Conditions {
  readonly condition?: string;
  readonly branches: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** The same without legs that are not shown to whoever asks. */
function seenOnly(conditions: Conditions, options: SelectOptions | undefined): Conditions {
  const only = onlyOf(options);
  if (only === undefined) return conditions;
  const { branches, condition } = conditions;
  const names = '{tenants:Array(String)}';
  const params = { ...conditions.params, tenants: only.names };
  if (condition !== undefined) {
    const candidates = `SELECT node AS leg FROM identifiers WHERE ${condition}`;
    return { branches, condition: `${condition} AND ${seenLegs('node', candidates, names)}`, params };
  }
  const all = branches.join('\nUNION ALL\n');
  const seen = seenLegs('node', `SELECT node AS leg FROM (${all})`, names);
  return { branches: [`SELECT node, until_us FROM (${all}) WHERE ${seen}`], params };
}

/** Digits that somebody must know of a number that he is not shown, and how many may stand before them: country, trunk. */
const LEAST_KNOWN = 7;
const MOST_BEFORE = 5;

/**
 * @param whole only what is meant as a whole: whoever numbers and names are hidden from would find them digit by digit and
 * letter by letter with parts of them
 */
function conditionsOf(question: SearchQuestion, reading: Exclude<Reading, 'newest'>, whole: boolean): Conditions {
  const typed = question.text.trim();
  switch (reading) {
    case 'address':
      return { branches: [], condition: "kind = 'ip' AND value = {typed:String}", params: { typed } };
    case 'name':
      return {
        branches: [],
        condition: `kind = 'name' AND ${whole ? 'value = {name:String}' : 'position(value, {name:String}) > 0'}`,
        params: { name: typed.toLowerCase() },
      };
    case 'number': {
      const { ends = '', equals = [] } = numberForms(typed) ?? {};
      const same = 'value IN {equals:Array(String)}';
      // Two digits end half of all numbers: below three only the whole number counts.
      const isEnd = ends.length >= (whole ? LEAST_KNOWN : 3);
      const near = whole ? ` AND length(value) <= ${ends.length + MOST_BEFORE}` : '';
      const numbers = isEnd ? `(${same} OR (startsWith(value, {reversed:String})${near}))` : same;
      return {
        branches: [],
        condition: `kind = 'number_reversed' AND ${numbers}`,
        params: { equals: equals.map(reversed), ...(isEnd ? { reversed: reversed(ends) } : {}) },
      };
    }
    case 'identifier':
      return {
        branches: [
          `SELECT concat('c:', call_id) AS node, toUnixTimestamp64Micro(max(at)) AS until_us
           FROM messages WHERE call_id = {typed:String} GROUP BY call_id`,
          `SELECT concat('u:', channel) AS node, toUnixTimestamp64Micro(max(at)) AS until_us
           FROM events WHERE channel = {typed:String} GROUP BY channel`,
          `SELECT node, toUnixTimestamp64Micro(max(until)) AS until_us
           FROM edges WHERE node IN (concat('c:', {typed:String}), concat('u:', {typed:String})) GROUP BY node`,
        ],
        params: { typed },
      };
    default:
      return reading satisfies never;
  }
}
