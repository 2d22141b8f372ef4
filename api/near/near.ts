import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';

/** Times are epoch µs. */
export interface Window {
  readonly sinceUs: number;
  readonly untilUs: number;
}

/**
 * Call-IDs after which calls are named that ended in a window, spread over it: some of each of its parts, whichever come
 * first. What is learnt of the site is learnt from these. They may be of anybody: the caller sees to it what is shown.
 */
export async function readNear(
  store: Store,
  { sinceUs, untilUs }: Window,
  { parts, each }: { readonly parts: number; readonly each: number },
  options: SelectOptions,
): Promise<string[]> {
  const rows = await store.select<{ node: NodeKey }>(
    `SELECT node FROM endings
     WHERE until >= fromUnixTimestamp64Micro({since:Int64}) AND until < fromUnixTimestamp64Micro({until:Int64})
       AND startsWith(node, 'c:')
     LIMIT {each:UInt32} BY intDiv(toUnixTimestamp64Micro(until), {part:Int64})`,
    {
      since: Math.floor(sinceUs),
      until: Math.ceil(untilUs),
      each,
      part: Math.max(1, Math.ceil((untilUs - sinceUs) / parts)),
    },
    options,
  );
  return [...new Set(rows.map(({ node }) => nodeText(node)))];
}
