import { html, type TemplateResult } from 'lit';
import type { Filter } from '../../core/ladder/filter.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import type { Step } from '../api.ts';
import { countKinds } from './filter.ts';

/** The switches above the ladder. */
export function toolbar(
  filter: Filter,
  steps: readonly Step[],
  visible: number,
  set: (filter: Filter) => void,
): TemplateResult {
  const counts = countKinds(steps);
  const toggle = (checked: boolean, words: string, count: number, change: (on: boolean) => Filter, disabled = false) =>
    html`<label class="toggle ${disabled ? 'off' : ''}">
      <input
        type="checkbox"
        .checked=${checked}
        ?disabled=${disabled}
        @change=${(event: Event) => set(change((event.target as HTMLInputElement).checked))}
      />
      ${words} <span class="count">${count}</span>
    </label>`;
  return html`<div class="toolbar" role="group" aria-label="What the ladder shows">
    ${toggle(filter.sip, 'SIP', counts.message, (sip) => ({ ...filter, sip }))}
    ${toggle(filter.events, 'Events', counts.ofNote, (events) => ({ ...filter, events }))}
    ${toggle(filter.everyEvent, 'every event', counts.event, (everyEvent) => ({ ...filter, everyEvent }), !filter.events)}
    ${toggle(filter.logs, 'Logs', counts.log, (logs) => ({ ...filter, logs }))}
    <label class="toggle ${filter.logs ? '' : 'off'}">
      at least
      <select
        aria-label="Lowest log level shown"
        ?disabled=${!filter.logs}
        @change=${(event: Event) => set({ ...filter, level: Number((event.target as HTMLSelectElement).value) })}
      >
        ${LEVELS.map((name, level) => html`<option value=${level} ?selected=${level === filter.level}>${name}</option>`)}
      </select>
    </label>
    <span class="muted" role="status">${visible} of ${steps.length} steps</span>
  </div>`;
}
