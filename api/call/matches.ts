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

/**
 * Nodes that what was typed may mean, newest first, at most `limit`. One text can be several things ("1001" is a
 * number and may be a UUID), so every reading is asked for in one query.
 */
export async function findMatches(store: Store, question: SearchQuestion, options?: SelectOptions): Promise<Match[]> {
  const { text, sinceUs, untilUs, limit } = question;
  const typed = text.trim();
  const branches: string[] = [];
  const params: Record<string, unknown> = { limit, since: sinceUs ?? 0, until: untilUs ?? 9_000_000_000_000_000 };
  const terms = (condition: string): void => {
    branches.push(
      `SELECT node, toUnixTimestamp64Micro(max(until)) AS until_us FROM identifiers WHERE ${condition}
       GROUP BY node HAVING until_us >= {since:Int64} AND toUnixTimestamp64Micro(min(since)) <= {until:Int64}`,
    );
  };
  if (typed === '') {
    // Every beginning of a call stands here under the address it came from.
    terms("kind = 'ip'");
  } else {
    params.typed = typed;
    branches.push(
      `SELECT concat('c:', call_id) AS node, toUnixTimestamp64Micro(max(at)) AS until_us
       FROM messages WHERE call_id = {typed:String} GROUP BY call_id`,
      `SELECT concat('u:', channel) AS node, toUnixTimestamp64Micro(max(at)) AS until_us
       FROM events WHERE channel = {typed:String} GROUP BY channel`,
      `SELECT node, toUnixTimestamp64Micro(max(until)) AS until_us
       FROM edges WHERE node IN (concat('c:', {typed:String}), concat('u:', {typed:String})) GROUP BY node`,
    );
    const forms = numberForms(typed);
    if (forms !== undefined) {
      params.equals = forms.equals.map(reversed);
      params.reversed = `${reversed(forms.ends)}`;
      terms("kind = 'number_reversed' AND value IN {equals:Array(String)}");
      // Two digits end half of all numbers: below three only the whole number counts.
      if (forms.ends.length >= 3) terms("kind = 'number_reversed' AND startsWith(value, {reversed:String})");
    }
    if (isIP(typed) !== 0) terms("kind = 'ip' AND value = {typed:String}");
    else {
      params.name = typed.toLowerCase();
      terms("kind = 'name' AND position(value, {name:String}) > 0");
    }
  }
  const rows = await store.select<{ node: NodeKey; until_us: string | number }>(
    `SELECT node, max(until_us) AS until_us FROM (${branches.join('\nUNION ALL\n')})
     GROUP BY node ORDER BY until_us DESC, node LIMIT {limit:UInt32}`,
    params,
    options,
  );
  return rows.map((row) => ({ node: row.node, untilUs: Number(row.until_us) }));
}
