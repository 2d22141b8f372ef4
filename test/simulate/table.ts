import type { Caught, Result } from './compare.ts';

const ROWS = [
  'total, busy',
  'trunk, busy',
  'trunk of 40 %, busy',
  'trunk of 30 %, busy',
  'trunk of 20 %, busy',
  'trunk of 10 %, busy',
  'leak, busy',
  'vanished, busy',
  'total, quiet',
  'trunk, quiet',
  'leak, quiet',
  'vanished, quiet',
] as const;

const percent = (part: number): string => `${Math.round(part * 100)}`;

/** The results of one rate as a Markdown table: a column a detector, a row a kind of incident. */
export function tableOf(results: readonly Result[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const counted = (row: string): string => `${row} (${results[0]!.caught.get(row)?.incidents ?? 0})`;
  return [
    line([`${results[0]!.rate} calls/min`, ...results.map(({ detector }) => detector)]),
    line(results.map(() => '---').concat('---')),
    line(['false alarms a week', ...results.map(({ falseAlarms }) => falseAlarms.toFixed(2))]),
    ...ROWS.map((row) => line([counted(row), ...results.map(({ caught }) => cellOf(caught.get(row)))])),
    line([
      `blind sensor (${results[0]!.blinds}): paged as failing calls`,
      ...results.map(({ blindPages, blinds }) => `${percent(blindPages / blinds)} %`),
    ]),
    line(['holiday: pages a day', ...results.map(({ holidayAlarms }) => holidayAlarms.toFixed(2))]),
    line(['drift: pages a week', ...results.map(({ driftAlarms }) => driftAlarms.toFixed(2))]),
    line(['setting', ...results.map(({ setting }) => setting.toPrecision(3))]),
  ].join('\n');
}

/** "within 5 / within 30 minutes (median)". */
const cellOf = (caught: Caught | undefined): string =>
  caught === undefined
    ? '–'
    : `${percent(caught.within5)} / ${percent(caught.within30)} (${caught.medianDelay ?? '–'})`;
