import { expect, test } from 'vitest';
import { createRepeats } from '../../../api/access/repeats.ts';

test('what is said again is known for a while, and what goes on is said anew when the while is over', () => {
  const repeats = createRepeats(60_000);
  const at = [0, 30_000, 59_999, 60_000, 119_999, 120_000];
  expect(at.map((ms) => repeats.has(['rita', 'a'], ms))).toEqual([false, true, true, false, true, false]);
  expect(repeats.has(['rita', 'b'], 120_000)).toBe(false);
  // Two texts are not the same as one.
  expect(repeats.has(['rita a'], 120_000)).toBe(false);
});

test('no more than ten thousand are remembered, and the oldest are forgotten', () => {
  const repeats = createRepeats(60_000);
  for (let i = 0; i <= 10_000; i++) expect(repeats.has([String(i)], 0)).toBe(false);
  expect([repeats.has(['10000'], 1), repeats.has(['0'], 1)]).toEqual([true, false]);
});
