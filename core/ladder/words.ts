import { plural } from './plural.ts';

/** The words and signs of a ladder, wherever it is drawn. */

export type LegOutcome =
  | 'in_progress'
  | 'answered'
  | 'busy'
  | 'no_answer'
  | 'cancelled'
  | 'rejected'
  | 'failed'
  | 'interrupted'
  | 'lost_race';

/** A word and a sign each, so that no colour is needed to tell them apart. */
export const OUTCOME_WORDS: Readonly<Record<LegOutcome, { readonly word: string; readonly sign: string }>> = {
  in_progress: { word: 'in progress', sign: '▸' },
  answered: { word: 'answered', sign: '✓' },
  busy: { word: 'busy', sign: '■' },
  no_answer: { word: 'no answer', sign: '○' },
  cancelled: { word: 'cancelled', sign: '←' },
  rejected: { word: 'rejected', sign: '✕' },
  failed: { word: 'failed', sign: '!' },
  interrupted: { word: 'interrupted', sign: '≠' },
  lost_race: { word: 'lost the race', sign: '–' },
};

export const HUNG_UP_WORDS = {
  caller: 'the caller hung up',
  callee: 'the callee hung up',
  switch: 'the switch hung up',
} as const;

/** Log levels by number, 0 first: a smaller number is graver. */
export const LEVELS: readonly string[] = [
  'console',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
];

/** "486 · USER_BUSY", "" when neither is known. */
export function finalText(status: number | null, cause: string | null): string {
  return [status === null ? '' : String(status), cause ?? ''].filter((part) => part !== '').join(' · ');
}

/** "after 2 failed attempts" for an answered call, "3 attempts failed" else; "" when there is nothing to tell. */
export function attemptsText(outcome: LegOutcome, failed: number): string {
  if (outcome === 'answered')
    return failed === 0 ? '' : `after ${failed} failed ${plural(failed, 'attempt', 'attempts')}`;
  return failed < 2 ? '' : `${failed} attempts failed`;
}

/** A final response that ends an attempt; a challenge for credentials is a usual part of a call. */
export function isRefusal({ status }: { readonly status: number | null }): boolean {
  return status !== null && status >= 400 && status !== 401 && status !== 407;
}
