import type { SeriesMinute } from './minute.ts';

/** Minutes that are kept with what was expected of them: a decision is drawn again from these. */
export const RECENT_MINUTES = 240;

/**
 * A minute as the detector saw it. Scores are those after this minute. `blind` are also the minutes after a blind one, of
 * which nothing is said either. `expectedAttempts` is at the level of today.
 */
export interface SeenMinute extends SeriesMinute {
  readonly expectedAttempts: number;
  /** The usual part that fails. */
  readonly expectedRatio: number;
  readonly slow: number;
  readonly fast: number;
  readonly vanished: number;
}

/** Columns of the last minutes, each in slot `minute % RECENT_MINUTES`. */
export interface Recent {
  readonly minute: number[];
  readonly attempts: number[];
  readonly failed: number[];
  readonly blind: number[];
  readonly expectedAttempts: number[];
  readonly expectedRatio: number[];
  readonly slow: number[];
  readonly fast: number[];
  readonly vanished: number[];
}

const column = (value: number): number[] => new Array<number>(RECENT_MINUTES).fill(value);

export const emptyRecent = (): Recent => ({
  minute: column(-1),
  attempts: column(0),
  failed: column(0),
  blind: column(0),
  expectedAttempts: column(0),
  expectedRatio: column(0),
  slow: column(0),
  fast: column(0),
  vanished: column(0),
});

/** The kept minutes from `since` to `until`, both included, oldest first. */
export function seenBetween(recent: Recent, since: number, until: number): SeenMinute[] {
  const seen: SeenMinute[] = [];
  for (let minute = Math.max(since, until - RECENT_MINUTES + 1); minute <= until; minute++) {
    const slot = minute % RECENT_MINUTES;
    if (recent.minute[slot] !== minute) continue;
    seen.push({
      minute,
      attempts: recent.attempts[slot]!,
      failed: recent.failed[slot]!,
      blind: recent.blind[slot] === 1,
      expectedAttempts: recent.expectedAttempts[slot]!,
      expectedRatio: recent.expectedRatio[slot]!,
      slow: recent.slow[slot]!,
      fast: recent.fast[slot]!,
      vanished: recent.vanished[slot]!,
    });
  }
  return seen;
}
