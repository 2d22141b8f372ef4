import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';

/** Times are epoch µs. */
export interface Window {
  readonly sinceUs: number;
  readonly untilUs: number;
}

/**
 * Call-IDs after which calls are named that ended in a window: some of each of its parts, so that they are spread over it,
 * and where most parts are empty as many as there would have been. What is learnt of the site is learnt from these. They may be
 * of anybody: the caller sees to it what is shown.
 */
export async function readNear(
  store: Store,
  { sinceUs, untilUs }: Window,
  { parts, each }: { readonly parts: number; readonly each: number },
  options: SelectOptions,
): Promise<string[]> {
  const partUs = Math.max(1, Math.ceil((untilUs - sinceUs) / parts));
  const begins = Array.from({ length: parts }, (_, i) => Math.floor(sinceUs) + i * partUs);
  const read = async (lengthUs: number, limit: string): Promise<string[]> => {
    const times = begins.map(
      (from) => `until >= ${time(from)} AND until < ${time(Math.min(from + lengthUs, untilUs))}`,
    );
    const rows = await store.select<{ node: NodeKey }>(
      `SELECT node FROM endings WHERE (${times.join(' OR ')}) AND startsWith(node, 'c:') ${limit}`,
      { since: Math.floor(sinceUs), part: partUs, each, most: parts * each },
      options,
    );
    return [...new Set(rows.map(({ node }) => nodeText(node)))];
  };
  const spread = 'LIMIT {each:UInt32} BY intDiv(toUnixTimestamp64Micro(until) - {since:Int64}, {part:Int64})';
  for (const length of [partUs / LOOKED_AT, partUs]) {
    const found = await read(Math.max(1, Math.floor(length)), spread);
    if (found.length * 2 >= parts * each) return found;
  }
  return read(partUs, 'LIMIT {most:UInt32}');
}

/** Of a busy site the beginning of each part has calls enough; the whole of a day's list would be read for some fifty. */
const LOOKED_AT = 64;

const time = (us: number): string => `fromUnixTimestamp64Micro(${Math.ceil(us)})`;
