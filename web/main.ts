import { html, render } from 'lit';
import type { Health } from './api.ts';
import { createCallPage } from './call/page.ts';
import { createClocksPage } from './clocks/page.ts';
import { createComparePage } from './compare/page.ts';
import { createDoctorPage } from './doctor/page.ts';
import { createLedgerPage } from './ledger/page.ts';
import { createResource } from './resource.ts';
import { type Route, readRoute, searchAddress, type Within } from './route.ts';
import { createSearchPage } from './search/page.ts';
import { shell } from './shell.ts';

/** The whole page: one address, one search box, one of the pages below it. */
const root = document.querySelector<HTMLElement>('#app')!;

let route: Route = { page: 'unknown' };
let typed = '';
let within: Within = '';
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
const searchPage = createSearchPage(health, changed);
const callPage = createCallPage(changed);
const ledgerPage = createLedgerPage(changed);
const doctorPage = createDoctorPage(changed);
const comparePage = createComparePage(changed);
const clocksPage = createClocksPage(changed);

function draw(): void {
  document.title = title();
  render(
    shell(
      {
        query: typed,
        within,
        typed: (text) => {
          typed = text;
        },
        chosen: (choice) => {
          within = choice;
          if (route.page === 'search') open(searchAddress(typed.trim(), within));
        },
        submitted: () => open(searchAddress(typed.trim(), within)),
      },
      health.value,
      pageView(),
    ),
    root,
  );
}

function pageView() {
  switch (route.page) {
    case 'search':
      return searchPage.view();
    case 'call':
      return callPage.view();
    case 'ledger':
      return ledgerPage.view();
    case 'doctor':
      return doctorPage.view();
    case 'compare':
      return comparePage.view();
    case 'clocks':
      return clocksPage.view();
    case 'unknown':
      return html`<h1>There is no such page</h1>
        <p><a href="/">To the newest calls</a></p>`;
  }
}

function title(): string {
  if (route.page === 'ledger') return 'Ledger – Calltrail';
  if (route.page === 'doctor') return 'Doctor – Calltrail';
  if (route.page === 'compare') return 'Two calls – Calltrail';
  if (route.page === 'clocks') return 'Clocks – Calltrail';
  if (route.page === 'call') return `${callPage.title()} – Calltrail`;
  return route.page === 'search' && route.query !== '' ? `${route.query} – Calltrail` : 'Calltrail';
}

function open(address: string): void {
  const same = address === `${location.pathname}${location.search}`;
  if (same) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  enter();
  scrollTo(0, 0);
}

/** Shows what the address bar says. */
function enter(): void {
  route = readRoute(location.pathname, location.search);
  if (route.page !== 'search') searchPage.leave();
  if (route.page !== 'call') callPage.leave();
  if (route.page !== 'ledger') ledgerPage.leave();
  if (route.page !== 'doctor') doctorPage.leave();
  if (route.page !== 'compare') comparePage.leave();
  if (route.page !== 'clocks') clocksPage.leave();
  if (route.page === 'search') {
    typed = route.query;
    within = route.within;
    searchPage.enter(route);
  }
  if (route.page === 'call') callPage.enter(route);
  if (route.page === 'ledger') ledgerPage.enter();
  if (route.page === 'doctor') doctorPage.enter();
  if (route.page === 'compare') comparePage.enter(route);
  if (route.page === 'clocks') clocksPage.enter();
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
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest('input, select, textarea') !== null) return;
  event.preventDefault();
  const box = document.querySelector<HTMLInputElement>('#q');
  box?.focus();
  box?.select();
});

enter();
