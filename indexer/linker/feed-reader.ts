import type { StoredEdge } from '../../core/call/read/edges.ts';
import type { NodeKey } from '../../core/model/edge.ts';
import type { Store } from '../../core/store/store.ts';
import { readEdge } from '../feed.ts';

/** What indexers wrote for the linker, a batch after the other. */
export interface Heard {
  /** `line` as the feed has it (indexer/feed.ts). */
  readonly dialogs: readonly { readonly node: NodeKey; readonly line: string; readonly writtenUs: number }[];
  /** As seen from their first end. */
  readonly edges: readonly { readonly edge: StoredEdge; readonly writtenUs: number }[];
  readonly channels: readonly { readonly node: NodeKey; readonly writtenUs: number }[];
}

export interface FeedReader {
  /**
   * Batches that were written since `sinceUs` and not read before, oldest first, about `maxRows` rows of them at most;
   * undefined when there are none.
   */
  next(sinceUs: number, maxRows: number): Promise<Heard | undefined>;
  forget(): void;
}

/** Stamps of batches are kept as long as one may still become visible behind younger ones. */
const LATE_US = 120_000_000;

/**
 * All rows of a batch carry the moment at which it was written, the same to the microsecond, so that moment names the
 * batch. Which ones there are is a small question; those that were read are left out, and so nothing is read twice, nor
 * missed when it becomes visible late.
 */
export function createFeedReader(store: Store): FeedReader {
  const read = new Set<number>();

  const unread = async (sinceUs: number, maxRows: number): Promise<number[]> => {
    const rows = await store.select<{ us: string | number; n: string | number }>(
      `SELECT toUnixTimestamp64Micro(arrived) AS us, count() AS n FROM feed
       WHERE arrived >= fromUnixTimestamp64Micro({since:Int64}) GROUP BY us ORDER BY us`,
      { since: Math.max(0, sinceUs - LATE_US) },
      { maxSeconds: 60 },
    );
    const stamps: number[] = [];
    let left = maxRows;
    for (const { us, n } of rows) {
      if (read.has(Number(us))) continue;
      if (left <= 0) break;
      left -= Number(n);
      stamps.push(Number(us));
    }
    return stamps;
  };

  return {
    async next(sinceUs, maxRows) {
      const stamps = await unread(sinceUs, maxRows);
      if (stamps.length === 0) return undefined;
      const heard = await readBatches(store, stamps);
      for (const us of stamps) read.add(us);
      // What is not asked for again need not be remembered.
      for (const us of read) if (us < sinceUs - 2 * LATE_US) read.delete(us);
      return heard;
    },
    forget: () => read.clear(),
  };
}

interface FeedRow {
  readonly us: string | number;
  readonly kind: 'dialog' | 'edge' | 'channel';
  readonly node: NodeKey;
  readonly since_us: string | number;
  readonly until_us: string | number;
  readonly line: string;
}

async function readBatches(store: Store, stamps: readonly number[]): Promise<Heard> {
  // Moments as literals: they are whole numbers of our own making, and a list of them may be long.
  const among = stamps.map((us) => `fromUnixTimestamp64Micro(${Math.trunc(us)})`).join(', ');
  const rows = await store.select<FeedRow>(
    `SELECT toUnixTimestamp64Micro(arrived) AS us, kind, node, toUnixTimestamp64Micro(since) AS since_us,
            toUnixTimestamp64Micro(until) AS until_us, line
     FROM feed WHERE arrived IN (${among})`,
    {},
    { maxSeconds: 60 },
  );
  const dialogs: Heard['dialogs'][number][] = [];
  const edges: Heard['edges'][number][] = [];
  const channels: Heard['channels'][number][] = [];
  for (const { us, kind, node, since_us, until_us, line } of rows) {
    const writtenUs = Number(us);
    if (kind === 'dialog') dialogs.push({ node, line, writtenUs });
    else if (kind === 'channel') channels.push({ node, writtenUs });
    else edges.push({ edge: readEdge(node, Number(since_us), Number(until_us), line), writtenUs });
  }
  return { dialogs, edges, channels };
}
