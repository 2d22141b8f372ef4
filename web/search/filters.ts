import { html, nothing, type TemplateResult } from 'lit';
import { OUTCOME_WORDS } from '../../core/ladder/words.ts';
import type { KnownNames, SearchHit } from '../api.ts';
import { microsOf } from '../format.ts';
import { texts } from '../texts/language.ts';
import { localOf, momentOf } from '../zone.ts';
import { type Asked, NEWEST, OUTCOMES } from './asked.ts';

const words = texts.search;

/** Names to choose from: those that are known, and those that calls on the list had. Any other can be typed. */
export interface Names {
  readonly node: ReadonlySet<string>;
  readonly trunk: ReadonlySet<string>;
  readonly tenant: ReadonlySet<string>;
}

export interface FilterState {
  readonly asked: Asked;
  readonly names: Names;
  /** A field for names was reached: it is time to ask for those that are known. */
  reached(): void;
  changed(asked: Asked): void;
}

/** What the list is narrowed to. The store answers it; all of it stands in the address. */
export function filters(state: FilterState): TemplateResult {
  const { asked, names, changed } = state;
  const isPlain = asked.outcomes.length === 0 && asked.node + asked.trunk + asked.tenant === '';
  const clear = (): void => changed({ ...NEWEST, query: asked.query, within: asked.within, live: asked.live });
  return html`<div class="filters" role="group" aria-label=${words.filters}>
    <span class="chips" role="group" aria-label=${words.outcomes}>
      ${OUTCOMES.map((outcome) => {
        const { word, sign } = OUTCOME_WORDS[outcome];
        const on = asked.outcomes.includes(outcome);
        const outcomes = OUTCOMES.filter((one) => (one === outcome) !== asked.outcomes.includes(one));
        return html`<button
          type="button"
          class="chip ${on ? 'on' : ''}"
          aria-pressed=${on ? 'true' : 'false'}
          @click=${() => changed({ ...asked, outcomes })}
        ><span aria-hidden="true">${sign}</span> ${word}</button>`;
      })}
    </span>
    ${nameField('node', state)}
    ${nameField('trunk', state)}
    ${names.tenant.size === 0 && asked.tenant === '' ? nothing : nameField('tenant', state)}
    ${asked.from + asked.to === '' ? nothing : html`${timeField('from', words.fromTime, asked, changed)} ${timeField('to', words.untilTime, asked, changed)}`}
    ${isPlain ? nothing : html`<button type="button" class="jump" @click=${clear}>${words.clearFilters}</button>`}
  </div>`;
}

function nameField(field: keyof Names, { asked, names, reached, changed }: FilterState): TemplateResult {
  const known = [...new Set([...names[field], asked[field]])].filter((name) => name !== '').sort();
  return html`<label class="filter">
    ${words[field]}
    <input
      type="text"
      name=${field}
      list=${`names-${field}`}
      autocomplete="off"
      spellcheck="false"
      maxlength="256"
      placeholder=${words.anyName}
      .value=${asked[field]}
      @focus=${reached}
      @change=${(event: Event) => changed({ ...asked, [field]: (event.target as HTMLInputElement).value.trim() })}
    />
    <datalist id=${`names-${field}`}>${known.map((name) => html`<option value=${name}></option>`)}</datalist>
  </label>`;
}

/** A moment in the zone that is shown. */
function timeField(field: 'from' | 'to', name: string, asked: Asked, changed: (asked: Asked) => void): TemplateResult {
  const us = microsOf(asked[field]);
  return html`<label class="filter">
    ${name}
    <input
      type="datetime-local"
      name=${field}
      .value=${us === undefined ? '' : localOf(us / 1000)}
      @change=${(event: Event) => {
        const ms = momentOf((event.target as HTMLInputElement).value);
        changed({ ...asked, [field]: ms === undefined ? '' : isoOf(ms) });
      }}
    />
  </label>`;
}

/** As short as it can be, since it stands in the address. */
const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/(:00)?\.000Z$/, 'Z');

const HOUR_MS = 3_600_000;

/** The search with a time of its own, to be changed: the last hour, from a full minute. */
export function withOwnTime(asked: Asked, nowMs: number): Asked {
  return { ...asked, within: '', from: isoOf(Math.floor((nowMs - HOUR_MS) / 60_000) * 60_000), to: '' };
}

/** The names on the list beside all that the API knows. */
export const withKnown = (names: Names, { nodes, trunks, tenants }: KnownNames): Names => ({
  node: new Set([...nodes, ...names.node]),
  trunk: new Set([...trunks, ...names.trunk]),
  tenant: new Set([...tenants, ...names.tenant]),
});

/** The names of these calls beside those that are known. */
export function withNames(known: Names, calls: readonly SearchHit[]): Names {
  const node = new Set(known.node);
  const trunk = new Set(known.trunk);
  const tenant = new Set(known.tenant);
  for (const call of calls) {
    for (const name of call.nodes) if (node.size < MOST_NAMES) node.add(name);
    if (call.trunk !== null && trunk.size < MOST_NAMES) trunk.add(call.trunk);
    if (call.tenant !== null && tenant.size < MOST_NAMES) tenant.add(call.tenant);
  }
  return { node, trunk, tenant };
}

const MOST_NAMES = 200;

export const NO_NAMES: Names = { node: new Set(), trunk: new Set(), tenant: new Set() };
