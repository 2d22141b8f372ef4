import { plural } from './plural.ts';

/** Which settings are missing. What was seen, and what to paste, is the API's. */
export const doctor = {
  title: 'Doctor',
  about: 'What the switches and sensors of this site were not told to send, as far as its newest calls show it.',
  lookedAt: (calls: number, packets: number, events: number, lines: number): string =>
    `Looked at ${calls} calls: ${packets} packets, ${events} events, ${lines} log lines.`,
  quiet: (names: string): string => `Heard within a day, and in none of them: ${names}.`,

  nothingHasCome: 'Nothing has come yet: nothing can be told.',
  nothingIsMissing: '✓ Nothing is missing.',
  areMissing: (count: number): string => `✕ ${count} ${plural(count, 'is', 'are')} missing.`,
  cannotTell: (count: number): string => `Of ${count} too little was seen to tell.`,

  useful: 'useful',
  states: { fine: 'fine', missing: 'missing', unknown: 'cannot tell yet' },
  linesFor: (system: string, check: string): string => `Lines for ${system}: ${check}`,
};
