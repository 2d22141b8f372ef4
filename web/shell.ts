import { html, nothing, type TemplateResult } from 'lit';
import type { Health } from './api.ts';
import { zone } from './format.ts';
import type { Within } from './route.ts';

export interface SearchBox {
  readonly query: string;
  readonly within: Within;
  typed(query: string): void;
  chosen(within: Within): void;
  submitted(): void;
}

/** The frame around both pages: the search box above, the state of the sources below. */
export function shell(box: SearchBox, health: Health | undefined, page: TemplateResult): TemplateResult {
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <a class="brand" href="/">Calltrail</a>
      ${searchForm(box)}
    </header>
    <main id="main" tabindex="-1">${page}</main>
    <footer class="bottom">
      <span>Times in ${zone(new Date())}</span>
      ${health === undefined ? nothing : sources(health)}
    </footer>
  `;
}

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
      @input=${(event: Event) => box.typed((event.target as HTMLInputElement).value)}
    />
    <label class="visually-hidden" for="within">Look back</label>
    <select id="within" @change=${(event: Event) => box.chosen((event.target as HTMLSelectElement).value as Within)}>
      ${LOOK_BACK.map(([value, words]) => html`<option value=${value} ?selected=${value === box.within}>${words}</option>`)}
    </select>
    <button type="submit">Search</button>
    <p id="q-help">
      A number in any form, a name, a Call-ID, a channel UUID or an IP address. <kbd>/</kbd> comes here, <kbd>Enter</kbd> searches.
    </p>
  </form>`;
}

const LOOK_BACK: readonly (readonly [Within, string])[] = [
  ['', 'any time'],
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
  ['1d', 'last 24 hours'],
  ['7d', 'last 7 days'],
];

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
