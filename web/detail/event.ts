import { html, type TemplateResult } from 'lit';
import { copyButton } from '../parts/snippet.ts';
import { texts } from '../texts/language.ts';

const words = texts.detail;

export interface SearchState {
  readonly wanted: string;
  searched(text: string): void;
}

/** All headers and variables of an event, to be searched by name and by value. */
export function headersView(
  headers: readonly (readonly [string, string | readonly string[]])[],
  state: SearchState,
): TemplateResult {
  const wanted = state.wanted.trim().toLowerCase();
  const all = headers
    .map(([name, value]) => [name, typeof value === 'string' ? value : value.join('\n')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = all.filter(
    ([name, value]) => name.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted),
  );
  return html`<div class="headers">
    <label>
      ${words.findHeader}
      <input
        type="search"
        autocomplete="off"
        spellcheck="false"
        .value=${state.wanted}
        @input=${(event: Event) => state.searched((event.target as HTMLInputElement).value)}
      />
    </label>
    <span class="muted" role="status">${words.found(lines.length, headers.length)}</span>
    <div class="copied">${copyButton(all.map(([name, value]) => `${name}: ${value}`).join('\n'), words.headers)}</div>
    <table>
      <thead class="visually-hidden">
        <tr><th scope="col">${words.header}</th><th scope="col">${words.value}</th></tr>
      </thead>
      <tbody>
        ${lines.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
}
