import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Health } from './api.ts';
import { zone } from './format.ts';
import type { Within } from './search/asked.ts';
import { browserZone } from './zone.ts';

export interface SearchBox {
  readonly query: string;
  /** How far back it looks; "own" where the address has times of its own. */
  readonly within: Within | 'own';
  typed(query: string): void;
  chosen(within: Within | 'own'): void;
  submitted(): void;
}

export interface ZoneBox {
  /** "" for the browser's. */
  readonly zone: string;
  chosen(zone: string): void;
}

/** The frame around all pages: the search box and the time zone above, the state of the sources below. */
export function shell(
  box: SearchBox,
  times: ZoneBox,
  health: Health | undefined,
  help: () => void,
  page: TemplateResult,
): TemplateResult {
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <a class="brand" href="/">Calltrail</a>
      ${searchForm(box)}
      <div class="settings">
        ${zoneChoice(times)}
        <button type="button" aria-keyshortcuts="?" @click=${help}>Keys <kbd>?</kbd></button>
      </div>
    </header>
    <main id="main" tabindex="-1">${page}</main>
    <footer class="bottom">
      <span>Times in ${zone(Date.now() * 1000)}</span>
      ${health === undefined ? nothing : sources(health)}
    </footer>
  `;
}

const chosenOf = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

function searchForm(box: SearchBox): TemplateResult {
  return html`<form class="search" role="search" @submit=${(event: Event) => {
    event.preventDefault();
    box.submitted();
  }}>
    <label class="visually-hidden" for="q">Search calls</label>
    <input
      id="q"
      type="search"
      name="q"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      maxlength="500"
      aria-describedby="q-help"
      aria-keyshortcuts="/"
      placeholder="Number, name, Call-ID, channel UUID or IP address"
      .value=${box.query}
      @input=${(event: Event) => box.typed(chosenOf(event))}
    />
    <label class="visually-hidden" for="within">Look back</label>
    <select id="within" @change=${(event: Event) => box.chosen(chosenOf(event) as Within | 'own')}>
      ${LOOK_BACK.map(([value, words]) => html`<option value=${value} ?selected=${value === box.within}>${words}</option>`)}
    </select>
    <button type="submit">Search</button>
    <p id="q-help">
      A number in any form, a name, a Call-ID, a channel UUID or an IP address. <kbd>/</kbd> comes here, <kbd>Enter</kbd>
      searches, <kbd>↓</kbd> goes to the list.
    </p>
  </form>`;
}

const LOOK_BACK: readonly (readonly [Within | 'own', string])[] = [
  ['', 'any time'],
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
  ['1d', 'last 24 hours'],
  ['7d', 'last 7 days'],
  ['own', 'from … until …'],
];

function zoneChoice({ zone: chosen, chosen: choose }: ZoneBox): TemplateResult {
  // Some four hundred names, which are the same with every drawing.
  return html`${guard([chosen], () => {
    const names = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC');
    const others = chosen === '' || chosen === 'UTC' || names.includes(chosen) ? names : [chosen, ...names];
    return html`<label class="visually-hidden" for="zone">Time zone of all times</label>
      <select id="zone" @change=${(event: Event) => choose(chosenOf(event))}>
        <option value="" ?selected=${chosen === ''}>${browserZone()} (browser)</option>
        <option value="UTC" ?selected=${chosen === 'UTC'}>UTC</option>
        ${others.map((name) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
      </select>`;
  })}`;
}

const SIGNS = { up: '✓', connecting: '…', down: '✕', none: '–' } as const;

function sources(health: Health): TemplateResult {
  return html`<ul class="sources" aria-label="State of the sources">
      <li title="Where calls are kept">store <span class="state-${health.store.state}">${SIGNS[health.store.state]} ${health.store.state}</span></li>
      ${health.sources.map(
        (source) =>
          html`<li title=${source.detail}>${source.name} <span class="state-${source.state}">${SIGNS[source.state]} ${source.state}</span></li>`,
      )}
    </ul>
    <a href="/ledger">Ledger</a>
    <a href="/doctor">Doctor</a>
    <a href="/clocks">Clocks</a>
    <span>Calltrail ${health.version}</span>`;
}
