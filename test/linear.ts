import { expect } from 'vitest';

/** An eighth of the input takes an eighth of the time, or a 64th where the time is a square; this lies between. */
const MAX_RATIO = 24;
const TRIES = 12;

/** The best of several tries: what the code needs, not what the machine was doing. */
function bestMs(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES; i++) {
    const from = performance.now();
    work();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}

/**
 * Expects that `work` takes a time in proportion to the size it is given. Times of one machine are compared with each
 * other only, and below a tenth of a millisecond with nothing.
 */
export function expectLinear(work: (size: number) => void, size: number): void {
  const part = Math.max(
    0.1,
    bestMs(() => work(size >> 3)),
  );
  expect(bestMs(() => work(size))).toBeLessThan(part * MAX_RATIO);
}
