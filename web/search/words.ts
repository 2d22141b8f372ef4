import { html, nothing, type TemplateResult } from 'lit';
import { dateTime } from '../format.ts';
import type { Asked, Within } from './asked.ts';
import { understood } from './understand.ts';

const WITHIN_WORDS: Readonly<Record<Within, string>> = {
  '': '',
  '15m': ' of the last 15 minutes',
  '1h': ' of the last hour',
  '1d': ' of the last 24 hours',
  '7d': ' of the last 7 days',
};

/** " of the last hour", " from … until …"; "" for any time. */
export function timeWords({ within, from, to }: Pick<Asked, 'within' | 'from' | 'to'>): string {
  const parts = [...(from === '' ? [] : [` from ${dateTime(from)}`]), ...(to === '' ? [] : [` until ${dateTime(to)}`])];
  return parts.length === 0 ? WITHIN_WORDS[within] : parts.join('');
}

/** How the search was understood, so that a slip is easy to see. */
export function nothingFound(asked: Asked): TemplateResult {
  const { query, within, from, to, outcomes, node, trunk, tenant } = asked;
  const isFiltered = outcomes.length > 0 || node + trunk + tenant !== '';
  return html`<section class="nothing" role="status">
    <h1>No call found${timeWords(asked)}</h1>
    ${query === '' ? nothing : html`<p>You searched for <code>${query}</code>. It looks like ${understood(query)}.</p>`}
    <ul>
      ${isFiltered ? html`<li>Filters are on: names of nodes, trunks and tenants are compared as a whole.</li>` : nothing}
      ${within + from + to === '' ? nothing : html`<li>The search looks at that time alone; try any time.</li>`}
      <li>A number may be typed in any form (+49 30 1234, 0049301234, 0301234) or only its end.</li>
      <li>Call-IDs and channel UUIDs are compared as a whole, upper and lower case as they were sent.</li>
    </ul>
  </section>`;
}
