/**
 * What the detector may be told. Scores and thresholds are log-likelihood ratios in nats. The defaults were chosen on
 * simulated traffic of seeds that the printed comparison does not use (docs/alerts.md).
 */
export interface DetectParams {
  /** Days without verdict at first: each hour of the week must have been seen twice before it can be missed. */
  readonly learnDays: number;
  /** What the same hour of other days, or of the parent series, weighs against an hour's own: so many attempts. */
  readonly priorAttempts: number;
  /** What the slow test looks for: odds of failing this many times the usual ones. Less is weather, not an incident. */
  readonly leakOdds: number;
  /** What the vanished test looks for: this part of the usual attempts. A holiday still has about a third of them. */
  readonly vanishedShare: number;
  /** Lowest thresholds; each series learns its own above them, as bursts that mean nothing differ by load and trade. */
  readonly slow: number;
  readonly fast: number;
  readonly vanished: number;
  /** All thresholds times this: the one knob for those who want fewer pages or more. */
  readonly scale: number;
  /** A score stops here, as part of its threshold: uncapped it stays high for hours and hides the next incident. */
  readonly cap: number;
  /** A learnt threshold is at most this many times the lowest: a series that fails every day must still page. */
  readonly ceiling: number;
  /** No page for fewer failed attempts, whatever is usual: two calls are no spike. */
  readonly minFailed: number;
  /** Minutes in a row that must look normal before a finding is closed: one incident is one page. */
  readonly calmMinutes: number;
  /** Minutes without verdict after a blind one: calls whose beginning nobody saw end in them. */
  readonly blindTail: number;
  /** Minutes after which what was found is what is usual: a changed configuration must not page for ever. */
  readonly acceptMinutes: number;
}

export const DEFAULT_PARAMS: DetectParams = {
  learnDays: 14,
  priorAttempts: 200,
  leakOdds: 2.2,
  vanishedShare: 0.1,
  slow: 10,
  fast: 9.5,
  vanished: 13,
  scale: 1,
  cap: 1.2,
  ceiling: 20,
  minFailed: 4,
  calmMinutes: 15,
  blindTail: 3,
  acceptMinutes: 1440,
};
