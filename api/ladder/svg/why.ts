import { CAUSES } from '../../../core/ladder/verdict-words.ts';
import type { Diagnosis } from '../../diagnosis-schemas.ts';
import type { Frame } from './frame.ts';
import { label } from './label.ts';
import { widthOf } from './measure.ts';
import type { DrawnRow } from './steps.ts';
import { el } from './xml.ts';

export type DrawnVerdict = Pick<Diagnosis['verdicts'][number], 'sentence' | 'cause'>;

/** The surest are told; the page has them all. */
const MOST = 3;
const MOST_LINES = 3;
const MOST_LETTERS = 600;
const LINE = 17;

/** A sentence a verdict, with the sign and word of its class. */
export function whyRows(verdicts: readonly DrawnVerdict[], { left, right }: Frame): readonly DrawnRow[] {
  return verdicts.slice(0, MOST).map(({ sentence, cause }) => {
    const { word, sign } = CAUSES[cause];
    const lines = wrapped(`${sentence.slice(0, MOST_LETTERS)} (${word})`, right - left - 22);
    const place = { anchor: 'start', left, right, on: 'p' } as const;
    return {
      height: LINE * lines.length + 4,
      xml: el(
        'g',
        { class: 'why' },
        label([{ text: sign, bold: true, class: cause === 'normal' ? 'good' : 'bad' }], { ...place, x: left, y: 13 }),
        lines.map((text, i) =>
          label([{ text, bold: true }], { ...place, left: left + 22, x: left + 22, y: 13 + LINE * i }),
        ),
      ),
    };
  });
}

export const whyWords = (verdicts: readonly DrawnVerdict[]): string =>
  verdicts
    .slice(0, MOST)
    .map(({ sentence }) => sentence.slice(0, MOST_LETTERS))
    .join(' ');

/** By words, into lines of that width; the last one is cut to its room where it is drawn. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    const fits = widthOf(longer, { size: 12, bold: true }) <= width;
    if (last !== undefined && (fits || lines.length === MOST_LINES)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
