import type { Line } from '../../../core/ladder/lines.ts';
import { bandText } from '../../../core/ladder/media-words.ts';
import { duration } from '../../../core/ladder/span.ts';
import { runText } from '../../../core/ladder/step-words.ts';
import type { Frame } from './frame.ts';
import { label } from './label.ts';
import { type DrawnRow, type StepContext, stepRow } from './steps.ts';
import { el, type Xml } from './xml.ts';

/** A line of the folded ladder as a row of the picture. */
export function lineRow(line: Line, context: StepContext): DrawnRow {
  switch (line.kind) {
    case 'step':
      return stepRow(line.row, context);
    case 'pause':
      return { ...across(`${duration(line.us)} pass`, 'pause', context.frame, 22), idle: true };
    case 'fold':
      return { ...across(foldText(line), 'folded', context.frame, 34, true), idle: true };
    case 'run':
      return across(runText(line.rows), 'run', context.frame, 22);
    case 'milestone':
      return milestoneRow(line, context);
    case 'media':
      return across(`RTP ${line.band.codec}: ${bandText(line.band)}`, 'media', context.frame, 22);
  }
}

function milestoneRow({ milestone, row }: Extract<Line, { kind: 'milestone' }>, { frame }: StepContext): DrawnRow {
  const { left, right } = frame.field;
  const place = { x: (left + right) / 2, y: 14, anchor: 'middle', left, right, size: 11 } as const;
  const who = row?.thread === undefined ? '' : `${row.thread.letter} `;
  return {
    height: 20,
    xml: el(
      'g',
      { class: 'milestone' },
      label([{ text: `– ${who}${milestone.text} –`, class: 'm', bold: true }], place),
    ),
  };
}

function foldText({ steps, overUs, refusals }: Extract<Line, { kind: 'fold' }>): string {
  const failed = refusals === 0 ? '' : `, ${refusals} of them failed`;
  return `… ${steps} step${steps === 1 ? '' : 's'}${failed}, over ${duration(overUs)}`;
}

/** A sentence across all lanes that is no step. */
function across(sentence: string, name: string, { field }: Frame, height: number, framed = false): DrawnRow {
  const { left, right } = field;
  const edge = (y: number): Xml | undefined =>
    framed ? el('line', { class: 'fold', x1: left, y1: y, x2: right, y2: y }) : undefined;
  const piece = { text: sentence, class: 'm', bold: framed };
  const middle = (left + right) / 2;
  return {
    height,
    xml: el(
      'g',
      { class: name },
      edge(5),
      edge(height - 5),
      label([piece], { x: middle, y: height / 2 + 4, anchor: 'middle', left, right, size: framed ? 12 : 11 }),
    ),
  };
}

export function noticeRow(sentence: string, frame: Frame): DrawnRow {
  const { left, right } = frame;
  const place = { x: left + 8, y: 16, anchor: 'start', left: left + 8, right: right - 8, on: 'on-notice' } as const;
  return {
    height: 26,
    xml: el(
      'g',
      { class: 'noted' },
      el('rect', { class: 'notice', x: left, y: 1, width: right - left, height: 22, rx: 3 }),
      label([{ text: `⚠ ${sentence}`, class: 'warn' }], place),
    ),
  };
}
