import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Lane } from '../api.ts';
import { texts } from '../texts/language.ts';
import type { Time } from './wishes.ts';

const words = texts.ladder;

export interface LaneActions {
  /** Moves the lane by so many places to the right; a negative number moves it to the left. */
  moved(id: string, by: number): void;
  hidden(id: string): void;
}

/** The names of the lanes. Each can be moved and hidden, by its signs or by keys. */
export function laneHeads(lanes: readonly Lane[], time: Time, actions: LaneActions): TemplateResult {
  const [first, second] = words.timeHeads[time];
  return html`<div class="lanes" role="group" aria-label=${words.lanes}>
    <span class="lane-corner">${first}</span>
    <span class="lane-corner">${second}</span>
    <span class="lane-corner">${words.legHead}</span>
    ${repeat(
      lanes,
      ({ id }) => id,
      (lane, index) => laneHead(lane, index, lanes.length, actions),
    )}
  </div>`;
}

function laneHead(lane: Lane, index: number, count: number, actions: LaneActions): TemplateResult {
  const [first = '', ...others] = lane.addresses.filter((address) => address !== lane.name);
  const address = `${first}${others.length === 0 ? '' : ` +${others.length}`}`;
  return html`<button
    type="button"
    class="lane-name"
    data-lane=${index}
    title=${[lane.name, ...lane.addresses].join('\n')}
    aria-label=${words.laneKeys(`${lane.name}${address === '' ? '' : ` ${address}`}`, index + 1, count)}
    aria-keyshortcuts="ArrowLeft ArrowRight Delete"
    @keydown=${(event: KeyboardEvent) => key(event, lane.id, index, actions)}
    @click=${(event: Event) => click(event, lane.id, actions)}
  >
    <b>${lane.name}</b>
    <small>${address}</small>
    <span class="lane-signs" aria-hidden="true">
      ${index === 0 ? nothing : html`<span data-act="left" title=${words.moveLeft}>◂</span>`}
      <span data-act="hide" title=${words.hide}>✕</span>
      ${index === count - 1 ? nothing : html`<span data-act="right" title=${words.moveRight}>▸</span>`}
    </span>
  </button>`;
}

function key(event: KeyboardEvent, id: string, index: number, actions: LaneActions): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const by = event.key === 'ArrowLeft' ? -1 : 1;
    actions.moved(id, by);
    refocus(event.currentTarget, index + by);
  } else if (event.key === 'Delete' || event.key === 'Backspace') {
    actions.hidden(id);
    refocus(event.currentTarget, index);
  } else return;
  event.preventDefault();
}

/** The keyboard stays on the lane that was moved; after one was hidden on the one that took its place. */
function refocus(from: EventTarget | null, index: number): void {
  const heads = from instanceof Element ? from.closest('.lanes') : null;
  requestAnimationFrame(() => {
    const lanes = [...(heads?.querySelectorAll<HTMLElement>('.lane-name') ?? [])];
    lanes[Math.max(0, Math.min(index, lanes.length - 1))]?.focus();
  });
}

function click(event: Event, id: string, actions: LaneActions): void {
  const sign = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-act]') : null;
  if (sign?.dataset.act === 'left') actions.moved(id, -1);
  else if (sign?.dataset.act === 'right') actions.moved(id, 1);
  else if (sign?.dataset.act === 'hide') actions.hidden(id);
}
