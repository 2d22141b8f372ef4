import { html, nothing, type TemplateResult } from 'lit';
import type { Line } from '../../core/ladder/lines.ts';
import type { MediaBand } from '../../core/ladder/media.ts';
import { bandText, DIRECTION_WORDS } from '../../core/ladder/media-words.ts';
import { runText } from '../../core/ladder/step-words.ts';
import type { Step } from '../api.ts';
import { duration } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { placed } from '../parts/placed.ts';
import { texts } from '../texts/language.ts';
import { bandsView, beside, type RowContext, stepClasses, stepRow, stepWords } from './row.ts';

const words = texts.steps;

/** The element id of a line: what aria-activedescendant names. */
export const lineId = (index: number): string => `step-${index}`;

export interface LineState {
  readonly line: Line<Step>;
  readonly index: number;
  readonly count: number;
  /** Pixels from the upper edge of the list; undefined where lines simply follow each other. */
  readonly top: number | undefined;
  readonly bands: readonly MediaBand[];
  readonly active: boolean;
  /** Its step's detail is open. */
  readonly opened: boolean;
}

export function lineView(
  { line, index, count, top, bands, active, opened }: LineState,
  context: RowContext,
): TemplateResult {
  return html`<div
    class="row ${classOf(line)} ${active ? 'active' : ''} ${opened ? 'open' : ''}"
    id=${lineId(index)}
    role="option"
    data-index=${index}
    data-step=${line.kind === 'step' ? line.row.step.id : nothing}
    aria-selected=${opened}
    aria-setsize=${count}
    aria-posinset=${index + 1}
    aria-label=${wordsOf(line, context)}
    ${placed(top === undefined ? {} : { top })}
  >${inner(line, bands, context)}</div>`;
}

const classOf = (line: Line<Step>): string =>
  line.kind === 'step'
    ? stepClasses(line.row)
    : `between row-${line.kind} ${line.kind === 'milestone' ? threadClass(line) : ''}`;

const threadClass = ({ row }: Extract<Line<Step>, { kind: 'milestone' }>): string =>
  row?.thread === undefined ? 'thread-none' : `thread-${row.thread.colour}`;

function inner(line: Line<Step>, bands: readonly MediaBand[], context: RowContext): TemplateResult {
  if (line.kind === 'step') return stepRow(line.row, bands, context);
  const lanes = context.lanes.length;
  return html`${line.kind === 'milestone' ? legBadge(line.row?.thread) : nothing}${bandsView(bands, lanes)}${between(line, lanes)}`;
}

function between(line: Exclude<Line<Step>, { kind: 'step' }>, lanes: number): TemplateResult {
  if (line.kind === 'media') {
    const { left, span } = line.band;
    // Text stands on the side on which there is more room.
    const side = left <= lanes - 1 - (left + span) ? 'right' : 'left';
    const lane = side === 'right' ? left : left + span;
    return html`<span class="rtp-head text-${side}" ${placed(beside(lane, lanes, side))}><span class="title">${mediaTitle(line.band)}</span> <span class="detail">${bandText(line.band)}; ${endsText(line.band)}</span></span>`;
  }
  return html`<span class="between-text">${textOf(line)}</span>`;
}

function textOf(line: Exclude<Line<Step>, { kind: 'step' }>): string {
  switch (line.kind) {
    case 'run':
      return `${line.open ? '▾' : '▸'} ${runText(line.rows)}`;
    case 'pause':
      return words.pass(duration(line.us));
    case 'milestone':
      return line.milestone.text;
    case 'media':
      return `${mediaTitle(line.band)}: ${bandText(line.band)}; ${endsText(line.band)}`;
    case 'fold':
      return words.folded(line.steps);
  }
}

function mediaTitle({ codec, direction, sinceUs, untilUs }: MediaBand): string {
  return words.rtp(codec, DIRECTION_WORDS[direction], duration(untilUs - sinceUs));
}

const endsText = ({ aAddress, bAddress, aLeft }: MediaBand): string =>
  aLeft ? `${aAddress} ↔ ${bAddress}` : `${bAddress} ↔ ${aAddress}`;

function wordsOf(line: Line<Step>, context: RowContext): string {
  if (line.kind === 'step') return stepWords(line.row, context);
  const { said } = words;
  if (line.kind === 'run') return line.open ? said.runUnfolded(runText(line.rows)) : said.runFolded(runText(line.rows));
  if (line.kind === 'milestone') {
    const leg = line.row?.thread;
    return leg === undefined ? line.milestone.text : said.turn(leg.letter, line.milestone.text);
  }
  return textOf(line);
}
