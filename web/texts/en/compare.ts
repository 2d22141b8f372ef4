/** Two calls beside each other. What differs is named by the API. */
export const compare = {
  title: 'Two calls',
  heading: 'Two calls compared',
  alsoTheSame: 'also show what is the same',
  notAllSteps: 'A leg has more steps than are compared.',

  noGoodCall: (trunk: string, numberClass: string, looked: number): string =>
    `No good call over ${trunk} to a number of the class ${numberClass} is near: ${looked} answered ones were looked at.`,
  unknownClass: 'unknown',
  backToCall: 'Back to the call',
  nearestGood: (trunk: string, numberClass: string): string =>
    `The nearest good call over ${trunk} to a number of the class ${numberClass}.`,

  what: 'What',
  thisCall: 'This call',
  theOther: 'The other',
  call: 'Call',
  why: 'Why',
  nothingSaid: 'nothing is said of it',
  ofTheCalls: 'Of the calls',
  ofTheLeg: 'Of the leg',
  leg: (role: string): string => `Leg: ${role}`,
  onlyTheOther: 'The other call alone has this leg.',
  onlyThis: 'This call alone has this leg.',
  allTheSame: (count: number): string => `Its ${count} steps are the same.`,
  step: 'Step',
  is: { same: 'the same', changed: 'differs', left: 'in this call alone', right: 'in the other alone' },
};
