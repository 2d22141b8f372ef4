import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import { html, render, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Line } from '../../core/ladder/lines.ts';
import type { MediaBand } from '../../core/ladder/media.ts';
import type { Step } from '../api.ts';
import { placed } from '../parts/placed.ts';
import { lineId, lineView } from './line.ts';
import { laneAt, type RowContext } from './row.ts';
import { type Slot, slotsFor } from './slots.ts';

export interface RowsState {
  readonly lines: readonly Line<Step>[];
  readonly bands: readonly (readonly MediaBand[])[];
  readonly context: RowContext;
  /** The line on which the keyboard stands. */
  readonly active: number;
  /** Id of the step whose detail is open. */
  readonly opened: string | undefined;
  /** A line to bring into view with this drawing. */
  readonly reveal: number | undefined;
  /** Everything is drawn, for a printer. */
  readonly whole: boolean;
}

/** Heights of lines in rem; styles/ladder.css has the same. */
const [STEP_REM, BETWEEN_REM] = [2.75, 1.6];
/** Lines drawn above and below what is seen; each one more is drawn at once when all are new, as after a jump. */
const OVERSCAN = 6;
/** Before the browser has told how high the list is. */
const FIRST_HEIGHT = 900;

/**
 * The lines of a ladder, of which those in sight are drawn. It draws itself when it is scrolled, so that the page around
 * it does not; it is filled by its property `state` and stands in the element that scrolls, `.ladder`.
 */
export class LadderRows extends HTMLElement {
  #state: RowsState | undefined;
  #virtualizer: Virtualizer<HTMLElement, HTMLElement> | undefined;
  #unmount: (() => void) | undefined;
  /** The elements that are there, in their order in the document. */
  #slots: readonly Slot[] = [];

  set state(state: RowsState) {
    const before = this.#state;
    this.#state = state;
    if (this.isConnected) this.#update(before?.lines !== state.lines);
  }

  connectedCallback(): void {
    if (this.#state !== undefined) this.#update(true);
  }

  disconnectedCallback(): void {
    this.#unmount?.();
    this.#unmount = undefined;
    this.#virtualizer = undefined;
  }

  #update(sizesChanged: boolean): void {
    const state = this.#state;
    if (state === undefined) return;
    const virtualizer = this.#virtualizer ?? this.#mount();
    virtualizer.setOptions({ ...virtualizer.options, count: state.lines.length, scrollMargin: this.offsetTop });
    if (sizesChanged) virtualizer.measure();
    virtualizer._willUpdate();
    this.#draw();
    if (state.reveal !== undefined && state.reveal >= 0) this.#reveal(state.reveal);
  }

  #mount(): Virtualizer<HTMLElement, HTMLElement> {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const heads = this.offsetTop;
    const virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: this.#state?.lines.length ?? 0,
      getScrollElement: () => this.closest<HTMLElement>('.ladder'),
      estimateSize: (index) => rem * (this.#state?.lines[index]?.kind === 'step' ? STEP_REM : BETWEEN_REM),
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      initialRect: { width: 0, height: FIRST_HEIGHT },
      overscan: OVERSCAN,
      scrollMargin: heads,
      // The names of the lanes stay above what is scrolled.
      scrollPaddingStart: heads,
      // What aria-activedescendant names has to be there, in sight or not.
      rangeExtractor: (range) => {
        const active = this.#state?.active ?? 0;
        const indexes = defaultRangeExtractor(range);
        return indexes.includes(active) || active >= range.count ? indexes : [...indexes, active].sort((a, b) => a - b);
      },
      onChange: () => this.#draw(),
    });
    this.#virtualizer = virtualizer;
    this.#unmount = virtualizer._didMount();
    return virtualizer;
  }

  #draw(): void {
    const [state, virtualizer] = [this.#state, this.#virtualizer];
    if (state === undefined || virtualizer === undefined) return;
    const { lines, bands, context, active, opened, whole } = state;
    const lanes = context.lanes.length;
    const one = (index: number, top: number | undefined) => {
      const line = lines[index] as Line<Step>;
      const isOpen = line.kind === 'step' && line.row.step.id === opened;
      const own = bands[index] ?? [];
      return guard([line, context, own, top, index === active, isOpen, lines.length], () =>
        lineView(
          { line, index, count: lines.length, top, bands: own, active: index === active, opened: isOpen },
          context,
        ),
      );
    };
    const margin = virtualizer.options.scrollMargin;
    const tops = new Map<number, number>();
    for (const { index, start } of virtualizer.getVirtualItems()) {
      if (index < lines.length) tops.set(index, start - margin);
    }
    if (!whole) this.#slots = slotsFor(this.#slots, [...tops.keys()], (index) => shapeOf(lines[index] as Line<Step>));
    // While it is scrolled none is moved; whoever reads on finds the lines one after the other.
    if (!virtualizer.isScrolling) this.#slots = this.#slots.toSorted((a, b) => a.index - b.index);
    render(
      whole
        ? html`<div class="flat" role="presentation">${laneLines(lanes)}${lines.map((_, index) => one(index, undefined))}</div>`
        : html`<div class="window" role="presentation" ${placed({ height: virtualizer.getTotalSize() })}>${laneLines(lanes)}${repeat(
            this.#slots,
            (slot) => slot,
            ({ index }) => one(index, tops.get(index)),
          )}</div>`,
      this,
    );
  }

  #reveal(index: number): void {
    this.#virtualizer?.scrollToIndex(index, { align: 'auto' });
    // The ladder itself may be out of sight.
    requestAnimationFrame(() => this.querySelector(`#${lineId(index)}`)?.scrollIntoView({ block: 'nearest' }));
  }
}

const shapeOf = (line: Line<Step>): string => (line.kind === 'step' ? line.row.shape.kind : line.kind);

/**
 * The upright lines of the lanes, each one element behind all rows: a background of each row, however simple, is half of what
 * it costs to bring it into sight.
 */
const laneLines = (lanes: number): TemplateResult =>
  html`<div class="lane-lines" aria-hidden="true">${Array.from({ length: lanes }, (_, lane) => html`<span ${placed({ start: laneAt(lane, lanes) })}></span>`)}</div>`;

customElements.define('ladder-rows', LadderRows);
