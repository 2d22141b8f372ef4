import { duration } from './span.ts';
import type { Bar, PhaseKind } from './story.ts';
import { OUTCOME_WORDS } from './words.ts';

/** The words and signs of a story, wherever it is drawn. */

export const PHASE_WORDS: Readonly<Record<PhaseKind, { readonly name: string; readonly verb: string }>> = {
  trying: { name: 'trying', verb: 'tries' },
  ringing: { name: 'ringing', verb: 'rings' },
  talking: { name: 'talking', verb: 'talks' },
  held: { name: 'on hold', verb: 'is on hold' },
};

export const HUNG_UP_SIGNS = {
  originator: { sign: '◂', words: 'the side that dialled hung up' },
  answerer: { sign: '▸', words: 'the side that was called hung up' },
} as const;

/** What stands at the end of a bar. */
export function endSign({ leg, open }: Bar): string {
  if (open) return '…';
  return leg.hungUpBy === null ? OUTCOME_WORDS[leg.outcome].sign : HUNG_UP_SIGNS[leg.hungUpBy].sign;
}

/**
 * A bar as a sentence: "dialled by leg A; begins at 10:21:38.752, tries for 65 ms, rings for 4.2 s, talks for 34 s; ends
 * at 10:22:41.858: answered, the side that was called hung up". `clock` writes epoch µs.
 */
export function barWords(
  { leg, phases, fromUs, untilUs, open }: Bar,
  parent: string,
  clock: (us: number) => string,
): string {
  const past = phases.map(
    ({ kind, ...phase }) => `${PHASE_WORDS[kind].verb} for ${duration(phase.untilUs - phase.fromUs)}`,
  );
  const how = [OUTCOME_WORDS[leg.outcome].word, leg.hungUpBy === null ? '' : HUNG_UP_SIGNS[leg.hungUpBy].words].filter(
    (part) => part !== '',
  );
  return [
    parent === '' ? '' : `dialled by leg ${parent}`,
    [`begins at ${clock(fromUs)}`, ...past].join(', '),
    `${open ? 'its end was not seen' : `ends at ${clock(untilUs)}`}: ${how.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

const SECOND = 1_000_000;
const STEPS: readonly number[] = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200],
].map((seconds) => seconds * SECOND);
const MOST_TICKS = 6;

/** Moments to write on an axis of that length, in µs since its beginning, 0 first. */
export function ticksOf(spanUs: number): readonly number[] {
  if (!(spanUs > 0)) return [0];
  const step = STEPS.find((one) => spanUs / one <= MOST_TICKS) ?? spanUs / MOST_TICKS;
  return Array.from({ length: Math.floor(spanUs / step) + 1 }, (_, index) => Math.round(index * step));
}
