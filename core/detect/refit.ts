import { MINUTES_A_DAY } from './minute.ts';
import { clamp, largest } from './numbers.ts';
import type { DetectParams } from './params.ts';
import { fitProfile, type Profile } from './profile.ts';
import type { PerTest, SeriesState } from './state.ts';

/** Days whose highest scores are remembered. */
const MAXIMA_DAYS = 28;
/** The threshold stands above all but one of those days: one bad day in a month does not lift it. */
const RANK = 2;
/**
 * So far above: a month to come is a little worse than the one that was seen. The slow test stands further off, as what it
 * says can wait and weather looks most like a leak.
 */
const MARGIN: PerTest<number> = { slow: 1.4, fast: 1.15, vanished: 1.25 };
/**
 * Once verdicts are given, a day tells at most this part of its threshold: an outage is no weather, and a series that pages
 * too often grows deaf by 3 % a day and not at once.
 */
const TOLD = 1.03;

/**
 * The daily re-fit, in place: what is usual, and how high each score climbs when nothing is wrong. `parent` is the profile
 * of the series that this one is a part of.
 */
export function refit(state: SeriesState, minute: number, params: DetectParams, parent?: Profile): void {
  const hour = Math.floor(minute / 60);
  const { priorAttempts } = params;
  const options = { priorAttempts, levelSince: state.levelSince, ...(parent === undefined ? {} : { parent }) };
  const fitted = state.profile !== null;
  state.profile = fitProfile(state.history, hour, options) ?? null;
  for (const test of ['slow', 'fast', 'vanished'] as const) {
    const days = state.maxima[test];
    const judged = minute - state.firstMinute > params.learnDays * MINUTES_A_DAY;
    const most = judged ? (TOLD * state.thresholds[test]) / MARGIN[test] : Number.MAX_VALUE;
    if (fitted) days.push(Math.min(most, state.today[test]));
    if (days.length > MAXIMA_DAYS) days.shift();
    state.today[test] = 0;
  }
  state.thresholds = thresholdsOf(state.maxima, params);
}

export const needsFit = (state: SeriesState, minute: number): boolean =>
  state.profile === null
    ? minute - state.firstMinute >= 7 * MINUTES_A_DAY && minute % 60 === 0
    : minute % MINUTES_A_DAY === 0 && state.profile.fittedAt * 60 < minute;

function thresholdsOf(maxima: PerTest<number[]>, params: DetectParams): PerTest<number> {
  const one = (test: keyof PerTest<number>): number =>
    clamp(MARGIN[test] * largest(maxima[test], RANK), params[test], params[test] * params.ceiling);
  return { slow: one('slow'), fast: one('fast'), vanished: one('vanished') };
}
