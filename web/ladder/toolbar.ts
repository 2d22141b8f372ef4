import { html, nothing, type TemplateResult } from 'lit';
import type { Filter } from '../../core/ladder/filter.ts';
import { hasBoxes } from '../../core/ladder/lanes.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import type { Ladder } from '../api.ts';
import { offset } from '../format.ts';
import type { Counts, Drawn } from './drawn.ts';
import { JUMPS, type Move } from './keys.ts';
import { PAUSES, TIMES, type Time, type Wishes } from './wishes.ts';

export interface ToolbarState {
  readonly wishes: Wishes;
  readonly ladder: Ladder;
  readonly drawn: Drawn;
  readonly threads: Threads;
  set(wishes: Wishes): void;
  jumped(move: Move): void;
}

/** The switches above the ladder. */
export function toolbar(state: ToolbarState): TemplateResult {
  return html`<div class="toolbar" role="group" aria-label="What the ladder shows">
      ${sources(state)} ${textFilter(state)}
    </div>
    <div class="toolbar" role="group" aria-label="Legs and methods">${legs(state)} ${methods(state)}</div>
    <div class="toolbar" role="group" aria-label="How the ladder is drawn">${drawing(state)} ${hiddenLanes(state)}</div>
    <div class="toolbar" role="group" aria-label="Jump on the ladder">
      Jump to ${JUMPS.map(({ key, words, move }) => html`<button type="button" class="jump" @click=${() => state.jumped(move)}>${words} <kbd>${key}</kbd></button>`)}
      <span class="muted" role="status">${statusText(state.drawn.counts)}</span>
    </div>`;
}

function sources({ wishes, drawn, set }: ToolbarState): TemplateResult {
  const { filter } = wishes;
  const { counts } = drawn;
  const change = (part: Partial<Filter>): void => set({ ...wishes, filter: { ...filter, ...part } });
  return html`${toggle(filter.sip, 'SIP', counts.sip, (sip) => change({ sip }))}
    ${counts.media === 0 ? nothing : toggle(filter.media, 'RTCP', counts.media, (media) => change({ media }))}
    ${toggle(filter.events, 'Events', counts.events, (events) => change({ events }))}
    ${toggle(filter.everyEvent, 'every event', counts.events + counts.chatty, (everyEvent) => change({ everyEvent }), !filter.events)}
    ${toggle(filter.logs, 'Logs', counts.logs, (logs) => change({ logs }))}
    <label class="toggle ${filter.logs ? '' : 'off'}">
      at least
      <select
        aria-label="Lowest log level shown"
        ?disabled=${!filter.logs}
        @change=${(event: Event) => change({ level: Number((event.target as HTMLSelectElement).value) })}
      >
        ${LEVELS.map((name, level) => html`<option value=${level} ?selected=${level === filter.level}>${name}</option>`)}
      </select>
    </label>`;
}

function textFilter({ wishes, set }: ToolbarState): TemplateResult {
  return html`<label class="toggle">
    with
    <input
      type="search"
      class="find"
      autocomplete="off"
      spellcheck="false"
      aria-label="Only steps with this text"
      placeholder="text"
      .value=${wishes.filter.text}
      @input=${(event: Event) => set({ ...wishes, filter: { ...wishes.filter, text: (event.target as HTMLInputElement).value } })}
    />
  </label>`;
}

function legs({ wishes, drawn, threads, set }: ToolbarState): TemplateResult | typeof nothing {
  const known = threads.all.filter(({ letter }) => drawn.counts.legs.has(letter));
  if (known.length < 2) return nothing;
  const { withoutLegs } = wishes.filter;
  return html`<span class="chips">
    Legs
    ${known.map(({ letter, colour, id }) =>
      chip(
        html`<span class="leg-badge thread-${colour}">${letter}</span>`,
        `Leg ${letter}`,
        drawn.counts.legs.get(letter) ?? 0,
        !withoutLegs.includes(letter),
        () => set({ ...wishes, filter: { ...wishes.filter, withoutLegs: toggled(withoutLegs, letter) } }),
        id,
      ),
    )}
  </span>`;
}

function methods({ wishes, drawn, set }: ToolbarState): TemplateResult | typeof nothing {
  const known = [...drawn.counts.methods];
  if (known.length < 2) return nothing;
  const { withoutMethods } = wishes.filter;
  return html`<span class="chips">
    Methods
    ${known.map(([method, count]) =>
      chip(html`${method}`, method, count, !withoutMethods.includes(method), () =>
        set({ ...wishes, filter: { ...wishes.filter, withoutMethods: toggled(withoutMethods, method) } }),
      ),
    )}
  </span>`;
}

