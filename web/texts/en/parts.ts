/** What pages have in common. */
export const parts = {
  waiting: 'Waiting for the server',
  waitingStill: 'Waiting for the server…',
  cancel: 'Cancel',
  cancelled: 'Cancelled: the server was told to stop.',
  askAgain: 'Ask again',
  noAnswer: 'The Calltrail server does not answer. Is it running?',
  unreadable: (status: number): string => `The server answered ${status} with no readable text.`,
  refused: (status: number): string => `The server answered ${status}.`,

  copy: 'Copy',
  copyOf: (what: string): string => `Copy: ${what}`,
  copied: 'Copied',
  notAllowed: 'Not allowed',

  unknown: 'unknown',
  noNumber: 'no number',
  to: 'to',
  legOf: (letter: string, id: string): string => `Leg ${letter}: ${id}`,
  hidden: { num: 'hidden number', name: 'hidden name' },
  hiddenToken: {
    num: (token: string): string => `Hidden number: ${token}`,
    name: (token: string): string => `Hidden name: ${token}`,
  },
};
