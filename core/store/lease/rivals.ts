import type { LeaseRow } from './lease-rows.ts';

/** What one process has seen of the others, by its own clock alone. */
export interface Rivals {
  /**
   * Takes in what was read, and answers the others that may hold the lease, or take it, now: whoever was alive last; those
   * that hold it first, then by name, which is the same order for everybody who looks.
   *
   * A reading may take seconds, and may answer with what was written at any moment of it. So what it shows to be alive is so
   * from its end, and what has not moved since is known to stand still until its beginning.
   *
   * @param beganMs when the reading began
   * @param endedMs when it had answered
   */
  alive(rows: readonly LeaseRow[], beganMs: number, endedMs: number): LeaseRow[];
}

/**
 * A row that moves is alive, and so is one that is seen for the first time; one that has stood still for `deadMs` is not.
 * As no time of another machine is looked at, clocks may differ and step as they like.
 */
export function createRivals(me: string, deadMs: number): Rivals {
  const seen = new Map<string, { readonly row: LeaseRow; readonly sinceMs: number }>();
  return {
    alive(rows, beganMs, endedMs) {
      for (const row of rows) {
        const before = seen.get(row.holder);
        if (before === undefined || before.row.beat < row.beat) seen.set(row.holder, { row, sinceMs: endedMs });
      }
      // Whoever holds or held the lease last did so after all of a lower term were dead.
      const top = Math.max(0, ...[...seen.values()].map(({ row }) => (wasHeld(row) ? row.term : 0)));
      for (const [holder, { row }] of seen) if (row.term < top) seen.delete(holder);
      return [...seen.values()]
        .filter(({ row, sinceMs }) => row.holder !== me && isWanted(row) && beganMs - sinceMs < deadMs)
        .map(({ row }) => row)
        .sort(byRank);
    },
  };
}

const wasHeld = ({ state }: LeaseRow): boolean => state === 'held' || state === 'released';
const isWanted = ({ state }: LeaseRow): boolean => state === 'held' || state === 'claim';

/** Below 0 when `a` comes first. */
export const byRank = (a: LeaseRow, b: LeaseRow): number =>
  Number(b.state === 'held') - Number(a.state === 'held') || (a.holder < b.holder ? -1 : a.holder > b.holder ? 1 : 0);
