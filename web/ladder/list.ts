import { html, nothing, type TemplateResult } from 'lit';
import { vars } from '../parts/vars.ts';
import { texts } from '../texts/language.ts';
import type { Drawn } from './drawn.ts';
import { MOVES } from './keys.ts';
import { type LaneActions, laneHeads } from './lane-heads.ts';
import { lineId } from './line.ts';
import type { RowContext } from './row.ts';
import type { RowsState } from './rows-element.ts';
import './rows-element.ts';

const words = texts.steps;

export interface LadderListState extends Omit<RowsState, 'lines' | 'bands'> {
  readonly drawn: Drawn;
  readonly context: RowContext;
  readonly lanes: LaneActions;
  moved(to: number): void;
  chosen(index: number): void;
  /** Unfolds what the line holds, or folds it again. */
  unfolded(index: number): void;
  closed(): void;
}

/** Lane names above, one line a step below.  */
export function ladderList(state: LadderListState): TemplateResult {
  const { drawn, context, active, opened, reveal, whole } = state;
  const { lanes, lines, bands } = drawn;
  return html`<div class="ladder" ${vars({ lanes: Math.max(1, lanes.length) })}>
    ${laneHeads(lanes, context.time, state.lanes)}
    ${lines.length === 0 ? html`<p class="empty">${words.noStepPasses}</p>` : nothing}
    <ladder-rows
      class="rows"
      role="listbox"
      tabindex="0"
      aria-label=${words.list}
      aria-activedescendant=${lines.length === 0 ? nothing : lineId(active)}
      .state=${{ lines, bands, context, active, opened, reveal, whole }}
      @keydown=${(event: KeyboardEvent) => key(event, state)}
      @click=${(event: Event) => click(event, state)}
    ></ladder-rows>
  </div>`;
}

function click(event: Event, state: LadderListState): void {
  if (!(event.target instanceof Element)) return;
  const row = event.target.closest('[data-index]');
  if (!(row instanceof HTMLElement)) return;
  const index = Number(row.dataset.index);
  if (event.target.closest('[data-unfold]') !== null) state.unfolded(index);
  else state.chosen(index);
}

function key(event: KeyboardEvent, state: LadderListState): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = Object.hasOwn(MOVES, event.key) ? MOVES[event.key] : undefined;
  const to = move?.(state.active, state.drawn.lines);
  if (move !== undefined && to !== undefined) state.moved(to);
  else if (event.key === 'Enter' || event.key === ' ') state.chosen(state.active);
  else if (event.key === 'x') state.unfolded(state.active);
  else if (event.key === 'Escape') state.closed();
  else if (move === undefined) return;
  event.preventDefault();
}
