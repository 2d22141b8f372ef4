import { type Filter, passes } from '../../../core/ladder/filter.ts';
import { fold } from '../../../core/ladder/fold.ts';
import { layout } from '../../../core/ladder/layout.ts';
import { linesOf } from '../../../core/ladder/lines.ts';
import { milestonesOf } from '../../../core/ladder/milestones.ts';
import { countRepeats } from '../../../core/ladder/repeats.ts';
import type { LadderStep } from '../../../core/ladder/step.ts';
import { threadsOf } from '../../../core/ladder/threads.ts';
import { isRefusal } from '../../../core/ladder/words.ts';
import type { Work } from '../../../core/runtime/in-turns.ts';
import type { CallSummary, Ladder, Lane, Step } from '../../schemas.ts';
import { type Frame, frameOf } from './frame.ts';
import { headRow, keyRow } from './heads.ts';
import { type DrawnLeg, legsRow } from './legs.ts';
import { svgDocument } from './page.ts';
import { lineRow, noticeRow } from './rows.ts';
import type { DrawnRow, StepContext } from './steps.ts';
import type { Theme } from './theme.ts';
import { headlineOf, outcomeText, titleRow } from './title.ts';
import { type DrawnVerdict, whyRows, whyWords } from './why.ts';
import { el, type Xml } from './xml.ts';

export interface DrawnCall {
  readonly summary: CallSummary;
  readonly legs: readonly DrawnLeg[];
  /** The surest first. */
  readonly verdicts: readonly DrawnVerdict[];
  /** Epoch µs; times are told from here. */
  readonly startUs: number;
}

export interface PictureOptions {
  /** Pixels. */
  readonly width: number;
  readonly theme: Theme;
  readonly filter: Filter;
  /** So many steps are drawn at most, the first and the last ones. */
  readonly max: number;
  /** Where the drawing of a step leads to; nowhere unless said. */
  readonly linkOf?: (step: LadderStep) => string;
}

const PAUSE_US = 2_000_000;
/** After so many rows the names of the lanes are said again. */
const HEADS_EVERY = 40;
const EDGE = 10;

/** The call as an SVG document, some rows at a time. */
export function* drawLadder(call: DrawnCall, ladder: Ladder, options: PictureOptions): Work<string> {
  const { width, theme, filter, max, linkOf } = options;
  const wanted = ladder.steps.filter((step) => passes(step, filter));
  const { steps, sendings } = countRepeats(wanted);
  const lanes = lanesOf(ladder.lanes, steps);
  const threads = threadsOf(call.legs, ladder.steps);
  const letterOf = (step: LadderStep): string | undefined =>
    (threads.find(step.callId) ?? threads.find(step.channel))?.letter;
  const lines = fold(
    linesOf(layout(lanes, steps, threads), {
      ...{ pauseUs: PAUSE_US, runFrom: 0, open: new Set<string>(), bands: [] },
      milestones: milestonesOf(ladder.steps, letterOf),
      places: new Map(ladder.steps.map(({ id }, place) => [id, place])),
    }),
    max,
  );
  const folded = lines.reduce((sum, line) => sum + (line.kind === 'fold' ? line.steps : 0), 0);
  const frame = frameOf(width, lanes.length);
  const names = new Map(lanes.map(({ id, name }) => [id, name]));
  const nameOf = (lane: string | null): string => (lane === null ? 'unknown' : (names.get(lane) ?? lane));
  const context: StepContext = {
    ...{ frame, startUs: call.startUs, sendings, nameOf },
    ...(linkOf === undefined ? {} : { linkOf }),
  };

  const above = [titleRow(call.summary, ladder, wanted.length - folded, frame), ...whyRows(call.verdicts, frame)];
  if (ladder.truncated) above.push(noticeRow('The call is larger than one answer: not all of it is drawn.', frame));
  if (frame.numbered) above.push(keyRow(lanes, frame));
  above.push(headRow(lanes, frame, true));
  const body: DrawnRow[] = [];
  for (const [i, line] of lines.entries()) {
    if (i > 0 && i % HEADS_EVERY === 0) yield;
    if (i > 0 && i % HEADS_EVERY === 0 && i < lines.length - 15) body.push(headRow(lanes, frame, false));
    body.push(lineRow(line, context));
  }
  if (steps.length === 0) body.push(noticeRow('The call has no step of the kinds that are shown.', frame));
  const below = [...(lines.length > 15 ? [headRow(lanes, frame, false)] : []), legsRow(call.legs, threads, frame)];

  const top = stack(above, EDGE);
  const middle = stack(body, top.end);
  const bottom = stack(below, middle.end + 6);
  const sheet = { width, height: bottom.end + EDGE, theme, linked: linkOf !== undefined };
  const description = [whyWords(call.verdicts), describe(lanes, steps, nameOf)].filter((part) => part !== '').join(' ');
  return svgDocument(
    { ...sheet, title: `${headlineOf(call.summary)}: ${outcomeText(call.summary)}`, description },
    laneLines(body, lanes.length, frame, top.end, middle.end),
    top.xml,
    middle.xml,
    bottom.xml,
  );
}

