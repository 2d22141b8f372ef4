import { randomUUID } from 'node:crypto';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import type { Count } from './tally.ts';

/** The counts of each pass, written once. */
export interface OutcomeRows {
  /**
   * Writes the counts, and those that could not be written before, in the order in which they came.
   * @returns whether all of them are stored now
   */
  write(counts: readonly Count[], nowUs: number): Promise<boolean>;
}

/** Passes whose counts wait for a store that is away: half an hour of them; what is older is given up and counted. */
const MAX_WAITING = 180;

/**
 * One insert a pass, under a token of its own: a repetition of what may have been stored stores nothing twice. What could
 * not be written is tried again with the next pass; it then arrives late, and says so.
 */
export function createOutcomeRows(store: Store, metrics: Pick<Metrics, 'lost' | 'stored'>, log: Log): OutcomeRows {
  const process = randomUUID();
  const waiting: { readonly counts: readonly Count[]; readonly token: string }[] = [];
  let passes = 0;
  return {
    async write(counts, nowUs) {
      if (counts.length > 0) waiting.push({ counts, token: `outcomes ${process} ${passes++}` });
      if (waiting.length > MAX_WAITING) {
        const given = waiting.shift();
        metrics.lost('store', 'outcomes', given?.counts.length);
      }
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        try {
          await store.insert('outcomes', next.counts.map(rowAt(nowUs)), next.token);
        } catch (error) {
          log.warn(`counts of calls wait to be stored: ${error instanceof Error ? error.message : error}`);
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
  ({ root, samples, ...count }: Count): Row<'outcomes'> => ({
    ...count,
    arrived,
    root: root ? 1 : 0,
    samples: samples.length === 0 ? '' : JSON.stringify(samples),
  });
