import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Health } from './api.ts';
import { zone } from './format.ts';
import { WITHIN, type Within } from './search/asked.ts';
import { texts } from './texts/language.ts';
import { browserZone } from './zone.ts';

const words = texts.frame;

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
    <a class="skip" href="#main">${words.skipToContent}</a>
    <header class="top">
      <a class="brand" href="/">${words.product}</a>
      ${searchForm(box)}
      <div class="settings">
        ${zoneChoice(times)}
        <button type="button" aria-keyshortcuts="?" @click=${help}>${words.keys} <kbd>?</kbd></button>
      </div>
    </header>
    <main id="main" tabindex="-1">${page}</main>
    <footer class="bottom">
      <span>${words.timesIn(zone(Date.now() * 1000))}</span>
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
    <label class="visually-hidden" for="q">${words.searchCalls}</label>
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
      placeholder=${words.whatToType}
      .value=${box.query}
      @input=${(event: Event) => box.typed(chosenOf(event))}
    />
    <label class="visually-hidden" for="within">${words.lookBack}</label>
    <select id="within" @change=${(event: Event) => box.chosen(chosenOf(event) as Within | 'own')}>
      ${SPANS.map((span) => html`<option value=${span} ?selected=${span === box.within}>${words.spans[span]}</option>`)}
    </select>
    <button type="submit">${words.search}</button>
    <p id="q-help">
      ${words.whatCanBeTyped} <kbd>/</kbd> ${words.slashComesHere} <kbd>Enter</kbd> ${words.enterSearches} <kbd>↓</kbd>
      ${words.downGoesToList}
    </p>
  </form>`;
}

const SPANS = [...WITHIN, 'own'] as const;

function zoneChoice({ zone: chosen, chosen: choose }: ZoneBox): TemplateResult {
  // Some four hundred names, which are the same with every drawing.
  return html`${guard([chosen], () => {
    const names = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC');
    const others = chosen === '' || chosen === 'UTC' || names.includes(chosen) ? names : [chosen, ...names];
    return html`<label class="visually-hidden" for="zone">${words.zoneOfAllTimes}</label>
      <select id="zone" @change=${(event: Event) => choose(chosenOf(event))}>
        <option value="" ?selected=${chosen === ''}>${words.zoneOfBrowser(browserZone())}</option>
        <option value="UTC" ?selected=${chosen === 'UTC'}>${words.utc}</option>
        ${others.map((name) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
      </select>`;
  })}`;
}

const SIGNS = { up: '✓', connecting: '…', down: '✕', none: '–' } as const;

const stateMark = (state: keyof typeof SIGNS): TemplateResult =>
  html`<span class="state-${state}">${SIGNS[state]} ${words.states[state]}</span>`;

function sources(health: Health): TemplateResult {
  return html`<ul class="sources" aria-label=${words.stateOfSources}>
      <li title=${words.whereCallsAreKept}>${words.store} ${stateMark(health.store.state)}</li>
      ${health.sources.map((source) => html`<li title=${source.detail}>${source.name} ${stateMark(source.state)}</li>`)}
    </ul>
    <a href="/ledger">${words.ledger}</a>
    <a href="/doctor">${words.doctor}</a>
    <a href="/clocks">${words.clocks}</a>
    <span>${words.version(health.version)}</span>`;
}
