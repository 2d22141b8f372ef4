import type { FindingInputs } from './finding.ts';
import { clamp } from './numbers.ts';
import type { SeenMinute } from './recent.ts';
import { FAST_WEATHER, FAST_WINDOW, SLOW_WEATHER } from './score.ts';
import { binomialScore, leakStep, vanishedStep, weatherRatio } from './scores.ts';

export interface RedrawnMinute {
  readonly minute: number;
  readonly slow: number;
  readonly fast: number;
  readonly vanished: number;
}

/**
 * The scores of a finding's minutes, computed again from its inputs: a decision that was kept can be checked, and drawn.
 * Sums go on from the first minute's, and begin anew where the detector did (a score of 0).
 */
export function redraw(inputs: FindingInputs): RedrawnMinute[] {
  const { minutes, rho, spread, leakOdds, vanishedShare, cap } = inputs;
  let [slow, vanished] = [minutes[0]?.slow ?? 0, minutes[0]?.vanished ?? 0];
  return minutes.map((seen, at) => {
    if (at > 0 && !seen.blind) {
      const leak = leakStep(seen.attempts, seen.failed, weatherRatio(seen.expectedRatio, rho, SLOW_WEATHER), leakOdds);
      const missing = vanishedStep(seen.attempts, seen.expectedAttempts, vanishedShare, spread);
      slow = seen.slow === 0 ? 0 : clamp(slow + leak, 0, cap.slow);
      vanished = seen.vanished === 0 ? 0 : clamp(vanished + missing, 0, cap.vanished);
    }
    return { minute: seen.minute, slow, vanished, fast: fastAt(inputs, minutes, at) };
  });
}

function fastAt({ rho, minFailed }: FindingInputs, minutes: readonly SeenMinute[], at: number): number {
  const ratio = weatherRatio(minutes[at]!.expectedRatio, rho, FAST_WEATHER);
  let [n, x, best] = [0, 0, 0];
  for (let back = at; back >= 0 && back > at - FAST_WINDOW && !minutes[back]!.blind; back--) {
    n += minutes[back]!.attempts;
    x += minutes[back]!.failed;
    if (x >= minFailed) best = Math.max(best, binomialScore(n, x, ratio));
  }
  return best;
}
