import type { FindingKind, FindingTest } from './finding.ts';
import { emptyHistory, type History } from './history.ts';
import type { Profile } from './profile.ts';
import { emptyRecent, type Recent } from './recent.ts';

/** Each test's score, threshold or daily maxima. */
export interface PerTest<T> {
  slow: T;
  fast: T;
  vanished: T;
}

export interface OpenFinding {
  readonly kind: FindingKind;
  readonly test: FindingTest;
  readonly sinceMinute: number;
  readonly openedMinute: number;
  /** Minutes in a row that looked normal. */
  calm: number;
}

/** Attempts of about the last hour and of a third of it, and how many were expected: today's level. */
export interface Level {
  hourSeen: number;
  hourExpected: number;
  thirdSeen: number;
  thirdExpected: number;
}

export const noLevel = (): Level => ({ hourSeen: 0, hourExpected: 0, thirdSeen: 0, thirdExpected: 0 });

/** Everything that the detector knows of a series: a plain value that JSON keeps. */
export interface SeriesState {
  readonly history: History;
  readonly recent: Recent;
  profile: Profile | null;
  firstMinute: number;
  lastMinute: number;
  /** Levels are read off from this hour on. */
  levelSince: number;
  scores: PerTest<number>;
  /** Where each sum left 0. */
  since: PerTest<number>;
  thresholds: PerTest<number>;
  /** The highest score of each of the last days, and of today. */
  maxima: PerTest<number[]>;
  today: PerTest<number>;
  level: Level;
  /** No verdict before this minute, as a sensor was blind. */
  guardUntil: number;
  blindSince: number;
  open: OpenFinding | null;
}

export const NOT_BLIND = -1;

export const emptyState = (): SeriesState => ({
  history: emptyHistory(),
  recent: emptyRecent(),
  profile: null,
  firstMinute: -1,
  lastMinute: -1,
  levelSince: 0,
  scores: { slow: 0, fast: 0, vanished: 0 },
  since: { slow: 0, fast: 0, vanished: 0 },
  thresholds: { slow: 0, fast: 0, vanished: 0 },
  maxima: { slow: [], fast: [], vanished: [] },
  today: { slow: 0, fast: 0, vanished: 0 },
  level: noLevel(),
  guardUntil: 0,
  blindSince: NOT_BLIND,
  open: null,
});
