import { html, nothing, type TemplateResult } from 'lit';
import type { Health, KnownNames, SearchAnswer, SearchHit } from '../api.ts';
import { microsOf } from '../format.ts';
import { cancelled, problem, progress } from '../parts/notice.ts';
import { createResource, type Resource } from '../resource.ts';
import { texts } from '../texts/language.ts';
import { type Asked, isNarrowed, NEWEST, searchAddress, searchApi } from './asked.ts';
import { connectView } from './connect.ts';
import { filters, NO_NAMES, withKnown, withNames } from './filters.ts';
import { follow } from './follow.ts';
import { following, type Held } from './following.ts';
import { isListHeld, moveInList } from './keys.ts';
import { callList } from './list.ts';
import { createLive } from './live.ts';
import { nothingFound, timeWords } from './words.ts';

const words = texts.search;

/** How often an empty store is asked for its first call. */
const WAIT_MS = 5000;

export interface SearchPage {
  /** Searches, even when the same search is shown already; not when it is only followed from now on, or no more. */
  enter(asked: Asked): void;
  leave(): void;
  /** Stops what runs; false when nothing does. */
  cancel(): boolean;
  /** Whether the key meant something here. */
  key(event: KeyboardEvent): boolean;
  view(): TemplateResult;
}

/**
 * The list of calls that a search finds, newest first, or the newest calls when nothing was typed.
 *
 * @param go shows another search; `replace` without a step back to this one
 */
export function createSearchPage(
  health: Resource<Health>,
  changed: () => void,
  go: (asked: Asked, replace?: true) => void,
): SearchPage {
  let asked = NEWEST;
  /** What is on the list: the first answer, older calls, and what came since. */
  let listed: readonly SearchHit[] = [];
  let more = false;
  /** The first answer, when it has been put on the list. */
  let taken: SearchAnswer | undefined;
  /** What a followed list would show if it were not held, and how many calls of it are new. */
  let held: Held | undefined;
  let names = NO_NAMES;
  /** Counts searches: an answer to an earlier one is no longer wanted. */
  let visit = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const first = createResource<SearchAnswer>(changed);
  const older = createResource<SearchAnswer>(changed);
  const known = createResource<KnownNames>(changed);
  const live = createLive(() => searchApi(asked, Date.now(), { again: true }), heard, changed);

  function take(): void {
    if (first.value === undefined || first.value === taken) return;
    taken = first.value;
    listed = taken.calls;
    more = taken.more;
    held = undefined;
    names = withNames(names, listed);
  }

  async function search(): Promise<void> {
    visit += 1;
    const mine = visit;
    clearTimeout(waiting);
    live.stop();
    older.clear();
    await first.load(searchApi(asked, Date.now()));
    if (mine !== visit || first.cancelled) return;
    take();
    if (asked.live) live.start();
    // Who connects a switch looks here for its first call: an empty store is asked again.
    else if (isEmptyStore()) {
      waiting = setTimeout(() => {
        void health.load('/healthz');
        void search();
      }, WAIT_MS);
    }
  }

  const isEmptyStore = (): boolean => !isNarrowed(asked) && taken !== undefined && listed.length === 0;

  function heard(answer: SearchAnswer): void {
    const isHeld = isListHeld();
    const next = follow(listed, answer, isHeld);
    listed = next.calls;
    more ||= next.cut;
    held = isHeld && next.fresh > 0 ? { answer, fresh: next.fresh } : undefined;
    names = withNames(names, answer.calls);
  }

  function showHeld(): void {
    if (held === undefined) return;
    const next = follow(listed, held.answer, false);
    listed = next.calls;
    more ||= next.cut;
    held = undefined;
    changed();
  }

  async function searchOlder(): Promise<void> {
    const mine = visit;
    const oldest = microsOf(listed.at(-1)?.startedAt ?? '');
    if (oldest === undefined) return;
    await older.load(searchApi(asked, Date.now(), { beforeUs: oldest }));
    if (mine !== visit || older.value === undefined || older.cancelled) return;
    const known = new Set(listed.map(({ id }) => id));
    const fresh = older.value.calls.filter(({ id }) => !known.has(id));
    listed = [...listed, ...fresh];
    more = older.value.more && fresh.length > 0;
    names = withNames(names, fresh);
    changed();
  }

  function results(): TemplateResult | typeof nothing {
    if (first.problem !== undefined) return problem(first.problem);
    if (first.cancelled) return cancelled(() => void search());
    if (first.value === undefined) return nothing;
    if (listed.length === 0) {
      return isEmptyStore() && !asked.live ? connectView(health.value, location.hostname) : nothingFound(asked);
    }
    return html`<h1 class="list-title">${asked.query === '' ? words.newestCalls(timeWords(asked)) : words.callsFound(timeWords(asked))}</h1>
      ${callList(listed)}
      ${older.problem === undefined ? nothing : problem(older.problem)}
      ${older.cancelled ? cancelled(() => void searchOlder()) : nothing}
      ${more ? html`<p><button type="button" aria-keyshortcuts="o" ?disabled=${older.loading} @click=${() => void searchOlder()}>${words.showOlder}</button></p>` : nothing}`;
  }

  /** Asked once, when somebody is about to choose; without an answer there are the names on the list. */
  function askNames(): void {
    if (known.value === undefined && !known.loading) void known.load('/api/names');
  }

  function toggleLive(): void {
    if (asked.to === '') go({ ...asked, live: !asked.live }, true);
  }

  /** Keys that are the same as a button of the page. */
  const BUTTONS: Readonly<Record<string, () => void>> = {
    l: toggleLive,
    n: showHeld,
    o: () => {
      if (more && !older.loading) void searchOlder();
    },
  };

  return {
    enter(next) {
      const isSame = searchAddress({ ...next, live: false }) === searchAddress({ ...asked, live: false });
      const isToggled = isSame && next.live !== asked.live && taken !== undefined && first.value === taken;
      asked = next;
      if (isToggled) {
        clearTimeout(waiting);
        if (asked.live) live.start();
        else live.stop();
        live.hurry();
        return;
      }
      // An old list under a new question would be a wrong answer.
      if (!isSame) {
        first.clear();
        taken = undefined;
        listed = [];
        more = false;
      }
      held = undefined;
      void search();
    },
    leave() {
      visit += 1;
      clearTimeout(waiting);
      live.stop();
      older.clear();
      first.clear();
      taken = undefined;
      listed = [];
      held = undefined;
    },
    cancel: () => [first, older].map((one) => one.cancel()).includes(true),
    key(event) {
      const act = BUTTONS[event.key];
      if (act === undefined) return moveInList(event.key);
      act();
      return true;
    },
    view() {
      take();
      return html`${progress(first, older)}
        <div class="search-bar">${filters({ asked, names: known.value === undefined ? names : withKnown(names, known.value), reached: askNames, changed: (next) => go(next) })} ${following({ on: asked.live, possible: asked.to === '', problem: live.problem, held, toggled: toggleLive, shown: showHeld })}</div>
        <div class=${first.loading && first.slow ? 'stale' : ''} aria-busy=${first.loading ? 'true' : 'false'}>${results()}</div>`;
    },
  };
}
