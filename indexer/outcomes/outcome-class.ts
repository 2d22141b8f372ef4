import type { LegFacts } from '../../core/call/legs.ts';

/** How an attempt ended, in the few kinds that alerts tell apart; docs/grafana.md has them in words. */
export const OUTCOME_CLASSES = ['answered', 'user', 'cancelled', 'redirect', 'auth', 'network'] as const;
export type OutcomeClass = (typeof OUTCOME_CLASSES)[number];

/** A final answer: its class, and the SIP status as text, "none" where no response told it. */
export interface Final {
  readonly class: OutcomeClass;
  readonly code: string;
}

/** The person called, or the lack of one, is the reason: nothing to alert on. What NER counts is in core/rates. */
const USER = new Set([404, 410, 480, 484, 486, 600, 603, 604, 607]);

/** Hangup causes with which a switch gives up a leg that nobody picked up. */
const RANG_OUT = new Set(['NO_ANSWER', 'ALLOTTED_TIMEOUT', 'USER_ALERTING_NO_ANSWER']);

/** The same that {@link classOfStatus} says, for a leg without any response (Q.850 causes as FreeSWITCH and Asterisk name them). */
const CLASS_OF_CAUSE: Readonly<Record<string, OutcomeClass>> = {
  USER_BUSY: 'user',
  NO_ANSWER: 'user',
  USER_ALERTING_NO_ANSWER: 'user',
  ALLOTTED_TIMEOUT: 'user',
  CALL_REJECTED: 'user',
  DECLINE: 'user',
  SUBSCRIBER_ABSENT: 'user',
  USER_NOT_REGISTERED: 'user',
  UNALLOCATED_NUMBER: 'user',
  UNALLOCATED_UNASSIGNED_NUMBER: 'user',
  NUMBER_CHANGED: 'user',
  INVALID_NUMBER_FORMAT: 'user',
  ORIGINATOR_CANCEL: 'cancelled',
  LOSE_RACE: 'cancelled',
  PICKED_OFF: 'cancelled',
  ANSWERED_ELSEWHERE: 'cancelled',
  NORMAL_CLEARING: 'cancelled',
  REDIRECTION_TO_NEW_DESTINATION: 'redirect',
  USER_CHALLENGE: 'auth',
};

/**
 * The final answer of a leg's INVITE; undefined while there is none. What the wire says counts before what the switch
 * says, except for a leg that lost a race: its 487, or a 200 that came too late, is no failure and no second answer.
 */
export function finalOf(leg: LegFacts): Final | undefined {
  const { dialog, hangupCause: cause, finalStatus } = leg;
  const code = finalStatus === undefined ? 'none' : String(finalStatus);
  if (leg.outcome === 'lost_race') return { class: 'cancelled', code };
  if (leg.answeredUs !== undefined) return { class: 'answered', code };
  if (finalStatus !== undefined && isAskedAgain(finalStatus) && (leg.ringingUs ?? 0) > (leg.endedUs ?? 0))
    return undefined;
  if (finalStatus !== undefined) return { class: classOfStatus(finalStatus, dialog?.cancelled === true, cause), code };
  if (cause !== undefined)
    return { class: Object.hasOwn(CLASS_OF_CAUSE, cause) ? CLASS_OF_CAUSE[cause]! : 'network', code };
  return undefined;
}

/** Answers after which the same INVITE usually comes again: a challenge, and "session interval too small" (RFC 4028 §7.3). */
export const isAskedAgain = (status: number): boolean => status === 401 || status === 407 || status === 422;

function classOfStatus(status: number, cancelled: boolean, cause: string | undefined): OutcomeClass {
  if (status < 300) return 'answered';
  if (status === 487 || cancelled) {
    if (cause !== undefined && RANG_OUT.has(cause)) return 'user';
    // The switch withdrew because the far side did not even ring.
    return cause === 'PROGRESS_TIMEOUT' ? 'network' : 'cancelled';
  }
  if (status < 400) return 'redirect';
  if (status === 401 || status === 407) return 'auth';
  return USER.has(status) ? 'user' : 'network';
}
