/** What came in and what became of it. Names of stages and reasons are the API's. */
export const ledger = {
  title: 'Ledger',
  about:
    'What came in since Calltrail was started here, and what became of it: passed on, waiting, or lost with the reason.',
  addsUpNot: '✕ It does not add up: this is a mistake in Calltrail.',
  addsUp: '✓ It adds up, and nothing was lost.',
  addsUpLost: (count: string): string => `✓ It adds up; ${count} were lost.`,

  stages: 'Stages',
  stage: 'Stage',
  in: 'In',
  passedOn: 'Passed on',
  waiting: 'Waiting',
  lost: 'Lost',
  balance: 'Adds up',
  network: 'network',
  rows: (count: string): string => `${count} rows`,
  areMissing: (count: string): string => `✕ ${count} are missing`,
  notStoredYet: (count: string): string => `${count} messages of the topic are not stored yet.`,

  sources: 'Sources',
  source: 'Source',
  received: 'Received',
  rejected: 'Rejected',
  confirmedRows: 'Rows that the store confirmed',
};
