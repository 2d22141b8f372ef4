import { html, render, type TemplateResult } from 'lit';
import type { Health } from './api.ts';
import { createCallPage } from './call/page.ts';
import { createClocksPage } from './clocks/page.ts';
import { createComparePage } from './compare/page.ts';
import { createDoctorPage } from './doctor/page.ts';
import { areLettersKeys, helpView, isHelpOpen, openHelp } from './help.ts';
import { kept } from './kept.ts';
import { createLedgerPage } from './ledger/page.ts';
import { createResource } from './resource.ts';
import { type Route, readRoute } from './route.ts';
import { type Asked, NEWEST, searchAddress } from './search/asked.ts';
import { withOwnTime } from './search/filters.ts';
import { createSearchPage } from './search/page.ts';
import { type SearchBox, shell } from './shell.ts';
import { LOCALE, texts } from './texts/language.ts';
import { chosenZone, inZone, keepZone, setZone, zoneOf } from './zone.ts';

const { frame } = texts;

/** The whole page: one address, one search box, one of the pages below it. */
const root = document.querySelector<HTMLElement>('#app')!;
document.documentElement.lang = LOCALE;

let route: Route = { page: 'unknown' };
let typed = '';
/** What the box searches beside the text. */
let asked: Asked = NEWEST;
let drawing = false;

/** Draws once, after everything that happens in this turn. */
function changed(): void {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    draw();
  });
}

const health = createResource<Health>(changed);
const searchPage = createSearchPage(health, changed, (next, replace) =>
  open(searchAddress({ ...next, query: typed.trim() }), replace),
);
const callPage = createCallPage(changed);

/** What stands below the search box. */
interface Page<R extends Route = Route> {
  /** Of the window; "" when there is nothing to say. */
  title(): string;
  view(): TemplateResult;
  enter(route: R): void;
  leave(): void;
}

const pages: { readonly [P in Route['page']]: Page<Extract<Route, { readonly page: P }>> } = {
  search: {
    ...searchPage,
    title: () => asked.query,
    enter(to) {
      typed = to.asked.query;
      asked = to.asked;
      searchPage.enter(asked);
    },
  },
  call: callPage,
  compare: { ...createComparePage(changed), title: () => texts.compare.title },
  ledger: { ...createLedgerPage(changed), title: () => texts.ledger.title },
  doctor: { ...createDoctorPage(changed), title: () => texts.doctor.title },
  clocks: { ...createClocksPage(changed), title: () => texts.clocks.title },
  unknown: {
    title: () => '',
    view: () => html`<h1>${frame.noSuchPage}</h1>
      <p><a href="/">${frame.toNewestCalls}</a></p>`,
    enter() {},
    leave() {},
  },
};
const pageOf = ({ page }: Route): Page => pages[page];

function draw(): void {
  document.title = frame.title(pageOf(route).title());
  const times = { zone: chosenZone(), chosen: chooseZone };
  render(html`${shell(box(), times, health.value, openHelp, pageOf(route).view())}${helpView()}`, root);
}

function box(): SearchBox {
  const search = (next: Asked): void => open(searchAddress({ ...next, query: typed.trim() }));
  return {
    query: typed,
    within: asked.from + asked.to === '' ? asked.within : 'own',
    typed: (text) => {
      typed = text;
    },
    chosen: (within) => {
      asked = within === 'own' ? withOwnTime(asked, Date.now()) : { ...asked, within, from: '', to: '' };
      if (route.page === 'search') search(asked);
    },
    submitted: () => search(asked),
  };
}

function chooseZone(zone: string): void {
  setZone(zone);
  keepZone(zone, kept());
  history.replaceState(null, '', inZone(`${location.pathname}${location.search}`));
  // A call's page writes its own options into the address.
  enter();
}

function open(to: string, replace = false): void {
  const address = inZone(to);
  const same = address === `${location.pathname}${location.search}`;
  if (same || replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  enter();
  if (!replace) scrollTo(0, 0);
}

/** Shows what the address bar says. */
function enter(): void {
  const options = new URLSearchParams(location.search);
  const zone = zoneOf(options, kept());
  if (zone !== chosenZone()) setZone(zone);
  if ((options.get('tz') ?? '') !== zone) {
    history.replaceState(null, '', inZone(`${location.pathname}${location.search}`));
  }
  route = readRoute(location.pathname, location.search);
  for (const [name, page] of Object.entries(pages)) if (name !== route.page) page.leave();
  pageOf(route).enter(route);
  void health.load('/healthz');
  changed();
}

addEventListener('popstate', enter);
// The printer takes what is there when these are over, so that drawing cannot wait.
addEventListener('beforeprint', () => {
  callPage.print(true);
  draw();
});
addEventListener('afterprint', () => {
  callPage.print(false);
  draw();
});

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.origin !== location.origin || link.hasAttribute('download') || link.target !== '') return;
  if (link.getAttribute('href')?.startsWith('#') === true || link.pathname.startsWith('/api/')) return;
  event.preventDefault();
  open(`${link.pathname}${link.search}`);
});

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isHelpOpen()) return;
  if (key(event)) event.preventDefault();
});

/** Stops what runs; on the list of calls it else gives up the line or the box. On the ladder the key closes a step. */
function giveUp(target: EventTarget | null): boolean {
  if (route.page === 'search') {
    if (!searchPage.cancel() && target instanceof HTMLElement) target.blur();
    return true;
  }
  const isLadder = target instanceof Element && target.closest('.ladder-pane') !== null;
  return route.page === 'call' && !isLadder && callPage.cancel();
}

/** Whether the key meant something. */
function key(event: KeyboardEvent): boolean {
  const search = document.querySelector<HTMLInputElement>('#q');
  const { target } = event;
  const isField = target instanceof Element && target.closest('input, select, textarea') !== null;
  if (event.key === 'Escape') return giveUp(target);
  if (isField)
    return target === search && event.key === 'ArrowDown' && route.page === 'search' && searchPage.key(event);
  // Whoever speaks to the browser, or hits keys by chance, can do without these.
  if (event.key.length === 1 && !areLettersKeys()) return false;
  if (event.key === '/') {
    search?.focus();
    search?.select();
    return true;
  }
  if (event.key === '?') {
    openHelp();
    return true;
  }
  return route.page === 'search' && searchPage.key(event);
}

enter();
