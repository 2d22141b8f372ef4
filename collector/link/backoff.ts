import { setTimeout as sleep } from 'node:timers/promises';

/** The shortest and the longest wait between two attempts, before jitter. */
export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: BackoffLimits = { minMs: 500, maxMs: 30_000 };

export interface Backoff {
  /** How long to wait after so many failures in a row, from 0, in milliseconds. */
  delayMs(attempt: number): number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  pause(ms: number): Promise<void>;
}

/** @param random 0 ≤ x < 1 */
export function createBackoff(limits: BackoffLimits, random: () => number, signal: AbortSignal): Backoff {
  const { minMs, maxMs } = limits;
  return {
    // Doubles up to the maximum; the upper half is jitter, so that collectors do not come back all at once.
    delayMs: (attempt) => Math.min(maxMs, minMs * 2 ** Math.min(attempt, 20)) * (0.5 + random() / 2),
    pause: (ms) =>
      sleep(ms, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      }),
  };
}
