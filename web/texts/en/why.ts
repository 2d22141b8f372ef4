/** What the evidence says of a call. The sentences of the verdicts themselves are the API's. */
export const why = {
  title: 'Why',
  notFoundOut: (problem: string): string => `Why the call went so could not be found out: ${problem}`,
  looking: 'Looking at the evidence …',
  compareWithGood: 'Compare with a good call',

  cause: 'Cause',
  side: 'Side',
  confidence: 'Confidence',
  whatToDoNext: 'What to do next',

  evidence: 'Evidence',
  lookedFor: 'Looked for and not found',
  whatWouldRefute: 'What would refute it',
  seenBySensors: (count: number): string => `seen by ${count} sensors`,

  missing: 'Evidence that is missing',
  before: 'before',
  since: (time: string): string => `${time} –`,
  theEnd: 'the end',
  whatMakesItDue: 'What makes it due',
};
