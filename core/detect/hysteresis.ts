import type { Finding, FindingState } from './finding.ts';
import type { DetectParams } from './params.ts';
import { RECENT_MINUTES, seenBetween } from './recent.ts';
import { capOf, FAST_WINDOW, SLOW_WEATHER } from './score.ts';
import { leakStep, vanishedStep, weatherRatio } from './scores.ts';
import type { OpenFinding, SeriesState } from './state.ts';

/** The fast test first: where it agrees it knows the beginning better. */
const TESTS = ['fast', 'slow', 'vanished'] as const;
const CALM_WINDOW = 10;

/** Opens a finding, in place, once a score has reached its threshold. */
export function openWhenHigh(state: SeriesState, minute: number, params: DetectParams): Finding | undefined {
  const test = TESTS.find((one) => state.scores[one] >= params.scale * state.thresholds[one]);
  if (test === undefined) return undefined;
  const kind = test === 'vanished' ? 'vanished' : 'failures';
  state.open = { kind, test, sinceMinute: state.since[test], openedMinute: minute, calm: 0 };
  return findingOf(state, state.open, minute, 'opened', params);
}

/** Closes the open finding, in place, once minutes in a row were normal, or accepts it after a day. */
export function closeWhenCalm(
  state: SeriesState,
  open: OpenFinding,
  minute: number,
  params: DetectParams,
): Finding | undefined {
  open.calm = isCalm(state, open, minute, params) ? open.calm + 1 : 0;
  const accepted = minute - open.openedMinute >= params.acceptMinutes;
  if (open.calm < params.calmMinutes && !accepted) return undefined;
  const last = findingOf(state, open, minute, accepted ? 'accepted' : 'closed', params);
  state.open = null;
  const slot = minute % RECENT_MINUTES;
  for (const test of TESTS) {
    state.scores[test] = 0;
    state.recent[test][slot] = 0;
  }
  return last;
}

/** Ten minutes that look more like the usual ones than like what was found. */
function isCalm(state: SeriesState, { kind }: OpenFinding, minute: number, params: DetectParams): boolean {
  let sum = 0;
  for (const seen of seenBetween(state.recent, minute - CALM_WINDOW + 1, minute)) {
    if (seen.blind) return false;
    const ratio = weatherRatio(seen.expectedRatio, state.profile!.rho, SLOW_WEATHER);
    sum +=
      kind === 'vanished'
        ? vanishedStep(seen.attempts, seen.expectedAttempts, params.vanishedShare, state.profile!.spread)
        : leakStep(seen.attempts, seen.failed, ratio, params.leakOdds);
  }
  return sum <= 0;
}

/** What is to be said of a finding in this minute. */
export function findingOf(
  state: SeriesState,
  { kind, test, sinceMinute }: Omit<OpenFinding, 'test'> & { readonly test: Finding['test'] },
  minute: number,
  is: FindingState,
  params: DetectParams,
): Finding {
  const minutes = seenBetween(state.recent, sinceMinute - FAST_WINDOW, minute);
  const sums = { failed: 0, attempts: 0, expectedFailed: 0, expectedAttempts: 0 };
  for (const seen of minutes) {
    if (seen.blind || seen.minute < sinceMinute) continue;
    sums.failed += seen.failed;
    sums.attempts += seen.attempts;
    sums.expectedFailed += seen.attempts * seen.expectedRatio;
    sums.expectedAttempts += seen.expectedAttempts;
  }
  return {
    kind,
    state: is,
    test,
    minute,
    sinceMinute,
    ...sums,
    score: test === 'sensor' ? 0 : state.scores[test],
    threshold: test === 'sensor' ? 0 : params.scale * state.thresholds[test],
    inputs: {
      minutes,
      rho: state.profile?.rho ?? 0,
      spread: state.profile?.spread ?? 0,
      leakOdds: params.leakOdds,
      vanishedShare: params.vanishedShare,
      minFailed: params.minFailed,
      cap: { slow: capOf(state, 'slow', params), vanished: capOf(state, 'vanished', params) },
    },
  };
}
