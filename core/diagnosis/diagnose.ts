import { mapped, type Work } from '../runtime/in-turns.ts';
import type { Case } from './case.ts';
import type { Missing } from './missing/missing.ts';
import { weigh } from './missing/weigh.ts';
import { RULES } from './rules/all.ts';
import type { Verdict, VerdictId } from './verdict.ts';

/**
 * Asks every rule. A rule knows nothing of the others; which of two verdicts explains the other is told here, by `EXPLAINS`.
 * The surest comes first; of equal ones the order of the rules decides, so that an answer never depends on chance.
 *
 * @param missing evidence that was not there: what rests on its absence is worth less
 */
export function* diagnose(all: Case, missing: readonly Missing[] = []): Work<readonly Verdict[]> {
  const found = (yield* mapped(RULES, 1, (rule) => rule(all))).flat();
  return weigh(
    found.filter((verdict) => !isExplained(verdict, found)),
    missing,
  )
    .map((verdict, order) => ({ verdict, order }))
    .sort((a, b) => b.verdict.confidence - a.verdict.confidence || a.order - b.order)
    .map(({ verdict }) => verdict);
}

/** The first one says why the others were seen: they are its signs and no causes of their own. */
const EXPLAINS: Readonly<Partial<Record<VerdictId, readonly VerdictId[]>>> = {
  missing_ack: ['hung_up_by_switch', 'retransmission_storm'],
  answer_not_received: ['missing_ack', 'hung_up_by_switch', 'retransmission_storm', 'cancel_race', 'caller_gave_up'],
  interrupted: ['hung_up_by_switch', 'dialog_lost_after_restart', 'ended_by_api'],
  media_timeout: ['hung_up_by_switch', 'one_way_audio', 'poor_quality'],
  one_way_audio: ['poor_quality'],
  false_answer: ['one_way_audio', 'poor_quality'],
  encryption_mismatch: ['one_way_audio', 'poor_quality', 'codec_mismatch', 'hung_up_by_switch', 'false_answer'],
  nat_address_leak: ['one_way_audio', 'false_answer', 'missing_ack', 'hung_up_by_switch', 'retransmission_storm'],
  time_limit_reached: ['hung_up_by_switch', 'no_answer'],
  ended_by_api: ['hung_up_by_switch'],
  session_timer_expired: ['hung_up_by_switch', 'retransmission_storm'],
  dialog_lost_after_restart: ['retransmission_storm'],
  not_registered: ['no_answer', 'slow_gateway_timeout'],
  capacity_reached: ['no_answer', 'slow_gateway_timeout'],
  wrong_context: ['no_route', 'declined'],
  auth_failed: ['declined', 'refused_by_gateway'],
  announcement_then_failure: [
    'refused_by_gateway',
    'no_route',
    'no_answer',
    'busy',
    'declined',
    'slow_gateway_timeout',
  ],
  no_response: ['retransmission_storm'],
  slow_gateway_timeout: ['retransmission_storm'],
  message_too_big: ['retransmission_storm', 'no_response', 'refused_by_gateway'],
};

const isExplained = (verdict: Verdict, all: readonly Verdict[]): boolean =>
  all.some((other) => other !== verdict && EXPLAINS[other.id]?.includes(verdict.id) === true);
