import type { LegOutcome } from '../../core/call/types.ts';
import { type SpanStatus, STATUS_CODE } from './otlp.ts';

const FAILED: ReadonlySet<LegOutcome> = new Set(['busy', 'no_answer', 'rejected', 'failed', 'interrupted']);

/** The names that TraceQL has for a status. */
export type StatusName = keyof typeof STATUS_CODE;

/** ok for what was answered, error for what failed; what goes on, was withdrawn or lost a race is neither. */
export function statusNameOf(outcome: LegOutcome): StatusName {
  if (outcome === 'answered') return 'ok';
  return FAILED.has(outcome) ? 'error' : 'unset';
}

/** Of a call or a leg, with what is known of the reason. */
export function statusOf({
  outcome,
  finalStatus,
  hangupCause,
}: {
  readonly outcome: LegOutcome;
  readonly finalStatus?: number;
  readonly hangupCause?: string;
}): SpanStatus {
  const name = statusNameOf(outcome);
  if (name !== 'error') return { code: STATUS_CODE[name], message: '' };
  const why = [outcome, finalStatus, hangupCause].filter((part) => part !== undefined && part !== '');
  return { code: STATUS_CODE.error, message: why.join(' ') };
}

/** Of a transaction. A challenge is answered by another request, and 487 only says that the CANCEL was heard. */
export function statusOfFinal(status: number | undefined): SpanStatus {
  if (status === undefined || status === 401 || status === 407 || status === 487 || (status >= 300 && status < 400)) {
    return { code: STATUS_CODE.unset, message: '' };
  }
  return status < 300
    ? { code: STATUS_CODE.ok, message: '' }
    : { code: STATUS_CODE.error, message: `final response ${status}` };
}
