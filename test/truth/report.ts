import type { Verdict } from './run.ts';
import { isPerfect, type Pair, type Score } from './score.ts';

const MAX_PAIRS = 10;

/** One line, and below it what is missing, wrong or lost. */
export function textOf(verdict: Verdict, verbose: boolean): string {
  const { recording, order, calls, legs, score, guessed, undelivered, searches, notSearched, lost } = verdict;
  const lines = [
    [
      recording.padEnd(32),
      order.padEnd(8),
      `${calls} calls, ${legs} legs`.padEnd(21),
      scoreText(score),
      `search ${searches - notSearched.length}/${searches}`,
    ].join('  '),
    ...(undelivered === 0 ? [] : [`    ${undelivered} identifiers of the truth are nowhere in the recording`]),
    ...lost.map((sentence) => `    lost: ${sentence}`),
    ...(guessed === undefined
      ? pairLines('missing', score.missing, verbose)
      : [
          ...(verbose ? pairLines('not proven', score.missing, verbose) : []),
          `    with guesses: ${scoreText(guessed)}`,
          ...pairLines('missing with guesses', guessed.missing, verbose),
          ...pairLines('wrong with guesses', guessed.wrong, verbose),
        ]),
    ...pairLines('wrong', score.wrong, verbose),
    ...(verbose ? pairLines('unknown', score.unknown, verbose) : []),
    ...notSearched.map((number) => `    search ${number} does not find its call`),
  ];
  return `${lines.join('\n')}\n`;
}

export function totalOf(verdicts: readonly Verdict[]): string {
  const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((total, one) => total + of(one), 0);
  const total = (of: (verdict: Verdict) => Score): string => {
    const right = sum((verdict) => of(verdict).right);
    const found = sum((verdict) => of(verdict).found);
    const expected = sum((verdict) => of(verdict).expected);
    return scoreText({
      expected,
      found,
      right,
      precision: found === 0 ? 1 : right / found,
      recall: expected === 0 ? 1 : right / expected,
      unknown: verdicts.flatMap((verdict) => of(verdict).unknown),
    });
  };
  const below = verdicts.filter((verdict) => !isRight(verdict)).length;
  const unfound = sum(({ notSearched }) => notSearched.length);
  const searches = sum((verdict) => verdict.searches);
  const judged = below === 0 ? 'all right' : `${below} of ${verdicts.length} not right`;
  const guesses = verdicts.some(({ guessed }) => guessed !== undefined)
    ? `total with guesses  ${total(({ score, guessed }) => guessed ?? score)}\n`
    : '';
  return `total  ${total(({ score }) => score)}  search ${searches - unfound}/${searches}  ${judged}\n${guesses}`;
}

/** Everything arrived, every call was found by every identifier, and nothing else with it. */
export const isRight = ({ score, lost }: Verdict): boolean => isPerfect(score) && lost.length === 0;

type ScoreLine = Pick<Score, 'expected' | 'found' | 'right' | 'precision' | 'recall' | 'unknown'>;

function scoreText({ expected, found, right, precision, recall, unknown }: ScoreLine): string {
  const pairs = `pairs ${expected} expected, ${found} found, ${right} right`;
  const beside = unknown.length === 0 ? '' : `, ${unknown.length} unknown`;
  return `${pairs}${beside}  precision ${cut(precision)}  recall ${cut(recall)}`;
}

/** Cut, not rounded: 0.9996 must not read as 1.000. */
const cut = (ratio: number): string => (Math.floor(ratio * 1000 + 1e-9) / 1000).toFixed(3);

function pairLines(what: string, pairs: readonly Pair[], verbose: boolean): string[] {
  const shown = verbose ? pairs : pairs.slice(0, MAX_PAIRS);
  const lines = shown.map(({ label, asked, other }) =>
    asked === other
      ? `    ${what}: ${asked} leads to nothing   ${label}`
      : `    ${what}: ${asked} → ${other}   ${label}`,
  );
  const rest = pairs.length - shown.length;
  return rest === 0 ? lines : [...lines, `    ${what}: ${rest} more, see --verbose`];
}
