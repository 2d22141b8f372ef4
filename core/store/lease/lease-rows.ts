import { READ_LAST } from '../cluster.ts';
import type { Store } from '../store.ts';

/** "claim": wants it; "held": has it; "withdrawn": wanted it; "released": had it, and let it go. */
export type LeaseState = 'claim' | 'held' | 'withdrawn' | 'released';

/** The last word of one process about a lease. */
export interface LeaseRow {
  /** Of one process's life: another start is another holder. */
  readonly holder: string;
  readonly state: LeaseState;
  /** Rises with each holder; what was written under a lower one is of somebody who has lost it. */
  readonly term: number;
  /** Moves with each word, so that a row that stands still is one that nobody renews. */
  readonly beat: number;
}

export interface LeaseRows {
  read(): Promise<LeaseRow[]>;
  write(row: LeaseRow): Promise<void>;
}

/** A question about a few rows that takes longer than this is no answer in time. */
const READ_SECONDS = 5;

export function createLeaseRows(store: Pick<Store, 'select' | 'insert'>, name: string): LeaseRows {
  return {
    async read() {
      const rows = await store.select<{ holder: string; told: [LeaseState, string | number]; last: string | number }>(
        `SELECT holder, argMax((state, term), beat) AS told, max(beat) AS last FROM leases
         WHERE name = {name:String} GROUP BY holder ${READ_LAST}`,
        { name },
        { maxSeconds: READ_SECONDS },
      );
      return rows.map(({ holder, told: [state, term], last }) => ({
        ...{ holder, state },
        term: Number(term),
        beat: Number(last),
      }));
    },
    write: ({ holder, state, term, beat }) =>
      store.insert(
        'leases',
        [{ name, holder, state, term, beat, arrived: Date.now() * 1000 }],
        `lease ${name} ${holder} ${beat}`,
      ),
  };
}
