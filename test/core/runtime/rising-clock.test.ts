import { expect, test } from 'vitest';
import { createRisingClock } from '../../../core/runtime/rising-clock.ts';

test('moments rise, go along with a clock that is put forward, and go on where they were when it is put back', () => {
  let [wall, steady] = [1_000_000, 50];
  const now = createRisingClock(
    () => wall,
    () => steady,
  );
  const pass = (ms: number, step = 0): number => {
    steady += ms;
    wall += ms + step;
    return now();
  };
  const first = now();
  expect(first - 1_000_000_000).toBeGreaterThanOrEqual(0);
  expect(first - 1_000_000_000).toBeLessThan(1000);
  const again = now();
  expect(again).toBeGreaterThan(first);
  const forward = pass(1000, 7_200_000);
  expect(Math.floor(forward / 1000)).toBe(1_000_000 + 1000 + 7_200_000);
  const back = pass(1000, -7_200_000);
  expect(back - forward).toBe(1_000_000);
  expect(pass(0)).toBeGreaterThan(back);
});
