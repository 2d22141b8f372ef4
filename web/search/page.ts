import { html, nothing, type TemplateResult } from 'lit';
import type { CallSummary, Health, SearchAnswer } from '../api.ts';
import { microsOf } from '../format.ts';
import { problem, progress } from '../parts/notice.ts';
import { createResource, type Resource } from '../resource.ts';
import { type Route, searchApi, type Within } from '../route.ts';
import { connectView } from './connect.ts';
import { callList } from './list.ts';
import { understood } from './understand.ts';

type SearchRoute = Extract<Route, { page: 'search' }>;

/** How often an empty store is asked for its first call. */
const WAIT_MS = 5000;

export interface SearchPage {
  /** Searches, even when the same search is shown already. */
  enter(route: SearchRoute): void;
  leave(): void;
  view(): TemplateResult;
}

/** The list of calls that a search finds, newest first, or the newest calls when nothing was typed. */
export function createSearchPage(health: Resource<Health>, changed: () => void): SearchPage {
  let route: SearchRoute = { page: 'search', query: '', within: '' };
  /** What "Show older calls" has brought, page by page. */
  let added: readonly CallSummary[] = [];
  let more: boolean | undefined;
  const first = createResource<SearchAnswer>(changed);
  const older = createResource<SearchAnswer>(changed);

  let waiting: ReturnType<typeof setTimeout> | undefined;

  const calls = (): readonly CallSummary[] => [...(first.value?.calls ?? []), ...added];

  async function search(): Promise<void> {
    const asked = route;
    await first.load(searchApi(asked.query, asked.within, Date.now()));
    // Who connects a switch looks here for its first call: an empty store is asked again.
    if (asked !== route || !isEmptyStore()) return;
    waiting = setTimeout(() => {
      void health.load('/healthz');
      void search();
    }, WAIT_MS);
  }

  const isEmptyStore = (): boolean => route.query === '' && route.within === '' && first.value?.calls.length === 0;

  async function searchOlder(): Promise<void> {
    const asked = route;
    const listed = calls();
    const oldest = microsOf(listed.at(-1)?.startedAt ?? '');
    if (oldest === undefined) return;
    await older.load(searchApi(asked.query, asked.within, Date.now(), oldest));
    if (asked !== route || older.value === undefined) return;
    const known = new Set(listed.map((call) => call.id));
    const fresh = older.value.calls.filter((call) => !known.has(call.id));
    added = [...added, ...fresh];
    more = older.value.more && fresh.length > 0;
    changed();
  }

  function results(): TemplateResult | typeof nothing {
    if (first.problem !== undefined) return problem(first.problem);
    if (first.value === undefined) return nothing;
    const listed = calls();
    if (listed.length > 0) {
      return html`<h1 class="list-title">${route.query === '' ? 'Newest calls' : 'Calls found'}${withinWords(route.within)}</h1>
        ${callList(listed)}
        ${older.problem === undefined ? nothing : problem(older.problem)}
        ${
          (more ?? first.value.more)
            ? html`<p><button type="button" ?disabled=${older.loading} @click=${() => void searchOlder()}>Show older calls</button></p>`
            : nothing
        }`;
    }
    if (isEmptyStore()) return connectView(health.value, location.hostname);
    return nothingFound();
  }

  function nothingFound(): TemplateResult {
    return html`<section class="nothing" role="status">
      <h1>No call found${withinWords(route.within)}</h1>
      ${
        route.query === ''
          ? nothing
          : html`<p>You searched for <code>${route.query}</code>. It looks like ${understood(route.query)}.</p>`
      }
      <ul>
        ${route.within === '' ? nothing : html`<li>The search looks back only so far; try any time.</li>`}
        <li>A number may be typed in any form (+49 30 1234, 0049301234, 0301234) or only its end.</li>
        <li>Call-IDs and channel UUIDs are compared as a whole, upper and lower case as they were sent.</li>
      </ul>
    </section>`;
  }

  function stop(): void {
    clearTimeout(waiting);
    older.clear();
  }

  return {
    enter(next) {
      // An old list under a new question would be a wrong answer.
      if (next.query !== route.query || next.within !== route.within) first.clear();
      stop();
      added = [];
      more = undefined;
      route = next;
      void search();
    },
    leave() {
      // A search that is on its way finds that its question is no longer the one on the page.
      route = { ...route };
      stop();
      first.clear();
    },
    view: () =>
      html`${progress(first, older)}<div class=${first.loading && first.slow ? 'stale' : ''} aria-busy=${first.loading}>${results()}</div>`,
  };
}

const WORDS: Readonly<Record<Within, string>> = {
  '': '',
  '15m': ' of the last 15 minutes',
  '1h': ' of the last hour',
  '1d': ' of the last 24 hours',
  '7d': ' of the last 7 days',
};

const withinWords = (within: Within): string => WORDS[within];
