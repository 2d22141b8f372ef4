import type { Outcome } from './types.ts';

/** How an attempt ended, by its final response (RFC 3261 §21) to the one who began it. */
export function outcomeOfStatus(status: number, cancelled: boolean): Outcome {
  if (status < 300) return 'answered';
  if (status === 487 || cancelled) return 'cancelled';
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 408:
    case 480:
      return 'no_answer';
    case 401:
    case 403:
    case 407:
    case 603:
    case 606:
    case 607:
    case 608:
      return 'rejected';
    default:
      return 'failed';
  }
}

/** The same from FreeSWITCH's Hangup-Cause, for a leg without SIP or whose SIP was not captured. */
export function outcomeOfCause(cause: string): Outcome {
  switch (cause) {
    case 'USER_BUSY':
      return 'busy';
    case 'NO_ANSWER':
    case 'NO_USER_RESPONSE':
    case 'ALLOTTED_TIMEOUT':
    case 'PROGRESS_TIMEOUT':
    case 'RECOVERY_ON_TIMER_EXPIRE':
      return 'no_answer';
    case 'ORIGINATOR_CANCEL':
      return 'cancelled';
    case 'CALL_REJECTED':
    case 'DECLINE':
    case 'USER_CHALLENGE':
      return 'rejected';
    default:
      return 'failed';
  }
}
