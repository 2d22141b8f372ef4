import type { Row, Shape } from '../../../core/ladder/layout.ts';
import type { Sendings } from '../../../core/ladder/repeats.ts';
import { sinceStart } from '../../../core/ladder/span.ts';
import type { LadderStep } from '../../../core/ladder/step.ts';
import type { Thread } from '../../../core/ladder/threads.ts';
import { isRefusal } from '../../../core/ladder/words.ts';
import type { Frame } from './frame.ts';
import { label, type Piece } from './label.ts';
import { piecesOf, words } from './step-text.ts';
import { type Child, el, text, type Xml } from './xml.ts';

/** A row of a picture, drawn from its upper edge at 0. */
export interface DrawnRow {
  readonly xml: Xml;
  readonly height: number;
  /** Nothing happens in it: the lanes are dotted. */
  readonly idle?: boolean;
}

export interface StepContext {
  readonly frame: Frame;
  /** Epoch µs of the call's beginning. */
  readonly startUs: number;
  readonly sendings: ReadonlyMap<string, Sendings>;
  /** The name of a lane by its id. */
  nameOf(lane: string | null): string;
  /** Where the drawing of a step leads to; nowhere unless said. */
  readonly linkOf?: (step: LadderStep) => string;
}

/** Pixels that words get over an arrow in any case. */
const SHORT_ARROW = 230;

const HEIGHTS = { arrow: 31, loop: 31, mark: 22, band: 24 } as const;

export function stepRow(row: Row, context: StepContext): DrawnRow {
  const { step, shape, thread } = row;
  const { frame } = context;
  const height = HEIGHTS[shape.kind];
  const refusal = isRefusal(step);
  const notice = step.kind === 'gap';
  const on = refusal ? 'on-refusal' : notice ? 'on-notice' : undefined;
  const ground = refusal ? 'refusal' : notice ? 'notice' : undefined;
  const middle = height / 2 + 4;
  return {
    height,
    xml: linked(
      step,
      context,
      { class: `step ${step.kind}` },
      el('title', {}, text(words(row, context).slice(0, 400))),
      ground === undefined
        ? undefined
        : el('rect', {
            class: ground,
            x: frame.left,
            y: 1,
            width: frame.right - frame.left,
            height: height - 2,
            rx: 3,
          }),
      refusal ? el('rect', { class: 'edge', x: frame.left, y: 1, width: 3, height: height - 2 }) : undefined,
      label([{ text: sinceStart(step.atUs - context.startUs), class: 'm num' }], {
        x: frame.timeEnd,
        y: middle,
        anchor: 'end',
        left: frame.left,
        right: frame.timeEnd,
        size: 11,
        ...(on === undefined ? {} : { on }),
      }),
      thread === undefined ? undefined : badge(thread, frame.badge.x, height / 2 - 8),
      drawing(row, piecesOf(step, context), context, on),
    ),
  };
}

function linked(
  step: LadderStep,
  { linkOf }: StepContext,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): Xml {
  return linkOf === undefined || step.kind === 'gap'
    ? el('g', attributes, ...children)
    : el('a', { ...attributes, href: linkOf(step) }, ...children);
}

/** The letter of a leg on its colour. */
export function badge({ letter, colour }: Thread, x: number, y: number): Xml {
  return el(
    'g',
    {},
    el('rect', { class: `f${colour}`, x, y, width: 20, height: 16, rx: 4 }),
    label([{ text: letter, class: 'badge', bold: true }], {
      x: x + 10,
      y: y + 12,
      anchor: 'middle',
      left: x,
      right: x + 20,
      size: 11,
      on: 'p',
    }),
  );
}

function drawing(row: Row, pieces: readonly Piece[], { frame }: StepContext, on: string | undefined): Xml {
  const { shape, thread, step } = row;
  const [stroke, fill] = thread === undefined ? ['t', 'f'] : [`t${thread.colour}`, `f${thread.colour}`];
  const strong = isRefusal(step) ? ' strong' : '';
  const { left, right } = frame.field;
  const ground = on === undefined ? {} : { on };
  switch (shape.kind) {
    case 'arrow': {
      const [a, b] = [frame.lane(shape.left), frame.lane(shape.left + shape.span)];
      const y = 22;
      const [tip, back] = shape.points === 'right' ? [b - 1, b - 10] : [a + 1, a + 10];
      return el(
        'g',
        {},
        el('line', { class: `line ${stroke}${strong}`, x1: a, y1: y, x2: b, y2: y }),
        el('path', { class: fill, d: `M${px(tip)} ${y}L${px(back)} ${y - 5}V${y + 5}Z` }),
        label(pieces, { x: (a + b) / 2, y: 15, anchor: 'middle', left, right, room: roomOver(b - a), ...ground }),
      );
    }
    case 'loop': {
      const x = frame.lane(shape.lane);
      const side = shape.text === 'right' ? 1 : -1;
      const d = `M${px(x)} 9H${px(x + 18 * side)}V23H${px(x + 8 * side)}`;
      const tip = `M${px(x + side)} 23L${px(x + 10 * side)} 18V28Z`;
      return el(
        'g',
        {},
        el('path', { class: `line ${stroke}${strong}`, d }),
        el('path', { class: fill, d: tip }),
        beside(pieces, shape, frame, 26, 20, on),
      );
    }
    case 'mark': {
      const x = frame.lane(shape.lane);
      const point =
        step.kind === 'log'
          ? el('rect', { class: fill, x: x - 4, y: 7, width: 8, height: 8 })
          : el('path', { class: fill, d: `M${px(x)} 5L${px(x + 6)} 11L${px(x)} 17L${px(x - 6)} 11Z` });
      return el('g', {}, point, beside(pieces, shape, frame, 12, 15, on));
    }
    case 'band':
      return el('g', {}, label(pieces, { x: (left + right) / 2, y: 16, anchor: 'middle', left, right, ...ground }));
  }
}

/** The words over an arrow end where it ends, unless it is too short for any. */
const roomOver = (length: number): number => Math.max(length - 16, SHORT_ARROW);

/** Text on that side of a lane. */
function beside(
  pieces: readonly Piece[],
  { lane, text: side }: Extract<Shape, { lane: number }>,
  frame: Frame,
  distance: number,
  y: number,
  on: string | undefined,
): Xml | undefined {
  const x = frame.lane(lane) + (side === 'right' ? distance : -distance);
  const place = side === 'right' ? { left: x, right: frame.field.right } : { left: frame.field.left, right: x };
  return label(pieces, {
    x,
    y,
    anchor: side === 'right' ? 'start' : 'end',
    ...place,
    ...(on === undefined ? {} : { on }),
  });
}

const px = (value: number): string => String(Math.round(value * 100) / 100);
