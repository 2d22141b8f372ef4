import { html, nothing, type TemplateResult } from 'lit';
import type { Filter } from '../../core/ladder/filter.ts';
import { hasBoxes } from '../../core/ladder/lanes.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import type { Ladder } from '../api.ts';
import { offset } from '../format.ts';
import { texts } from '../texts/language.ts';
import type { Counts, Drawn } from './drawn.ts';
import { JUMPS, type Move } from './keys.ts';
import { PAUSES, TIMES, type Wishes } from './wishes.ts';

const words = texts.ladder;

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
  return html`<div class="toolbar" role="group" aria-label=${words.whatIsShown}>
      ${sources(state)} ${textFilter(state)}
    </div>
    <div class="toolbar" role="group" aria-label=${words.legsAndMethods}>${legs(state)} ${methods(state)}</div>
    <div class="toolbar" role="group" aria-label=${words.howItIsDrawn}>${drawing(state)} ${hiddenLanes(state)}</div>
    <div class="toolbar" role="group" aria-label=${words.jumpOnLadder}>
      ${words.jumpTo} ${JUMPS.map(({ key, words: where, move }) => html`<button type="button" class="jump" @click=${() => state.jumped(move)}>${where} <kbd>${key}</kbd></button>`)}
      <span class="muted" role="status">${statusText(state.drawn.counts)}</span>
    </div>`;
}

function sources({ wishes, drawn, set }: ToolbarState): TemplateResult {
  const { filter } = wishes;
  const { counts } = drawn;
  const change = (part: Partial<Filter>): void => set({ ...wishes, filter: { ...filter, ...part } });
  return html`${toggle(filter.sip, words.sip, counts.sip, (sip) => change({ sip }))}
    ${counts.media === 0 ? nothing : toggle(filter.media, words.rtcp, counts.media, (media) => change({ media }))}
    ${toggle(filter.events, words.events, counts.events, (events) => change({ events }))}
    ${toggle(filter.everyEvent, words.everyEvent, counts.events + counts.chatty, (everyEvent) => change({ everyEvent }), !filter.events)}
    ${toggle(filter.logs, words.logs, counts.logs, (logs) => change({ logs }))}
    <label class="toggle ${filter.logs ? '' : 'off'}">
      ${words.atLeast}
      <select
        aria-label=${words.lowestLevel}
        ?disabled=${!filter.logs}
        @change=${(event: Event) => change({ level: Number((event.target as HTMLSelectElement).value) })}
      >
        ${LEVELS.map((name, level) => html`<option value=${level} ?selected=${level === filter.level}>${name}</option>`)}
      </select>
    </label>`;
}

function textFilter({ wishes, set }: ToolbarState): TemplateResult {
  return html`<label class="toggle">
    ${words.withText}
    <input
      type="search"
      class="find"
      autocomplete="off"
      spellcheck="false"
      aria-label=${words.onlyStepsWith}
      placeholder=${words.text}
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
    ${words.legs}
    ${known.map(({ letter, colour, id }) =>
      chip(
        html`<span class="leg-badge thread-${colour}">${letter}</span>`,
        words.leg(letter),
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
    ${words.methods}
    ${known.map(([method, count]) =>
      chip(html`${method}`, method, count, !withoutMethods.includes(method), () =>
        set({ ...wishes, filter: { ...wishes.filter, withoutMethods: toggled(withoutMethods, method) } }),
      ),
    )}
  </span>`;
}

const toggled = (list: readonly string[], one: string): readonly string[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

function drawing({ wishes, ladder, drawn, set }: ToolbarState): TemplateResult {
  const chosen = (event: Event): string => (event.target as HTMLSelectElement).value;
  return html`<label class="toggle">
      ${words.time}
      <select
        aria-label=${words.whichTimeFirst}
        @change=${(event: Event) => set({ ...wishes, time: TIMES.find((time) => time === chosen(event)) ?? 'clock' })}
      >
        ${TIMES.map((time) => html`<option value=${time} ?selected=${time === wishes.time}>${time === 'clock' ? words.ofTheClockIn(offset(drawn.startUs)) : words.times[time]}</option>`)}
      </select>
    </label>
    <label class="toggle">
      ${words.pausesFrom}
      <select
        aria-label=${words.pausesTold}
        @change=${(event: Event) => set({ ...wishes, pause: Number(chosen(event)) })}
      >
        ${PAUSES.map(
          (pause) =>
            html`<option value=${pause} ?selected=${pause === wishes.pause}>${pause === 0 ? words.never : words.seconds(pause)}</option>`,
        )}
      </select>
    </label>
    ${toggle(wishes.story, words.turnsOfTheCall, undefined, (story) => set({ ...wishes, story }))}
    ${ladder.media.length === 0 ? nothing : toggle(wishes.bands, words.media, ladder.media.length, (bands) => set({ ...wishes, bands }))}
    ${toggle(wishes.runs, words.foldLogLines, undefined, (runs) => set({ ...wishes, runs }))}
    ${
      hasBoxes(ladder.lanes)
        ? toggle(wishes.lanes.boxes, words.oneLaneABox, undefined, (boxes) =>
            set({ ...wishes, lanes: { ...wishes.lanes, boxes } }),
          )
        : nothing
    }`;
}

function hiddenLanes({ wishes, drawn, set }: ToolbarState): TemplateResult | typeof nothing {
  const { lanes } = wishes;
  if (drawn.hiddenLanes.length === 0 && lanes.order.length === 0) return nothing;
  return html`<span class="chips">
    ${drawn.hiddenLanes.length === 0 ? nothing : words.hiddenLanes}
    ${drawn.hiddenLanes.map(
      ({ id, name }) =>
        html`<button
          type="button"
          class="jump"
          aria-label=${words.showLane(name)}
          @click=${() => set({ ...wishes, lanes: { ...lanes, hidden: lanes.hidden.filter((one) => one !== id) } })}
        >
          ${name} +
        </button>`,
    )}
    <button type="button" class="jump" @click=${() => set({ ...wishes, lanes: { ...lanes, order: [], hidden: [] } })}>
      ${words.lanesAsTheyWere}
    </button>
  </span>`;
}

function toggle(
  checked: boolean,
  name: string,
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
    ${name} ${count === undefined ? nothing : html`<span class="count">${count}</span>`}
  </label>`;
}

function chip(
  face: TemplateResult,
  name: string,
  count: number,
  on: boolean,
  change: () => void,
  title = '',
): TemplateResult {
  return html`<button
    type="button"
    class="chip ${on ? '' : 'off'}"
    aria-pressed=${on}
    aria-label=${words.countedSteps(name, count)}
    title=${title === '' ? nothing : title}
    @click=${change}
  >
    ${face} <span class="count">${count}</span>
  </button>`;
}

/** "74 of 375 steps; hidden: 201 log lines by level, 100 events of little note; folded: 4" */
export function statusText({ all, hidden, folded }: Counts): string {
  const parts = Object.entries(hidden).filter(([, count]) => count > 0);
  const sum = parts.reduce((total, [, count]) => total + count, 0);
  const counts = parts.map(([name, count]) => `${count} ${words.hiddenBy[name as keyof Counts['hidden']]}`);
  return [
    words.stepsShown(all - sum - folded, all),
    counts.length === 0 ? '' : words.hidden(counts.join(', ')),
    folded === 0 ? '' : words.folded(folded),
  ]
    .filter((part) => part !== '')
    .join('; ');
}
