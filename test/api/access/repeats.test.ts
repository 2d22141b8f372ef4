import { expect, test } from 'vitest';
import { createRepeats } from '../../../api/access/repeats.ts';

test('what is asked again and again is known for ten minutes, also when the clock is put back', () => {
  const repeats = createRepeats();
  const at = (minutes: number, ...said: string[]): boolean => repeats.has(said, 1_000_000_000 + minutes * 60_000);
  expect([at(0, 'rita', 'a'), at(9, 'rita', 'a'), at(11, 'rita', 'a'), at(12, 'rita', 'a')]).toEqual([
    ...[false, true, false, true],
  ]);
  expect(at(0, 'rita', 'b')).toBe(false);
  expect(at(-60, 'rita', 'a')).toBe(false);
  // Two texts are not the same as one.
  expect(at(0, 'rita a')).toBe(false);
});

test('no more than ten thousand are remembered, and the oldest are forgotten', () => {
  const repeats = createRepeats();
  for (let i = 0; i <= 10_000; i++) expect(repeats.has([String(i)], 0)).toBe(false);
  expect([repeats.has(['10000'], 1), repeats.has(['0'], 1)]).toEqual([true, false]);
});
