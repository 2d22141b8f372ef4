import { randomUUID } from 'node:crypto';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { READ_LAST } from '../../core/store/cluster.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import type { Count } from './tally.ts';

/** The counts of each pass, written once, whoever writes them. */
export interface OutcomeRows {
  /**
   * What was counted since, by any process, and is remembered in the store. The counts of these passes are written again:
   * who counted them may have ended before they were.
   */
  recall(sinceUs: number): Promise<readonly { readonly names: Uint8Array; readonly arrivedUs: number }[]>;
  /**
   * Writes the counts, and those that could not be written before, in the order in which they came.
   * @param names of what was counted, as another process will be told
   * @returns whether all of them are stored now
   */
  write(counts: readonly Count[], names: Uint8Array, nowUs: number): Promise<boolean>;
}

interface Pass {
  readonly counts: readonly Count[];
  readonly names: Uint8Array;
  readonly token: string;
  /** When it was noted in the store that these are counted; epoch µs. */
  notedUs?: number;
}

/** Passes whose counts wait for a store that is away: half an hour of them; what is older is given up and counted. */
const MAX_WAITING = 180;

/**
 * What a pass counted is noted in the store first, in one row and so wholly or not at all, and then written as counts under
 * the token of that note. Killed before the note, the calls are counted by the next process, which hears of them again;
 * killed after it, the next one finds the note, counts none of its calls and writes its counts: stored under the same
 * token, they are stored once. What could not be written is tried again with the next pass; it then arrives late, and says so.
 */
export function createOutcomeRows(store: Store, metrics: Pick<Metrics, 'lost' | 'stored'>, log: Log): OutcomeRows {
  const process = randomUUID();
  const waiting: Pass[] = [];
  let passes = 0;

  const note = async (pass: Pass, nowUs: number): Promise<number> => {
    const { counts, names, token } = pass;
    if (pass.notedUs === undefined) {
      await store.insert('counted', [{ token, arrived: nowUs, names, counts: JSON.stringify(counts) }], token);
    }
    pass.notedUs ??= nowUs;
    return pass.notedUs;
  };

  return {
    async recall(sinceUs) {
      const rows = await store.select<{ token: string; us: string | number; hashes: string; counts: string }>(
        `SELECT token, toUnixTimestamp64Micro(arrived) AS us, hex(names) AS hashes, counts FROM counted
         WHERE arrived >= fromUnixTimestamp64Micro({since:Int64}) ORDER BY arrived ${READ_LAST}`,
        { since: Math.max(0, Math.trunc(sinceUs)) },
        { maxSeconds: 60 },
      );
      for (const { token, us, counts } of rows) {
        await store.insert('outcomes', (JSON.parse(counts) as Count[]).map(rowAt(Number(us))), token);
      }
      return rows.map(({ us, hashes }) => ({ arrivedUs: Number(us), names: Buffer.from(hashes, 'hex') }));
    },
    async write(counts, names, nowUs) {
      if (counts.length > 0 || names.length > 0) {
        waiting.push({ counts, names, token: `outcomes ${process} ${passes++}` });
      }
      if (waiting.length > MAX_WAITING) {
        const given = waiting.shift();
        metrics.lost('store', 'outcomes', given?.counts.length);
      }
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        try {
          await store.insert('outcomes', next.counts.map(rowAt(await note(next, nowUs))), next.token);
        } catch (error) {
          log.warn(`counts of calls wait to be stored: ${reasonOf(error)}`);
          return false;
        }
        metrics.stored('outcomes', next.counts.length);
        waiting.shift();
      }
      return true;
    },
  };
}

const rowAt =
  (arrived: number) =>
  ({ root, samples, stage, ...count }: Count): Row<'outcomes'> => ({
    ...count,
    // What an earlier version noted has none.
    stage: stage ?? '',
    arrived,
    root: root ? 1 : 0,
    samples: samples.length === 0 ? '' : JSON.stringify(samples),
  });
