import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Elements that the page is made of. */
const OURS =
  'a article aside b bdi body br button caption code datalist dd del details dialog div dl dt footer form h1 h2 h3 h4 h5 head header html input ins kbd label ladder-rows li link main meta nav noscript ol option p pre script section select small span summary table tbody td th thead title tr ul'.split(
    ' ',
  );

/**
 * Runs in the page. Says what of it nobody of us has put there: other elements, scripts and sheets beside the built ones,
 * handlers, styles that are more than numbers, addresses elsewhere; and whether a script of a stranger ran.
 */
const LOOK = `((ours) => {
  const found = [];
  const say = (what, element) => found.push(what + ': ' + element.outerHTML.slice(0, 200));
  for (const element of document.querySelectorAll('*')) {
    if (!ours.includes(element.localName)) say('a foreign element', element);
    if (['script', 'link'].includes(element.localName) && new URL(element.src || element.href).origin !== location.origin) say('foreign code', element);
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || name === 'srcdoc' || name === 'action') say('an attribute that acts', element);
      if (name === 'style' && !/^((--[a-z]+: ?[-0-9.e]+|(top|height|margin-left|width): ?[-0-9.e]+(px|%));? ?)*$/.test(value)) say('a foreign style', element);
      if (name === 'href' && !['http:', 'https:', 'blob:'].includes(element.protocol ?? new URL(element.href).protocol)) say('an address that acts', element);
      if (name === 'href' && !element.href.includes(location.origin)) say('an address elsewhere', element);
    }
  }
  if (document.querySelectorAll('script').length !== 1) found.push('more than one script');
  if (window.ran !== undefined) found.push('a script ran: ' + window.ran);
  if (getComputedStyle(document.querySelector('main')).display === 'none') found.push('the page is hidden');
  return [...new Set(found)];
})`;

/** What is wider than the page or, where a line has one height, higher than that. */
const MEASURE = `(() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollWidth > clientWidth) found.push('the page is ' + scrollWidth + ' wide, the window ' + clientWidth);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const limits = { '.row:not(.between)': 2.75, '.row.between': 1.6, '.lanes': 4, '.headline h1': 22, '.calls tbody tr': 20, '.legs tbody tr': 20, '.story-leg': 3, '.step-detail h3': 8, '.verdict-card .sentence': 8 };
  for (const [selector, limit] of Object.entries(limits)) {
    for (const element of document.querySelectorAll(selector)) {
      const high = element.getBoundingClientRect().height / rem;
      if (high > limit + 0.1) found.push(selector + ' is ' + high.toFixed(1) + ' rem high');
    }
  }
  return [...new Set(found)];
})()`;

/** Nothing of a stranger is on the page but text, and that has broken nothing. */
export async function expectHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate<string[]>(`[...${LOOK}(${JSON.stringify(OURS)}), ...${MEASURE}]`);
  expect(found, where).toEqual([]);
}
