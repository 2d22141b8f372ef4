import { layout, type Row } from '../../core/ladder/layout.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import type { Ladder, Lane, Step } from '../schemas.ts';

/** Letters between two lanes: enough for "INVITE" and an address; less where there are many. */
const [WIDE, NARROW] = [24, 16];
const MANY = 6;
/** "10:21:38.752001 A  " */
const MARGIN = 20;

/**
 * The ladder in letters, a line a step, none left out: lanes as columns, messages as arrows with what they are called on
 * them, events as "*" and log lines as "." on their lane; behind the lanes what there is no room for on them. Lines have
 * no end. For a font of one width.
 */
export function ladderLines({ lanes, steps }: Ladder, threads: Threads): readonly string[] {
  const width = lanes.length >= MANY ? NARROW : WIDE;
  const heads = headLines(lanes, width);
  return [...heads, ...layout(lanes, steps, threads).map((row) => lineOf(row, lanes.length, width)), ...heads];
}

const middleOf = (lane: number, width: number): number => lane * width + Math.floor(width / 2);

function headLines(lanes: readonly Lane[], width: number): readonly string[] {
  const names = lanes.map(({ name }) => centred(cut(oneLine(name), width - 2), width)).join('');
  return [`${' '.repeat(MARGIN)}${names}`.trimEnd()];
}

function lineOf({ step, shape, thread }: Row<Step>, lanes: number, width: number): string {
  const field = Array.from({ length: lanes * width }, () => ' ');
  for (let lane = 0; lane < lanes; lane++) field[middleOf(lane, width)] = '|';
  const title = `${oneLine(step.title)}${step.retransmission ? ' (again)' : ''}`;
  let behind = `${title}  ${oneLine(step.detail)}`;
  if (shape.kind === 'arrow') {
    const [from, to] = [middleOf(shape.left, width) + 1, middleOf(shape.left + shape.span, width) - 1];
    const said = cut(title, to - from - 4);
    const line = centred(` ${said} `, to - from + 1, '-');
    const arrow = shape.points === 'right' ? `${line.slice(0, -1)}>` : `<${line.slice(1)}`;
    for (let i = 0; i < arrow.length; i++) field[from + i] = arrow[i] ?? '';
    if (said === title) behind = oneLine(step.detail);
  } else if (shape.kind !== 'band') {
    field[middleOf(shape.lane, width)] = step.kind === 'log' ? '.' : step.kind === 'event' ? '*' : '@';
  }
  const margin = `${step.at.slice(11, 26)} ${thread?.letter ?? ''}`.padEnd(MARGIN);
  return `${margin}${field.join('')}  ${behind}`.trimEnd();
}

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
