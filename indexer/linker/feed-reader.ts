import { type DialogOutline, emptyOutline } from '../../core/call/dialog-outline.ts';
import { type Cells, numberOf, textOf } from '../../core/call/read/cells.ts';
import type { StoredEdge } from '../../core/call/read/edges.ts';
import { type EdgeKind, type NodeKey, readEvidence, type Tier } from '../../core/model/edge.ts';
import type { Store } from '../../core/store/store.ts';

/** What indexers wrote for the linker, a batch after the other. */
export interface Heard {
  readonly dialogs: readonly { readonly callId: string; readonly outline: DialogOutline; readonly writtenUs: number }[];
  /** As seen from their first end. */
  readonly edges: readonly { readonly edge: StoredEdge; readonly writtenUs: number }[];
  readonly channels: readonly { readonly node: NodeKey; readonly writtenUs: number }[];
}

const FEEDS = ['dialogs', 'joins', 'touched'] as const;

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
  const read = new Map<string, Set<number>>(FEEDS.map((feed) => [feed, new Set<number>()]));

  const unread = async (sinceUs: number, maxRows: number): Promise<Map<string, number[]>> => {
    const rows = await store.select<{ feed: string; us: string | number; n: string | number }>(
      `${FEEDS.map(
        (feed) => `SELECT '${feed}' AS feed, toUnixTimestamp64Micro(arrived) AS us, count() AS n FROM ${feed}
         WHERE arrived >= fromUnixTimestamp64Micro({since:Int64}) GROUP BY us`,
      ).join(' UNION ALL ')} ORDER BY us, feed`,
      { since: Math.max(0, sinceUs - LATE_US) },
      { maxSeconds: 60 },
    );
    const stamps = new Map<string, number[]>();
    let left = maxRows;
    for (const { feed, us, n } of rows) {
      if (read.get(feed)?.has(Number(us)) === true) continue;
      if (left <= 0) break;
      left -= Number(n);
      stamps.set(feed, [...(stamps.get(feed) ?? []), Number(us)]);
    }
    return stamps;
  };

  return {
    async next(sinceUs, maxRows) {
      const stamps = await unread(sinceUs, maxRows);
      if (stamps.size === 0) return undefined;
      const [dialogs, edges, channels] = await Promise.all([
        readDialogs(store, stamps.get('dialogs') ?? []),
        readJoins(store, stamps.get('joins') ?? []),
        readTouched(store, stamps.get('touched') ?? []),
      ]);
      for (const [feed, seen] of stamps) {
        const known = read.get(feed);
        for (const us of seen) known?.add(us);
        const newest = Math.max(...(known ?? [0]));
        for (const us of known ?? []) if (us < newest - 2 * LATE_US) known?.delete(us);
      }
      return { dialogs, edges, channels };
    },
    forget: () => {
      for (const seen of read.values()) seen.clear();
    },
  };
}

/** Moments as literals: they are whole numbers of our own making, and a list of them may be long. */
const among = (stamps: readonly number[]): string =>
  `arrived IN (${stamps.map((us) => `fromUnixTimestamp64Micro(${Math.trunc(us)})`).join(', ')})`;

const micros = (column: string): string => `toUnixTimestamp64Micro(${column}) AS ${column}_us`;

async function readDialogs(store: Store, stamps: readonly number[]): Promise<Heard['dialogs']> {
  if (stamps.length === 0) return [];
  const rows = await store.select<Cells>(
    `SELECT ${['arrived', 'since', 'until', 'named_at', 'ringing', 'bye'].map(micros).join(', ')}, call_id, named,
            method, from_user, from_name, from_tag, to_user, to_name, src, bye_tag, cancelled, finals, sensors
     FROM dialogs WHERE ${among(stamps)}`,
    {},
    { maxSeconds: 60 },
  );
  return rows.map((row) => ({
    callId: textOf(row, 'call_id'),
    outline: outlineOf(row),
    writtenUs: numberOf(row, 'arrived_us'),
  }));
}

function outlineOf(row: Cells): DialogOutline {
  const outline = emptyOutline();
  outline.sinceUs = numberOf(row, 'since_us');
  outline.untilUs = numberOf(row, 'until_us');
  const rank = numberOf(row, 'named');
  if (rank < 3) {
    outline.named = {
      rank,
      atUs: numberOf(row, 'named_at_us'),
      method: textOf(row, 'method'),
      from: { number: textOf(row, 'from_user'), name: textOf(row, 'from_name') },
      to: { number: textOf(row, 'to_user'), name: textOf(row, 'to_name') },
      fromTag: textOf(row, 'from_tag'),
      src: textOf(row, 'src'),
    };
  }
  outline.ringingUs = numberOf(row, 'ringing_us');
  outline.byeUs = numberOf(row, 'bye_us');
  outline.byeTag = textOf(row, 'bye_tag');
  outline.cancelled = numberOf(row, 'cancelled') === 1;
  for (const line of textOf(row, 'finals').split('\n')) {
    if (line === '') continue;
    const [from = '0', until = '0', ...key] = line.split(' ');
    outline.finals.push({ key: key.join(' '), firstUs: Number(from), lastUs: Number(until) });
  }
  for (const sensor of textOf(row, 'sensors').split('\n')) if (sensor !== '') outline.sensors.push(sensor);
  return outline;
}

async function readJoins(store: Store, stamps: readonly number[]): Promise<Heard['edges']> {
  if (stamps.length === 0) return [];
  const rows = await store.select<Cells>(
    `SELECT ${['arrived', 'since', 'until'].map(micros).join(', ')}, a, b, kind, tier, why, evidence
     FROM joins WHERE ${among(stamps)}`,
    {},
    { maxSeconds: 60 },
  );
  return rows.map((row) => ({
    writtenUs: numberOf(row, 'arrived_us'),
    edge: {
      node: textOf(row, 'a') as NodeKey,
      peer: textOf(row, 'b') as NodeKey,
      kind: textOf(row, 'kind') as EdgeKind,
      tier: textOf(row, 'tier') as Tier,
      why: textOf(row, 'why'),
      forward: true,
      sinceUs: numberOf(row, 'since_us'),
      untilUs: numberOf(row, 'until_us'),
      evidence: readEvidence(textOf(row, 'evidence')),
    },
  }));
}

async function readTouched(store: Store, stamps: readonly number[]): Promise<Heard['channels']> {
  if (stamps.length === 0) return [];
  const rows = await store.select<{ node: NodeKey; us: string | number }>(
    `SELECT node, toUnixTimestamp64Micro(arrived) AS us FROM touched WHERE ${among(stamps)}`,
    {},
    { maxSeconds: 60 },
  );
  return rows.map(({ node, us }) => ({ node, writtenUs: Number(us) }));
}
