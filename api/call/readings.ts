import { isIP } from 'node:net';
import { seenLegs } from '../../core/call/read/seen.ts';
import { numberForms, reversed } from '../../core/model/number.ts';
import { onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';

/** What a text may be taken for, the likeliest first: what is found by one reading ends the search. */
export type Reading = 'newest' | 'number' | 'address' | 'identifier' | 'name';

export function readingsOf(text: string): Reading[] {
  const typed = text.trim();
  if (typed === '') return ['newest'];
  if (isIP(typed) !== 0) return ['address', 'identifier'];
  return numberForms(typed) === undefined ? ['identifier', 'name'] : ['number', 'identifier', 'name'];
}

/** How one reading is looked up: by a condition on terms, or by statements of their own. */
export interface Conditions {
  readonly condition?: string;
  readonly branches: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** The same without legs that are not shown to whoever asks. */
export function seenOnly(conditions: Conditions, options: SelectOptions | undefined): Conditions {
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
export function conditionsOf(text: string, reading: Exclude<Reading, 'newest'>, whole: boolean): Conditions {
  const typed = text.trim();
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
