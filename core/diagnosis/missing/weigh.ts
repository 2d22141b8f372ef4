import type { Verdict, VerdictId } from '../verdict.ts';
import type { Missing } from './missing.ts';

/** Verdicts that rest on something that was looked for and not seen. */
const BY_ABSENCE: ReadonlySet<VerdictId> = new Set([
  'missing_ack',
  'answer_not_received',
  'no_response',
  'slow_gateway_timeout',
  'no_answer',
  'message_too_big',
  'session_timer_expired',
  'dialog_lost_after_restart',
  'hung_up_by_switch',
  'interrupted',
  'dtmf_problem',
]);

/** Below 0.7 the evidence admits something else: what was not seen may have been there. */
const MOST = 0.6;

/**
 * Absence of proof is no proof of absence: a verdict that rests on something not seen is worth less where whoever would have
 * reported it did not report all, and says so.
 */
export function weigh(verdicts: readonly Verdict[], missing: readonly Missing[]): readonly Verdict[] {
  if (missing.length === 0) return verdicts;
  return verdicts.map((verdict) => {
    if (!BY_ABSENCE.has(verdict.id)) return verdict;
    const times = verdict.evidence.map(({ atUs }) => atUs);
    const [sinceUs, untilUs] = [Math.min(...times), Math.max(...times)];
    const touching = missing.filter(
      ({ legs, ...one }) =>
        (legs.length === 0 || verdict.leg === undefined || legs.includes(verdict.leg)) &&
        one.sinceUs <= untilUs &&
        one.untilUs >= sinceUs,
    );
    if (touching.length === 0) return verdict;
    const sources = [...new Set(touching.map(({ source }) => source))].join(', ');
    return {
      ...verdict,
      confidence: Math.min(MOST, verdict.confidence),
      checked: [
        ...verdict.checked,
        `Not seen is no proof here: evidence of ${sources} is missing, which would have shown it.`,
      ],
    };
  });
}
