import { MINUTES_A_DAY, type SeriesMinute } from './minute.ts';
import { clamp } from './numbers.ts';
import type { DetectParams } from './params.ts';
import type { Profile } from './profile.ts';
import { RECENT_MINUTES } from './recent.ts';
import { binomialScore, leakStep, vanishedStep, weatherRatio } from './scores.ts';
import type { SeriesState } from './state.ts';

/** The fast test looks at the last 1 to 10 minutes: an outage of a busy series shows in one, of a quiet one in all. */
export const FAST_WINDOW = 10;
/** Standard deviations of the weather that each test lets pass: what lasts may stray less than what is short. */
export const SLOW_WEATHER = 1;
export const FAST_WEATHER = 2;

/** Today's level is that of about the last hour, or of a third of it where that is lower: holidays begin in the morning. */
const HOUR_KEPT = 1 - 1 / 60;
const THIRD_KEPT = 1 - 1 / 20;
/** So many attempts, as expected, weigh against what these say of today's level. */
const LEVEL_PRIOR = 4;

/**
 * Today's level against the usual one: at most 1, as more calls than usual make no call missing, and at most that of the
 * series that this one is a part of, which knows sooner that it is a holiday.
 */
export function levelOf({ level }: SeriesState, parent?: SeriesState): number {
  const part = (seen: number, expected: number): number => (seen + LEVEL_PRIOR) / (expected + LEVEL_PRIOR);
  const own = Math.min(part(level.hourSeen, level.hourExpected), part(level.thirdSeen, level.thirdExpected));
  return clamp(own, 0.05, parent === undefined ? 1 : levelOf(parent));
}

/** Takes a minute into today's level, in place. What is found must not become the level by itself. */
export function learnLevel({ open, level }: SeriesState, attempts: number, usual: number): void {
  if (open !== null) return;
  level.hourSeen = level.hourSeen * HOUR_KEPT + attempts;
  level.hourExpected = level.hourExpected * HOUR_KEPT + usual;
  level.thirdSeen = level.thirdSeen * THIRD_KEPT + attempts;
  level.thirdExpected = level.thirdExpected * THIRD_KEPT + usual;
}

/** Where the sum of a test stops. While thresholds are learnt it may climb as high as they may become. */
export function capOf(state: SeriesState, test: 'slow' | 'vanished', params: DetectParams): number {
  const learning = state.lastMinute - state.firstMinute < params.learnDays * MINUTES_A_DAY;
  if (learning) return params[test] * params.ceiling;
  return params.cap * state.thresholds[test] * Math.max(1, params.scale);
}

/** The three scores after this minute, in place. */
export function score(
  state: SeriesState,
  { minute, attempts, failed }: SeriesMinute,
  { rho, spread }: Profile,
  expected: number,
  ratio: number,
  params: DetectParams,
): void {
  const sum = (test: 'slow' | 'vanished', add: number): void => {
    const before = state.scores[test];
    state.scores[test] = clamp(before + add, 0, capOf(state, test, params));
    if (before === 0 && state.scores[test] > 0) state.since[test] = minute;
  };
  sum('slow', leakStep(attempts, failed, weatherRatio(ratio, rho, SLOW_WEATHER), params.leakOdds));
  sum('vanished', vanishedStep(attempts, expected, params.vanishedShare, spread));
  fast(state, minute, attempts, failed, weatherRatio(ratio, rho, FAST_WEATHER), params.minFailed);
  if (state.open !== null) return;
  const { today, scores } = state;
  today.slow = Math.max(today.slow, scores.slow);
  today.fast = Math.max(today.fast, scores.fast);
  today.vanished = Math.max(today.vanished, scores.vanished);
}

/** The best of all windows that end here and hold no blind minute. */
function fast(
  state: SeriesState,
  minute: number,
  attempts: number,
  failed: number,
  weather: number,
  minFailed: number,
): void {
  const { recent } = state;
  let [n, x, best, since] = [attempts, failed, 0, minute];
  for (let back = 0; back < FAST_WINDOW; back++) {
    if (back > 0) {
      const slot = (minute - back) % RECENT_MINUTES;
      if (recent.minute[slot] !== minute - back || recent.blind[slot] === 1) break;
      n += recent.attempts[slot]!;
      x += recent.failed[slot]!;
    }
    const window = x < minFailed ? 0 : binomialScore(n, x, weather);
    if (window > best) [best, since] = [window, minute - back];
  }
  state.scores.fast = best;
  state.since.fast = since;
}
