import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAddressWriter } from '../../web/address.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first address is written at once, of many that follow quickly the last one', () => {
  const written: string[] = [];
  const { write } = createAddressWriter((address) => written.push(address));
  for (let i = 0; i < 100; i += 1) write(`/${i}`);
  expect(written).toEqual(['/0']);
  vi.advanceTimersByTime(1000);
  expect(written).toEqual(['/0', '/99']);
  write('/later');
  expect(written).toEqual(['/0', '/99', '/later']);
});

test('never more than 100 in 30 s, which is where Safari throws', () => {
  let count = 0;
  const { write } = createAddressWriter(() => (count += 1));
  for (let ms = 0; ms < 30_000; ms += 30) {
    write(`/${ms}`);
    vi.advanceTimersByTime(30);
  }
  expect(count).toBeGreaterThan(50);
  expect(count).toBeLessThan(100);
});

test('what was cancelled is not written into the address of the next page', () => {
  const written: string[] = [];
  const { write, cancel } = createAddressWriter((address) => written.push(address));
  write('/a');
  write('/b');
  cancel();
  vi.advanceTimersByTime(1000);
  expect(written).toEqual(['/a']);
});
