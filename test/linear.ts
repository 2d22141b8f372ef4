import { expect } from 'vitest';

/** An eighth of the input takes an eighth of the time, or a 64th where the time is a square; this lies between. */
const MAX_RATIO = 24;
const TRIES = 12;
/** What the machine or the garbage collection was doing passes in this many; a square stays one. */
const MAX_TRIES = 150;

function msOf(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

/**
 * Expects that `work` takes a time in proportion to the size it is given. Times of one machine are compared with each
 * other only, and below a tenth of a millisecond with nothing. Both sizes take turns, so that a slow moment meets both,
 * and the best time of each counts: what the code needs, not what the machine was doing.
 */
export function expectLinear(work: (size: number) => void, size: number): void {
  let part = Number.POSITIVE_INFINITY;
  let whole = Number.POSITIVE_INFINITY;
  const bound = (): number => Math.max(0.1, part) * MAX_RATIO;
  for (let i = 0; i < TRIES || (i < MAX_TRIES && whole >= bound()); i++) {
    part = Math.min(
      part,
      msOf(() => work(size >> 3)),
    );
    whole = Math.min(
      whole,
      msOf(() => work(size)),
    );
  }
  expect(whole).toBeLessThan(bound());
}