const toggled = (list: readonly string[], one: string): readonly string[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

const TIME_WORDS: Readonly<Record<Time, string>> = {
  clock: 'of the clock',
  start: 'since the start',
  above: 'since the step above',
};

function drawing({ wishes, ladder, drawn, set }: ToolbarState): TemplateResult {
  const chosen = (event: Event): string => (event.target as HTMLSelectElement).value;
  return html`<label class="toggle">
      Time
      <select
        aria-label="Which time is shown first"
        @change=${(event: Event) => set({ ...wishes, time: TIMES.find((time) => time === chosen(event)) ?? 'clock' })}
      >
        ${TIMES.map((time) => html`<option value=${time} ?selected=${time === wishes.time}>${TIME_WORDS[time]}${time === 'clock' ? `, ${offset(drawn.startUs)}` : ''}</option>`)}
      </select>
    </label>
    <label class="toggle">
      Pauses from
      <select
        aria-label="Pauses that are told"
        @change=${(event: Event) => set({ ...wishes, pause: Number(chosen(event)) })}
      >
        ${PAUSES.map(
          (pause) =>
            html`<option value=${pause} ?selected=${pause === wishes.pause}>${pause === 0 ? 'never' : `${pause} s`}</option>`,
        )}
      </select>
    </label>
    ${toggle(wishes.story, 'Turns of the call', undefined, (story) => set({ ...wishes, story }))}
    ${ladder.media.length === 0 ? nothing : toggle(wishes.bands, 'Media', ladder.media.length, (bands) => set({ ...wishes, bands }))}
    ${toggle(wishes.runs, 'Fold log lines', undefined, (runs) => set({ ...wishes, runs }))}
    ${
      hasBoxes(ladder.lanes)
        ? toggle(wishes.lanes.boxes, 'One lane a box', undefined, (boxes) =>
            set({ ...wishes, lanes: { ...wishes.lanes, boxes } }),
          )
        : nothing
    }`;
}

function hiddenLanes({ wishes, drawn, set }: ToolbarState): TemplateResult | typeof nothing {
  const { lanes } = wishes;
  if (drawn.hiddenLanes.length === 0 && lanes.order.length === 0) return nothing;
  return html`<span class="chips">
    ${drawn.hiddenLanes.length === 0 ? nothing : 'Hidden lanes'}
    ${drawn.hiddenLanes.map(
      ({ id, name }) =>
        html`<button
          type="button"
          class="jump"
          aria-label=${`Show lane ${name}`}
          @click=${() => set({ ...wishes, lanes: { ...lanes, hidden: lanes.hidden.filter((one) => one !== id) } })}
        >
          ${name} +
        </button>`,
    )}
    <button type="button" class="jump" @click=${() => set({ ...wishes, lanes: { ...lanes, order: [], hidden: [] } })}>
      Lanes as they were
    </button>
  </span>`;
}

function toggle(
  checked: boolean,
  words: string,
  count: number | undefined,
  change: (on: boolean) => void,
  disabled = false,
): TemplateResult {
  return html`<label class="toggle ${disabled ? 'off' : ''}">
    <input
      type="checkbox"
      .checked=${checked}
      ?disabled=${disabled}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
    />
    ${words} ${count === undefined ? nothing : html`<span class="count">${count}</span>`}
  </label>`;
}

function chip(
  face: TemplateResult,
  words: string,
  count: number,
  on: boolean,
  change: () => void,
  title = '',
): TemplateResult {
  return html`<button
    type="button"
    class="chip ${on ? '' : 'off'}"
    aria-pressed=${on}
    aria-label=${`${words}, ${count} steps`}
    title=${title === '' ? nothing : title}
    @click=${change}
  >
    ${face} <span class="count">${count}</span>
  </button>`;
}

const HIDDEN_WORDS: Readonly<Record<keyof Counts['hidden'], string>> = {
  sip: 'SIP',
  media: 'RTCP',
  events: 'events',
  everyEvent: 'events of little note',
  logs: 'log lines',
  level: 'log lines by level',
  leg: 'by leg',
  method: 'by method',
  text: 'by text',
  lane: 'by lane',
};

/** "74 of 375 steps; hidden: 201 log lines by level, 100 events of little note; folded: 4" */
export function statusText({ all, hidden, folded }: Counts): string {
  const parts = Object.entries(hidden).filter(([, count]) => count > 0);
  const sum = parts.reduce((total, [, count]) => total + count, 0);
  const words = parts.map(([name, count]) => `${count} ${HIDDEN_WORDS[name as keyof Counts['hidden']]}`);
  return [
    `${all - sum - folded} of ${all} steps`,
    words.length === 0 ? '' : `hidden: ${words.join(', ')}`,
    folded === 0 ? '' : `folded: ${folded}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
