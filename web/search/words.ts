import { html, nothing, type TemplateResult } from 'lit';
import { dateTime } from '../format.ts';
import { texts } from '../texts/language.ts';
import type { Asked } from './asked.ts';
import { understood } from './understand.ts';

const words = texts.search;

/** " of the last hour", " from … until …"; "" for any time. */
export function timeWords({ within, from, to }: Pick<Asked, 'within' | 'from' | 'to'>): string {
  const parts = [
    ...(from === '' ? [] : [words.from(dateTime(from))]),
    ...(to === '' ? [] : [words.until(dateTime(to))]),
  ];
  return parts.length === 0 ? words.of[within] : parts.join('');
}

/** How the search was understood, so that a slip is easy to see. */
export function nothingFound(asked: Asked): TemplateResult {
  const { query, within, from, to, outcomes, node, trunk, tenant } = asked;
  const isFiltered = outcomes.length > 0 || node + trunk + tenant !== '';
  return html`<section class="nothing" role="status">
    <h1>${words.noCallFound(timeWords(asked))}</h1>
    ${query === '' ? nothing : html`<p>${words.youSearchedFor(html`<code>${query}</code>`, understood(query))}</p>`}
    <ul>
      ${isFiltered ? html`<li>${words.filtersAreOn}</li>` : nothing}
      ${within + from + to === '' ? nothing : html`<li>${words.onlyThatTime}</li>`}
      <li>${words.numbersInAnyForm}</li>
      <li>${words.idsAsAWhole}</li>
    </ul>
  </section>`;
}
