/** How far clocks are apart. */
export const clocks = {
  title: 'Clocks',
  about:
    'How far the clocks of sensors are apart, by requests and responses that two of them saw in the last hour: the truth lies between the two bounds. Stored times stay as they are; where clocks differ by more than 0.1 s the ladder is drawn by one clock, and says so.',
  nothingToCompare: 'No two sensors saw the same exchange from two sides, so that their clocks cannot be compared.',

  nodes: 'Nodes',
  node: 'Node',
  aheadOf: (reference: string): string => `Ahead of ${reference}`,
  theReference: 'the reference',

  pairs: 'Pairs',
  against: 'Against',
  ahead: 'Ahead',
  drift: 'Drift',
  exchanges: 'Exchanges',
  clockSet: 'Clock set',
  fitToNoOther: (count: number): string => `(${count} fit to no other)`,
  notKnown: 'not known',
  bounds: (lower: string, upper: string): string => `${lower} to ${upper}`,
  ppm: (rate: string): string => `${rate} ppm`,
};
