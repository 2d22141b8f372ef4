import type { Finding, FindingState } from './finding.ts';
import { remember } from './history.ts';
import { MINUTES_A_DAY, type SeriesMinute } from './minute.ts';
import { betweenHours, clamp } from './numbers.ts';
import { DEFAULT_PARAMS, type DetectParams } from './params.ts';
import type { Profile } from './profile.ts';
import { RECENT_MINUTES, seenBetween } from './recent.ts';
import { needsFit, refit } from './refit.ts';
import { binomialScore, leakStep, vanishedStep, weatherRatio } from './scores.ts';
import { NOT_BLIND, type OpenFinding, type SeriesState } from './state.ts';

/** The fast test looks at the last 1 to 5 minutes: an outage of a busy series in one, of a quiet one in all. */
const FAST_WINDOW = 5;
const CALM_WINDOW = 10;
/** Today's level is that of about the last hour: a holiday comes with the morning, an outage within a minute. */
const LEVEL_KEPT = 1 - 1 / 60;
/** So many attempts, as expected, weigh against what the last hour says of today's level. */
const LEVEL_PRIOR = 10;
const NOTHING: readonly Finding[] = [];
const TESTS = ['slow', 'fast', 'vanished'] as const;

/**
 * Takes the next minute of one series into its state, in place, and says what it found: mostly nothing. Minutes come in
 * order; one that is not newer than the last is ignored. `parent` is the state of the series that this one is a part of,
 * which has seen the same minute already.
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
  const mean = profile === null ? 0 : betweenHours(profile.rate, minute.minute);
  const ratio = profile === null ? 0 : betweenHours(profile.ratio, minute.minute);
  const found: Finding[] = [];
  if (minute.blind) {
    note(state, minute, mean, ratio);
    state.guardUntil = minute.minute + 1 + params.blindTail;
    if (state.blindSince === NOT_BLIND) {
      state.blindSince = minute.minute;
      found.push(blindFinding(state, minute.minute, 'opened', params));
    }
    return found;
  }
  if (state.blindSince !== NOT_BLIND && minute.minute >= state.guardUntil) {
    found.push(blindFinding(state, minute.minute, 'closed', params));
    state.blindSince = NOT_BLIND;
  }
  if (minute.minute < state.guardUntil) {
    note(state, minute, mean, ratio);
    return found;
  }
  remember(state.history, minute);
  if (profile !== null) score(state, minute, profile, mean, ratio, params);
  note(state, minute, mean, ratio);
  if (profile === null || minute.minute - state.firstMinute < params.learnDays * MINUTES_A_DAY) return found;
  const change = state.open === null ? opened(state, minute, params) : closed(state, state.open, minute, params);
  if (change !== undefined) found.push(change);
  return found.length === 0 ? NOTHING : found;
}

/** Today's level against the usual one: at most 1, as more calls than usual make no call missing. */
const levelOf = (state: SeriesState): number =>
  clamp((state.levelSeen + LEVEL_PRIOR) / (state.levelExpected + LEVEL_PRIOR), 0.05, 1);

function score(
  state: SeriesState,
  { minute, attempts, failed }: SeriesMinute,
  profile: Profile,
  mean: number,
  ratio: number,
  params: DetectParams,
): void {
  const { scores, thresholds, since, today } = state;
  const learning = minute - state.firstMinute < params.learnDays * MINUTES_A_DAY;
  const capOf = (test: 'slow' | 'vanished'): number =>
    learning ? params[test] * params.ceiling : params.cap * thresholds[test] * Math.max(1, params.scale);
  const sum = (test: 'slow' | 'vanished', step: number): void => {
    const before = scores[test];
    scores[test] = clamp(before + step, 0, capOf(test));
    if (before === 0 && scores[test] > 0) since[test] = minute;
  };
  sum('slow', leakStep(attempts, failed, weatherRatio(ratio, profile.rho, 1), params.leakOdds));
  const level = levelOf(state);
  sum('vanished', vanishedStep(attempts, mean * level, params.vanishedShare, profile.spread));
  const weather = weatherRatio(ratio, profile.rho, 2);
  let [n, x] = [attempts, failed];
  scores.fast = x < params.minFailed ? 0 : binomialScore(n, x, weather);
  since.fast = minute;
  for (let back = 1; back < FAST_WINDOW; back++) {
    const slot = (minute - back) % RECENT_MINUTES;
    if (state.recent.minute[slot] !== minute - back || state.recent.blind[slot] === 1) break;
    n += state.recent.attempts[slot]!;
    x += state.recent.failed[slot]!;
    const window = x < params.minFailed ? 0 : binomialScore(n, x, weather);
    if (window <= scores.fast) continue;
    scores.fast = window;
    since.fast = minute - back;
  }
  if (state.open === null) {
    for (const test of TESTS) today[test] = Math.max(today[test], scores[test]);
    state.levelSeen = state.levelSeen * LEVEL_KEPT + attempts;
    state.levelExpected = state.levelExpected * LEVEL_KEPT + mean;
  }
}

