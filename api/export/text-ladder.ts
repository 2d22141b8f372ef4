import { layout, type Row } from '../../core/ladder/layout.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import { mapped, type Work } from '../../core/runtime/in-turns.ts';
import type { Ladder, Lane, Step } from '../schemas.ts';

/** Letters between two lanes: enough for "INVITE" and an address; less where there are many. */
const [WIDE, NARROW] = [24, 16];
const MANY = 6;
/** More lanes nobody follows with his eyes, and each would make each line longer: a call of 2,000 hosts was 64 MB. */
const MOST = 24;
const LONGEST_NAME = 60;
/** "10:21:38.752001 A  " */
const MARGIN = 20;
/** Lines that are written in one turn. */
const SLICE = 500;

/**
 * The ladder in letters, a line a step, none left out, some lines at a time: lanes as columns, messages as arrows with what
 * they are called on them, events as "*" and log lines as "." on their lane; behind the lanes what there is no room for on
 * them. Where there are too many lanes for columns their names stand in the lines. Lines have no end. For a font of one width.
 */
export function* ladderLines({ lanes, steps }: Ladder, threads: Threads): Work<string[]> {
  const draw = lanes.length > MOST ? inWords(lanes) : inColumns(lanes);
  const lines = yield* mapped(layout(lanes, steps, threads), SLICE, (row) => {
    const margin = `${row.step.at.slice(11, 26)} ${row.thread?.letter ?? ''}`.padEnd(MARGIN);
    return `${margin}${draw.line(row)}`.trimEnd();
  });
  return [...draw.heads, ...lines, ...draw.heads];
}

interface Drawing {
  /** Above and below the lines. */
  readonly heads: readonly string[];
  /** What stands behind the time and the letter of the leg. */
  line(row: Row<Step>): string;
}

function inColumns(lanes: readonly Lane[]): Drawing {
  const width = lanes.length >= MANY ? NARROW : WIDE;
  const middleOf = (lane: number): number => lane * width + Math.floor(width / 2);
  const names = lanes.map(({ name }) => centred(cut(oneLine(name), width - 2), width)).join('');
  const field = ' '
    .repeat(width / 2)
    .concat('|')
    .padEnd(width)
    .repeat(lanes.length);
  const on = (from: number, text: string): string => field.slice(0, from) + text + field.slice(from + text.length);
  return {
    heads: [`${' '.repeat(MARGIN)}${names}`.trimEnd()],
    line({ step, shape }) {
      const title = titleOf(step);
      const behind = `${title}  ${oneLine(step.detail)}`;
      if (shape.kind === 'band') return `${field}  ${behind}`;
      if (shape.kind !== 'arrow') return `${on(middleOf(shape.lane), signOf(step))}  ${behind}`;
      const [from, to] = [middleOf(shape.left) + 1, middleOf(shape.left + shape.span) - 1];
      const said = cut(title, to - from - 4);
      const line = centred(` ${said} `, to - from + 1, '-');
      const arrow = shape.points === 'right' ? `${line.slice(0, -1)}>` : `<${line.slice(1)}`;
      return `${on(from, arrow)}  ${said === title ? oneLine(step.detail) : behind}`;
    },
  };
}

function inWords(lanes: readonly Lane[]): Drawing {
  const names = lanes.map(({ name }) => cut(oneLine(name), LONGEST_NAME));
  const placeOf = ({ step, shape }: Row<Step>): string => {
    if (shape.kind === 'band') return '';
    if (shape.kind !== 'arrow') return `${signOf(step)} ${names[shape.lane]}  `;
    const ends = [names[shape.left], names[shape.left + shape.span]];
    return `${(shape.points === 'right' ? ends : ends.reverse()).join(' -> ')}  `;
  };
  return { heads: [], line: (row) => `${placeOf(row)}${titleOf(row.step)}  ${oneLine(row.step.detail)}` };
}

const titleOf = ({ title, retransmission }: Step): string => `${oneLine(title)}${retransmission ? ' (again)' : ''}`;

const signOf = ({ kind }: Step): string => (kind === 'log' ? '.' : kind === 'event' ? '*' : '@');

const cut = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

function centred(text: string, width: number, fill = ' '): string {
  const before = Math.max(0, Math.floor((width - text.length) / 2));
  return (fill.repeat(before) + text).padEnd(width, fill);
}

/** What senders wrote is data: control characters must not move a terminal's cursor. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
