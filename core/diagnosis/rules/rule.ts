import type { Case } from '../case.ts';
import type { Verdict } from '../verdict.ts';

/**
 * One pattern that an expert knows. Pure: no clock, no store, no other rule. It answers with nothing when the pattern is not
 * there, and also when what would refute it could have been lost: a sensor's silence proves nothing.
 */
export type Rule = (all: Case) => readonly Verdict[];