function note(state: SeriesState, minute: SeriesMinute, mean: number, ratio: number): void {
  const { recent, scores } = state;
  const slot = minute.minute % RECENT_MINUTES;
  recent.minute[slot] = minute.minute;
  recent.attempts[slot] = minute.attempts;
  recent.failed[slot] = minute.failed;
  recent.blind[slot] = minute.blind ? 1 : 0;
  recent.expectedAttempts[slot] = mean * levelOf(state);
  recent.expectedRatio[slot] = ratio;
  recent.slow[slot] = scores.slow;
  recent.fast[slot] = scores.fast;
  recent.vanished[slot] = scores.vanished;
}

function opened(state: SeriesState, { minute }: SeriesMinute, params: DetectParams): Finding | undefined {
  const test = TESTS.find((one) => state.scores[one] >= params.scale * state.thresholds[one]);
  if (test === undefined) return undefined;
  const kind = test === 'vanished' ? 'vanished' : 'failures';
  state.open = { kind, test, sinceMinute: state.since[test], openedMinute: minute, calm: 0 };
  return finding(state, state.open, minute, 'opened', params);
}

function closed(state: SeriesState, open: OpenFinding, { minute }: SeriesMinute, params: DetectParams): Finding | undefined {
  open.calm = isCalm(state, open, minute, params) ? open.calm + 1 : 0;
  const accepted = minute - open.openedMinute >= params.acceptMinutes;
  if (open.calm < params.calmMinutes && !accepted) return undefined;
  const last = finding(state, open, minute, accepted ? 'accepted' : 'closed', params);
  state.open = null;
  for (const test of TESTS) state.scores[test] = 0;
  if (accepted) {
    // What was the last six hours is the new level; it is fitted at once and stays until days have shown it.
    state.levelSince = Math.floor(minute / 60) - 6;
    state.levelSeen = 0;
    state.levelExpected = 0;
    refit(state, minute, params);
  }
  return last;
}

/** Ten minutes that look more like the usual ones than like what was found. */
function isCalm(state: SeriesState, { kind }: OpenFinding, minute: number, params: DetectParams): boolean {
  let sum = 0;
  for (const seen of seenBetween(state.recent, minute - CALM_WINDOW + 1, minute)) {
    if (seen.blind) return false;
    const ratio = weatherRatio(seen.expectedRatio, state.profile!.rho, 1);
    sum +=
      kind === 'vanished'
        ? vanishedStep(seen.attempts, seen.expectedAttempts, params.vanishedShare, state.profile!.spread)
        : leakStep(seen.attempts, seen.failed, ratio, params.leakOdds);
  }
  return sum <= 0;
}

function finding(
  state: SeriesState,
  { kind, test, sinceMinute }: OpenFinding,
  minute: number,
  is: FindingState,
  params: DetectParams,
): Finding {
  const one = test === 'sensor' ? 'slow' : test;
  const minutes = seenBetween(state.recent, sinceMinute, minute);
  const sums = { failed: 0, attempts: 0, expectedFailed: 0, expectedAttempts: 0 };
  for (const seen of minutes) {
    if (seen.blind) continue;
    sums.failed += seen.failed;
    sums.attempts += seen.attempts;
    sums.expectedFailed += seen.attempts * seen.expectedRatio;
    sums.expectedAttempts += seen.expectedAttempts;
  }
  const threshold = test === 'sensor' ? 0 : params.scale * state.thresholds[one];
  return {
    kind,
    state: is,
    test,
    minute,
    sinceMinute,
    ...sums,
    score: test === 'sensor' ? 0 : state.scores[one],
    threshold,
    inputs: {
      minutes,
      rho: state.profile?.rho ?? 0,
      spread: state.profile?.spread ?? 0,
      leakOdds: params.leakOdds,
      vanishedShare: params.vanishedShare,
      threshold,
    },
  };
}

const blindFinding = (state: SeriesState, minute: number, is: FindingState, params: DetectParams): Finding =>
  finding(
    state,
    { kind: 'blind', test: 'sensor', sinceMinute: state.blindSince, openedMinute: state.blindSince, calm: 0 },
    minute,
    is,
    params,
  );
