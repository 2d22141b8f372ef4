import { seenLegs } from '../../core/call/read/seen.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import { onlyOf } from '../../core/runtime/sight.ts';
import { type SelectOptions, type Store, StoreError } from '../../core/store/store.ts';
import { isFiltering, MAX_MATCHES_OF_ALL, readFiltered, withoutOthers } from './filtered.ts';
import type { Match, SearchQuestion } from './matches.ts';

/** Rows that are read at once: more than a page, as a call that goes on has several. */
const STEP = 500;
/** All steps together, where some of the calls are not shown. */
const SECONDS = 10;
/** Names that fit into one statement. */
const MAX_STEP = 20_000;

/** Moments beyond every call, so that a question without times is the same one. */
const NEVER_US = 9_000_000_000_000_000;

/**
 * The newest calls: those that the linker has put together, by when they ended, and what it has not come to yet. Of the latter
 * it is not known whether they pass a filter, so they stand beside as many of those that do.
 */
export async function readNewest(store: Store, question: SearchQuestion, options?: SelectOptions): Promise<Match[]> {
  const { sinceUs = 0, untilUs = NEVER_US, limit } = question;
  const window = { since: sinceUs, until: untilUs };
  const isFiltered = isFiltering(question);
  const [linked, unlinked] = await Promise.all([
    isFiltered ? readFiltered(store, question, window, options) : readEndings(store, window, limit, options),
    question.tenant === undefined
      ? readUnlinked(store, window, limit, options)
      : readUnlinked(store, window, MAX_MATCHES_OF_ALL, options).then((rows) =>
          withoutOthers(store, rows, question.tenant ?? '', options),
        ),
  ]);
  const newest = new Map(linked);
  for (const { node, us } of unlinked) newest.set(node, Math.max(us, newest.get(node) ?? us));
  return [...newest]
    .map(([node, us]): Match => ({ node, untilUs: us, terms: [] }))
    .sort((a, b) => b.untilUs - a.untilUs || (a.node < b.node ? -1 : 1))
    .slice(0, isFiltered ? 2 * limit : limit);
}

interface Window {
  readonly since: number;
  readonly until: number;
}

interface EndingRow {
  readonly node: NodeKey;
  readonly us: number;
}

/**
 * The table is read from its end, a step at a time, until there are enough: the engine would read the whole of it to tell
 * which node stands there twice.
 */
async function readEndings(
  store: Store,
  window: Window,
  limit: number,
  options?: SelectOptions,
): Promise<Map<NodeKey, number>> {
  const newest = new Map<NodeKey, number>();
  let step = Math.max(STEP, limit);
  const deadlineMs = performance.now() + SECONDS * 1000;
  for (let [before, nodeBefore] = [NEVER_US, '']; ; ) {
    const rows = await store.select<EndingRow>(
      `SELECT node, toUnixTimestamp64Micro(until) AS us FROM endings
       WHERE until >= fromUnixTimestamp64Micro({since:Int64}) AND until <= fromUnixTimestamp64Micro({before:Int64})
         AND (until, node) < (fromUnixTimestamp64Micro({before:Int64}), {nodeBefore:String})
         AND since <= fromUnixTimestamp64Micro({until:Int64})
       ORDER BY until DESC, node DESC LIMIT {step:UInt32}`,
      { ...window, before, nodeBefore, step },
      options,
    );
    const shown = await shownOf(store, rows, options);
    for (const { node, us } of shown) if (!newest.has(node)) newest.set(node, us);
    const last = rows.at(-1);
    if (last === undefined || rows.length < step || newest.size >= limit) return newest;
    [before, nodeBefore] = [last.us, last.node];
    // Where most of them are others' the next own one may be far.
    if (shown.length < rows.length) {
      step = Math.min(MAX_STEP, step * 4);
      if (performance.now() > deadlineMs) throw new StoreError('timeout', `no answer within ${SECONDS} s`);
    }
  }
}

/** Those that end a call of a tenant that is seen. */
async function shownOf(
  store: Store,
  rows: readonly EndingRow[],
  options: SelectOptions | undefined,
): Promise<readonly EndingRow[]> {
  const only = onlyOf(options);
  if (only === undefined || rows.length === 0) return rows;
  const calls = await store.select<{ id: string }>(
    `SELECT id FROM calls WHERE id IN {ids:Array(String)} GROUP BY id
     HAVING has({tenants:Array(String)}, argMax(tenant, version))`,
    { ids: [...new Set(rows.map(({ node }) => nodeText(node)))], tenants: only.names },
    options,
  );
  const own = new Set(calls.map(({ id }) => id));
  return rows.filter(({ node }) => own.has(nodeText(node)));
}

/**
 * Rows of the feed that the linker has not come to. It is sorted by when it was written, so that only its end is read;
 * nothing longer ago than an hour is waiting in it.
 */
export const UNLINKED =
  'arrived >= greatest((SELECT max(linked_until) FROM linker), (SELECT max(arrived) FROM feed) - INTERVAL 1 HOUR)';

/**
 * A channel in it is of no time: its `since` is 0, and it was heard of when that was written.
 */
const readUnlinked = (store: Store, window: Window, limit: number, options?: SelectOptions): Promise<EndingRow[]> => {
  const only = onlyOf(options);
  const waiting = `kind != 'edge'
       AND ${UNLINKED}`;
  const seen =
    only === undefined
      ? ''
      : ` AND ${seenLegs('node', `SELECT node AS leg FROM feed WHERE ${waiting}`, '{tenants:Array(String)}')}`;
  return store.select<EndingRow>(
    `SELECT node, toUnixTimestamp64Micro(max(if(kind = 'channel', arrived, until))) AS us FROM feed
     WHERE ${waiting}${seen}
     GROUP BY node
     HAVING us >= {since:Int64} AND toUnixTimestamp64Micro(min(since)) <= {until:Int64}
     ORDER BY us DESC, node LIMIT {limit:UInt32}`,
    { ...window, limit, ...(only === undefined ? {} : { tenants: only.names }) },
    options,
  );
};
