import { isIP } from 'node:net';
import type { NodeKey } from '../../core/model/edge.ts';
import { numberForms, reversed } from '../../core/model/number.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';

/** A node that matches what was typed, and when it was last seen under that term. */
export interface Match {
  readonly node: NodeKey;
  readonly untilUs: number;
}

export interface SearchQuestion {
  /** What the person typed; "" asks for the newest calls. */
  readonly text: string;
  readonly sinceUs?: number;
  readonly untilUs?: number;
  /** Only calls of this tenant. */
  readonly tenant?: string;
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
    const matches = await readMatches(store, question, reading, options);
    if (matches.length > 0) return matches;
  }
  return [];
}

async function readMatches(
  store: Store,
  { text, sinceUs, untilUs, limit }: SearchQuestion,
  reading: Reading,
  options?: SelectOptions,
): Promise<Match[]> {
  const { branches, params } = conditionsOf(text.trim(), reading, limit);
  const [only = ''] = branches;
  // A scan of many rows is worth more than one thread; a look-up is not.
  const scans = reading === 'newest' || reading === 'name' ? 'SETTINGS max_threads = 0' : '';
  const all =
    branches.length === 1
      ? only
      : `SELECT node, max(until_us) AS until_us FROM (${branches.join('\nUNION ALL\n')}) GROUP BY node`;
  const rows = await store.select<{ node: NodeKey; until_us: string | number }>(
    `${all} ORDER BY until_us DESC, node LIMIT {limit:UInt32} ${scans}`,
    { limit, since: sinceUs ?? 0, until: untilUs ?? 9_000_000_000_000_000, ...params },
    options,
  );
  return rows.map((row) => ({ node: row.node, untilUs: Number(row.until_us) }));
}

const terms = (condition: string): string =>
  `SELECT node, toUnixTimestamp64Micro(max(until)) AS until_us FROM identifiers WHERE ${condition}
   GROUP BY node HAVING until_us >= {since:Int64} AND toUnixTimestamp64Micro(min(since)) <= {until:Int64}`;

/**
 * What the linker has put together, by when it ended, and what it has not come to yet. `dialogs` and `touched` are sorted by
 * when they were written, so that only their ends are read; nothing longer ago than an hour is waiting in them.
 */
const UNLINKED = `arrived >= greatest((SELECT max(linked_until) FROM linker), (SELECT max(arrived) FROM dialogs) - INTERVAL 1 HOUR)`;
const WITHIN = 'until_us >= {since:Int64} AND since_us <= {until:Int64}';
const NEWEST = [
  // A call is named after a Call-ID or a channel: its list of Call-IDs has 0 for its own name.
  `SELECT concat(if(has(JSONExtractArrayRaw(line, 18), '0'), 'c:', 'u:'), id) AS node, until_us FROM (
     SELECT id, line, toUnixTimestamp64Micro(since) AS since_us, toUnixTimestamp64Micro(until) AS until_us
     FROM calls WHERE gone = 0 AND ${WITHIN} ORDER BY until DESC LIMIT {newest:UInt32})`,
  `SELECT concat('c:', call_id) AS node, toUnixTimestamp64Micro(max(until)) AS until_us FROM dialogs
   WHERE ${UNLINKED} GROUP BY call_id
   HAVING until_us >= {since:Int64} AND toUnixTimestamp64Micro(min(since)) <= {until:Int64}
   ORDER BY until_us DESC LIMIT {newest:UInt32}`,
  `SELECT node, toUnixTimestamp64Micro(max(arrived)) AS until_us FROM touched
   WHERE ${UNLINKED} GROUP BY node HAVING until_us >= {since:Int64} ORDER BY until_us DESC LIMIT {newest:UInt32}`,
];

function conditionsOf(
  typed: string,
  reading: Reading,
  limit: number,
): { branches: string[]; params: Record<string, unknown> } {
  switch (reading) {
    case 'newest':
      return { branches: NEWEST, params: { newest: limit } };
    case 'address':
      return { branches: [terms("kind = 'ip' AND value = {typed:String}")], params: { typed } };
    case 'name':
      return {
        branches: [terms("kind = 'name' AND position(value, {name:String}) > 0")],
        params: { name: typed.toLowerCase() },
      };
    case 'number': {
      const { ends = '', equals = [] } = numberForms(typed) ?? {};
      const whole = 'value IN {equals:Array(String)}';
      // Two digits end half of all numbers: below three only the whole number counts.
      const condition = ends.length >= 3 ? `(${whole} OR startsWith(value, {reversed:String}))` : whole;
      return {
        branches: [terms(`kind = 'number_reversed' AND ${condition}`)],
        params: { equals: equals.map(reversed), ...(ends.length >= 3 ? { reversed: reversed(ends) } : {}) },
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
