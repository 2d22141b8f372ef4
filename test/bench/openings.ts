import type { Store } from '../../core/store/store.ts';
import { percentile } from './measured.ts';
import { callIdSql, dialogSql, dialogsOf, type Traffic } from './traffic-sql.ts';

/**
 * What the diagnosis of a call costs when nobody has opened a call of its ten minutes yet (what is usual at the site is learnt
 * then, api/near/site.ts), and what that of another one of the same ten minutes costs behind it.
 */

/** As api/near/site.ts has them. */
const SLOT_US = 600_000_000;
/** More of the first ten minutes are for the caches of the operating system and of the compiler. */
const UNCOUNTED = 4;
/** Dialogs whose calls have a single leg, next to each other. */
const LONE = 5;

export interface Opening {
  readonly first: string;
  readonly following: string;
}

/** Two Call-IDs of each of so many stretches of ten minutes, spread over all of the stored time. */
export async function openingsOf(store: Store, traffic: Traffic, count: number): Promise<readonly Opening[]> {
  const dayUs = 86_400_000_000;
  const slots = Math.floor((traffic.days * dayUs) / SLOT_US) - 2;
  const some = Math.min(count + UNCOUNTED, slots);
  const begin = Math.ceil(traffic.firstUs / SLOT_US) * SLOT_US;
  const dialogAt = (us: number): number =>
    Math.floor((((us - traffic.firstUs) / (traffic.days * dayUs)) * dialogsOf(traffic)) / LONE) * LONE;
  const dialogs = Array.from({ length: some }, (_, i) => {
    const slotUs = begin + Math.floor((i * slots) / some) * SLOT_US;
    return [dialogAt(slotUs + SLOT_US / 4), dialogAt(slotUs + SLOT_US / 2)] as const;
  });
  return Promise.all(
    dialogs.map(async ([a, b]) => {
      const [row] = await store.select<Opening>(
        `SELECT ${callIdSql(dialogSql(a))} AS first, ${callIdSql(dialogSql(b))} AS following`,
      );
      if (row === undefined) throw new Error('a select without a table answers one row');
      return row;
    }),
  );
}

/** @param spent CPU milliseconds of the product so far */
export async function askOpenings(
  openings: readonly Opening[],
  get: (path: string) => Promise<string>,
  spent: () => number,
): Promise<string> {
  const asked = { first: { ms: [] as number[], cpuMs: 0 }, following: { ms: [] as number[], cpuMs: 0 } };
  for (const [i, opening] of openings.entries()) {
    for (const which of ['first', 'following'] as const) {
      const [before, from] = [spent(), performance.now()];
      const text = await get(`/api/calls/${encodeURIComponent(opening[which])}/diagnosis`);
      const ms = performance.now() - from;
      if (!text.includes('"verdicts"')) throw new Error(`the diagnosis of ${opening[which]} is none: ${text}`);
      if (i < UNCOUNTED) continue;
      asked[which].ms.push(ms);
      asked[which].cpuMs += spent() - before;
    }
  }
  const told = Object.entries(asked).map(([which, { ms, cpuMs }]) => {
    const [p50, p95, max] = [50, 95, 100].map((percent) => percentile(ms, percent).toFixed(0));
    return `${which} p50 ${p50} ms, p95 ${p95} ms, max ${max} ms, CPU ${(cpuMs / ms.length).toFixed(0)} ms`;
  });
  return `diagnosis of a call of its ten minutes: ${told.join('; ')}`;
}
