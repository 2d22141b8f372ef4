import { expect, test } from 'vitest';
import { growthOf, type Sample, slopeOf } from './steady.ts';

const sampleAt = (seconds: number, more: Partial<Sample>): Sample => ({
  ...{
    seconds,
    sent: 0,
    taken: 0,
    stored: 0,
    waiting: 0,
    lost: 0,
    lagSeconds: 1,
    linkerLagSeconds: 20,
    processMb: 300,
    engineMb: 900,
    files: 80,
  },
  ...{ searches: 0, slowestSearchMs: 0 },
  ...more,
});

test('what goes up and down is steady, what grows is seen, and the first half does not count', () => {
  const at = (of: (n: number) => Partial<Sample>) =>
    growthOf(Array.from({ length: 40 }, (_, n) => sampleAt(n * 30, of(n))));
  const unsteady = (growth: ReturnType<typeof growthOf>): string[] =>
    growth.filter(({ isSteady }) => !isSteady).map(({ what }) => what);
  expect(unsteady(at((n) => ({ processMb: 300 + 30 * (n % 2), engineMb: 900 + 100 * Math.sin(n) })))).toEqual([]);
  expect(unsteady(at((n) => ({ processMb: Math.min(300, 100 + 20 * n) })))).toEqual([]);
  expect(unsteady(at((n) => ({ processMb: 300 + 3 * n })))).toEqual(['processMb']);
  expect(unsteady(at((n) => ({ files: 80 + n })))).toEqual(['files']);
  expect(unsteady(at((n) => ({ lagSeconds: 1 + n / 10 })))).toEqual(['lagSeconds']);
});

test('the line through points', () => {
  expect(
    slopeOf([
      [0, 1],
      [2, 5],
      [4, 9],
    ]),
  ).toBeCloseTo(2);
  expect(slopeOf([[3, 1]])).toBe(0);
});
