import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { createRef, ref } from 'lit/directives/ref.js';
import type { Row } from '../../core/ladder/layout.ts';
import type { Lane, Step } from '../api.ts';
import { vars } from '../parts/vars.ts';
import { rowId, rowView } from './row.ts';

export interface LadderListState {
  readonly lanes: readonly Lane[];
  readonly rows: readonly Row<Step>[];
  /** The row on which the keyboard stands. */
  readonly active: number;
  /** Id of the step whose detail is open. */
  readonly opened: string | undefined;
  /** Id of a step to bring into view with this drawing. */
  readonly scrollTo: string | undefined;
  moved(to: number): void;
  chosen(index: number): void;
  closed(): void;
}

const PAGE = 15;
const list = createRef<HTMLElement>();

/** Lane names above, one row a step below.  */
export function ladderList(state: LadderListState): TemplateResult {
  if (state.scrollTo !== undefined) bringIntoView(state.rows.findIndex((row) => row.step.id === state.scrollTo));
  return html`<div class="ladder" ${vars({ lanes: Math.max(1, state.lanes.length) })}>
    <div class="lanes" aria-hidden="true">
      <span class="lane-corner">time</span>
      <span class="lane-corner">since above</span>
      <span class="lane-corner">leg</span>
      ${state.lanes.map(laneName)}
    </div>
    ${state.rows.length === 0 ? html`<p class="empty">No step passes the switches above.</p>` : nothing}
    <div
      class="rows"
      role="listbox"
      tabindex="0"
      aria-label="Steps of the call. Arrow keys move, Enter opens, Escape closes."
      aria-activedescendant=${state.rows.length === 0 ? nothing : rowId(state.active)}
      ${ref(list)}
      @keydown=${(event: KeyboardEvent) => key(event, state)}
      @click=${(event: Event) => click(event, state)}
    >
      ${blocks(state)}
    </div>
  </div>`;
}

/** Rows are drawn in blocks: a block that nothing has happened in is neither compared nor, out of sight, laid out. */
const BLOCK = 50;

function blocks({ rows, lanes, active, opened }: LadderListState): unknown[] {
  return Array.from({ length: Math.ceil(rows.length / BLOCK) }, (_, number) => {
    const start = number * BLOCK;
    const end = Math.min(start + BLOCK, rows.length);
    const activeHere = active >= start && active < end ? active : -1;
    const openHere = rows.slice(start, end).some((row) => row.step.id === opened) ? opened : undefined;
    return guard([rows, activeHere, openHere], () => {
      const drawn = rows.slice(start, end).map((row, offset) => {
        const index = start + offset;
        return rowView(row, index, lanes, index === activeHere, row.step.id === openHere);
      });
      return html`<div class="block" role="presentation" ${vars({ rows: end - start })}>${drawn}</div>`;
    });
  });
}

function laneName(lane: Lane): TemplateResult {
  const [first = '', ...others] = lane.addresses.filter((address) => address !== lane.name);
  return html`<span class="lane-name" title=${[lane.name, ...lane.addresses].join('\n')}>
    <b>${lane.name}</b>
    <small>${first}${others.length === 0 ? nothing : ` +${others.length}`}</small>
  </span>`;
}

function click(event: Event, state: LadderListState): void {
  const row = event.target instanceof Element ? event.target.closest('[data-index]') : null;
  if (row instanceof HTMLElement) state.chosen(Number(row.dataset.index));
}

function key(event: KeyboardEvent, state: LadderListState): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = TARGETS[event.key];
  if (target !== undefined) state.moved(target(state.active, state.rows.length));
  else if (event.key === 'Enter' || event.key === ' ') state.chosen(state.active);
  else if (event.key === 'Escape') state.closed();
  else return;
  event.preventDefault();
}

const TARGETS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  j: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  k: (at) => at - 1,
  PageDown: (at) => at + PAGE,
  PageUp: (at) => at - PAGE,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** After the drawing, so that the row is there. */
function bringIntoView(index: number): void {
  if (index === -1) return;
  requestAnimationFrame(() => list.value?.querySelector(`#${rowId(index)}`)?.scrollIntoView({ block: 'nearest' }));
}
