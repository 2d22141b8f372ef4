import { step } from '../../../core/detect/detector.ts';
import type { Finding } from '../../../core/detect/finding.ts';
import type { SeriesMinute } from '../../../core/detect/minute.ts';
import { DEFAULT_PARAMS, type DetectParams } from '../../../core/detect/params.ts';
import { emptyState, type SeriesState } from '../../../core/detect/state.ts';
import { createRandom } from '../../generate/random.ts';
import { createSampling } from '../../simulate/sampling.ts';

/** Monday 00:00 UTC, in minutes. */
export const MONDAY = Date.UTC(2026, 0, 5) / 60_000;
export const DAY = 1440;
/** The Wednesday of the fourth week, at ten: three weeks have been learnt. */
export const TEN = MONDAY + 23 * DAY + 600;

/** What happens in a minute: attempts that are expected, the part that fails, and whether a sensor is blind. */
export interface Scene {
  readonly rate: number;
  readonly ratio: number;
  readonly blind?: boolean;
}

/** Plays minutes from `from` to `to` into the state, with a scene for each, and answers all findings. */
export interface Player {
  readonly state: SeriesState;
  play(from: number, to: number, sceneOf: (minute: number) => Scene): Finding[];
}

export function createPlayer(seed: number, params: DetectParams = DEFAULT_PARAMS): Player {
  const state = emptyState();
  const sampling = createSampling(createRandom(seed));
  return {
    state,
    play: (from, to, sceneOf) => {
      const found: Finding[] = [];
      for (let minute = from; minute < to; minute++) {
        const { rate, ratio, blind } = sceneOf(minute);
        const attempts = sampling.poisson(rate);
        const counted: SeriesMinute = {
          minute,
          attempts,
          failed: sampling.binomial(attempts, ratio),
          blind: blind ?? false,
        };
        found.push(...step(state, counted, params));
      }
      return found;
    },
  };
}

/** Calls by day, few at night; Sundays are quiet; one in twenty fails. */
export const usual = (minute: number): Scene => {
  const hour = Math.floor(minute / 60) % 24;
  const sunday = Math.floor((minute - MONDAY) / DAY) % 7 === 6;
  return { rate: (hour >= 7 && hour < 20 ? 12 : 1) * (sunday ? 0.3 : 1), ratio: 0.05 };
};
