import type { Finding } from './finding.ts';
import { remember } from './history.ts';
import { closeWhenCalm, findingOf, openWhenHigh } from './hysteresis.ts';
import { MINUTES_A_DAY, type SeriesMinute } from './minute.ts';
import { betweenHours } from './numbers.ts';
import { DEFAULT_PARAMS, type DetectParams } from './params.ts';
import { RECENT_MINUTES } from './recent.ts';
import { needsFit, refit } from './refit.ts';
import { learnLevel, levelOf, score } from './score.ts';
import { NOT_BLIND, noLevel, type SeriesState } from './state.ts';

const HEARD = { silent: false } as const;
const NOTHING: readonly Finding[] = [];

/**
 * Takes the next minute of one series into its state, in place, and says what it found: mostly nothing. Minutes come in
 * order and once they are over; one that is not newer than the last is ignored. `parent` is the state of the series that
 * this one is a part of, which has seen the same minute already.
 */
export function step(
  state: SeriesState,
  minute: SeriesMinute,
  params: DetectParams = DEFAULT_PARAMS,
  parent?: SeriesState,
): readonly Finding[] {
  if (minute.minute <= state.lastMinute) return NOTHING;
  if (state.firstMinute < 0) state.firstMinute = minute.minute;
  state.lastMinute = minute.minute;
  if (needsFit(state, minute.minute)) refit(state, minute.minute, params, parent?.profile ?? undefined);
  const { profile } = state;
  const usual = profile === null ? 0 : betweenHours(profile.rate, minute.minute);
  const ratio = profile === null ? 0 : betweenHours(profile.ratio, minute.minute);
  const expected = usual * levelOf(state, parent);

  const guard = guarded(state, minute, params);
  if (guard.silent) {
    note(state, minute, true, expected, ratio);
    return guard.found === undefined ? NOTHING : [guard.found];
  }
  remember(state.history, minute);
  if (profile !== null) {
    score(state, minute, profile, expected, ratio, params);
    learnLevel(state, minute.attempts, usual);
  }
  note(state, minute, false, expected, ratio);
  const judged = profile !== null && minute.minute - state.firstMinute >= params.learnDays * MINUTES_A_DAY;
  const change = judged ? changed(state, minute.minute, params, parent) : undefined;
  if (guard.found === undefined && change === undefined) return NOTHING;
  return [guard.found, change].filter((one) => one !== undefined);
}

function changed(state: SeriesState, minute: number, params: DetectParams, parent?: SeriesState): Finding | undefined {
  if (state.open === null) return openWhenHigh(state, minute, params);
  const finding = closeWhenCalm(state, state.open, minute, params);
  if (finding?.state === 'accepted') {
    // The last six hours are the new level; it is fitted at once and stays until days have shown it.
    state.levelSince = Math.floor(minute / 60) - 6;
    state.level = noLevel();
    refit(state, minute, params, parent?.profile ?? undefined);
  }
  return finding;
}

/** The guard: of a blind minute, and of the few after it, nothing is said but that it was blind. */
function guarded(
  state: SeriesState,
  { minute, blind }: SeriesMinute,
  params: DetectParams,
): { silent: boolean; found?: Finding } {
  const finding = (is: 'opened' | 'closed'): Finding => {
    const about = {
      kind: 'blind',
      test: 'sensor',
      sinceMinute: state.blindSince,
      openedMinute: minute,
      calm: 0,
    } as const;
    return findingOf(state, about, minute, is, params);
  };
  if (blind) {
    state.guardUntil = minute + 1 + params.blindTail;
    if (state.blindSince !== NOT_BLIND) return { silent: true };
    state.blindSince = minute;
    return { silent: true, found: finding('opened') };
  }
  if (minute < state.guardUntil) return { silent: true };
  if (state.blindSince === NOT_BLIND) return HEARD;
  const found = finding('closed');
  state.blindSince = NOT_BLIND;
  return { silent: false, found };
}

function note(state: SeriesState, minute: SeriesMinute, blind: boolean, expected: number, ratio: number): void {
  const { recent, scores } = state;
  const slot = minute.minute % RECENT_MINUTES;
  recent.minute[slot] = minute.minute;
  recent.attempts[slot] = minute.attempts;
  recent.failed[slot] = minute.failed;
  recent.blind[slot] = blind ? 1 : 0;
  recent.expectedAttempts[slot] = expected;
  recent.expectedRatio[slot] = ratio;
  recent.slow[slot] = scores.slow;
  recent.fast[slot] = scores.fast;
  recent.vanished[slot] = scores.vanished;
}