/** The lanes on which something is shown, in the ladder's order: what a call adds later does not move those before. */
function lanesOf(lanes: readonly Lane[], steps: readonly Step[]): readonly Lane[] {
  const used = new Set(steps.flatMap(({ from, to }) => [from, to]));
  return lanes.filter(({ id }) => used.has(id));
}

function stack(rows: readonly DrawnRow[], from: number): { readonly xml: Xml[]; readonly end: number } {
  let y = from;
  const xml = rows.map((row) => {
    const placed = el('g', { transform: `translate(0 ${y})` }, row.xml);
    y += row.height;
    return placed;
  });
  return { xml, end: y };
}

/** The lines of the lanes, dotted where nothing happens. */
function laneLines(rows: readonly DrawnRow[], lanes: number, frame: Frame, from: number, end: number): Xml {
  const pieces = { busy: [] as [number, number][], idle: [] as [number, number][] };
  let y = from - 6;
  for (const [i, row] of rows.entries()) {
    const until = i === rows.length - 1 ? end + 6 : y + row.height + (i === 0 ? 6 : 0);
    const list = row.idle === true ? pieces.idle : pieces.busy;
    const last = list.at(-1);
    if (last !== undefined && last[1] === y) last[1] = until;
    else list.push([y, until]);
    y = until;
  }
  const path = (list: readonly (readonly [number, number])[]): string =>
    Array.from({ length: lanes }, (_, lane) => Math.round(frame.lane(lane) * 100) / 100)
      .flatMap((x) => list.map(([a, b]) => `M${x} ${a}V${b}`))
      .join('');
  return el(
    'g',
    { class: 'lane-lines' },
    pieces.busy.length === 0 ? undefined : el('path', { class: 'lane', d: path(pieces.busy) }),
    pieces.idle.length === 0 ? undefined : el('path', { class: 'lane idle', d: path(pieces.idle) }),
  );
}

/** The picture in sentences. */
function describe(lanes: readonly Lane[], steps: readonly Step[], nameOf: (lane: string | null) => string): string {
  const refusals = steps.filter(isRefusal);
  const told = refusals.slice(0, 5).map(({ title, from, to }) => `${title} from ${nameOf(from)} to ${nameOf(to)}`);
  const more = refusals.length > told.length ? ` and ${refusals.length - told.length} more` : '';
  const hosts = lanes.slice(0, 20).map(({ name }) => name);
  return [
    `${steps.length} steps between ${lanes.length} hosts: ${hosts.join(', ')}${lanes.length > hosts.length ? ', …' : ''}.`,
    refusals.length === 0 ? '' : `Refused: ${told.join('; ')}${more}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
