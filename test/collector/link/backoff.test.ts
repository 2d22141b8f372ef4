import { describe, expect, it } from 'vitest';
import { createBackoff } from '../../../collector/link/backoff.ts';

const LIMITS = { minMs: 500, maxMs: 30_000 };

describe('createBackoff', () => {
  it('doubles the wait up to the maximum, and stays there', () => {
    const { signal } = new AbortController();
    const { delayMs } = createBackoff(LIMITS, () => 1, signal);
    expect([0, 1, 2, 5, 6, 7, 1e9].map(delayMs)).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('takes half of the wait from chance', () => {
    const { signal } = new AbortController();
    expect(createBackoff(LIMITS, () => 0, signal).delayMs(1)).toBe(500);
    expect(createBackoff(LIMITS, () => 0.5, signal).delayMs(1)).toBe(750);
  });

  it('ends a pause as soon as the signal is aborted', async () => {
    const stopping = new AbortController();
    const paused = createBackoff(LIMITS, () => 0, stopping.signal).pause(3_600_000);
    stopping.abort();
    await expect(paused).resolves.toBeUndefined();
  });
});
