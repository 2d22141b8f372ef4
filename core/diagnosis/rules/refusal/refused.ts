import type { Rule } from '../rule.ts';
import { KINDS } from './kinds.ts';
import { refusalOf } from './refusal.ts';

/** Somebody said no: what the words of the refusal mean. Codecs, credentials and silence have rules of their own. */
export const refused: Rule = (all) => {
  const refusal = refusalOf(all);
  if (refusal === undefined || refusal.evidence.length === 0 || hasOwnRule(refusal)) return [];
  const kind = KINDS.find((one) => one.applies(refusal));
  if (kind === undefined) return [];
  return [
    {
      id: kind.id,
      leg: refusal.leg.leg.id,
      sentence: kind.sentence(refusal),
      cause: kind.cause,
      side: refusal.by,
      confidence: kind.confidence,
      evidence: refusal.evidence,
      checked: [kind.checked],
      refutedBy: kind.refutedBy,
      next: kind.next,
    },
  ];
};

const OWN_STATUS: ReadonlySet<number> = new Set([401, 407, 408, 415, 481, 487, 488, 504, 606]);
const OWN_CAUSE: ReadonlySet<string> = new Set([
  'INCOMPATIBLE_DESTINATION',
  'RECOVERY_ON_TIMER_EXPIRE',
  'ORIGINATOR_CANCEL',
  'SRTP_READ_ERROR',
  'MEDIA_TIMEOUT',
]);

const hasOwnRule = ({ status, cause, attempt, silent }: NonNullable<ReturnType<typeof refusalOf>>): boolean =>
  OWN_STATUS.has(status) ||
  (status === 0 && OWN_CAUSE.has(cause)) ||
  // Credentials that were sent and refused, and a final word for a hop that stayed silent.
  (status === 403 && (attempt?.challenged.length ?? 0) > 0) ||
  (status >= 500 && silent !== undefined);
