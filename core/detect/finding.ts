import type { SeenMinute } from './recent.ts';

/** `blind` says that nothing can be said: it is a finding about sensors, and never about calls. */
export type FindingKind = 'failures' | 'vanished' | 'blind';
export type FindingTest = 'slow' | 'fast' | 'vanished' | 'sensor';
/** `accepted`: it went on for so long that it is now what is usual. */
export type FindingState = 'opened' | 'closed' | 'accepted';

export interface Finding {
  readonly kind: FindingKind;
  readonly state: FindingState;
  readonly test: FindingTest;
  /** The minute whose counts decided, and the first one of what was found. */
  readonly minute: number;
  readonly sinceMinute: number;
  /** Sums over the minutes since then that were seen: failed is the numerator, attempts the denominator. */
  readonly failed: number;
  readonly attempts: number;
  readonly expectedFailed: number;
  readonly expectedAttempts: number;
  readonly score: number;
  readonly threshold: number;
  /** What the decision is drawn from: the minutes, how far the series strays and its level today (`redraw`). */
  readonly inputs: FindingInputs;
}

export interface FindingInputs {
  /** From ten minutes before the first of the finding (or as many as are kept), so that each window is whole. */
  readonly minutes: readonly SeenMinute[];
  /** How far hours stray in their ratio and minutes in their attempts (Profile). */
  readonly rho: number;
  readonly spread: number;
  readonly leakOdds: number;
  readonly vanishedShare: number;
  readonly minFailed: number;
  /** Where the sums stop. */
  readonly cap: { readonly slow: number; readonly vanished: number };
}
