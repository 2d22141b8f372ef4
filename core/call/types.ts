/** How a call ended, as people count it. */
export const OUTCOMES = [
  'in_progress',
  'answered',
  'busy',
  'no_answer',
  'cancelled',
  'rejected',
  'failed',
  'interrupted',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A leg can also have lost a race: another one answered first or the call was picked up elsewhere. No failure. */
export const LEG_OUTCOMES = [...OUTCOMES, 'lost_race'] as const;
export type LegOutcome = (typeof LEG_OUTCOMES)[number];

export interface Party {
  /** User part of the SIP address as it was written, "%2B" read as "+". */
  readonly number: string;
  /** Display name, "" when there is none. */
  readonly name: string;
}
