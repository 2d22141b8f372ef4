import { html, nothing, type TemplateResult } from 'lit';
import type { Bounds, Clocks } from '../api.ts';
import { dateTime, seconds, signed } from '../format.ts';
import { problem, progress } from '../parts/notice.ts';
import { texts } from '../texts/language.ts';
import { createWatched } from '../watched.ts';

const words = texts.clocks;

/** How often the page looks again while it is shown. */
const AGAIN_MS = 30_000;

export interface ClocksPage {
  enter(): void;
  leave(): void;
  view(): TemplateResult;
}

/** How far the clocks of the nodes are apart: the page that says whose time is not to be believed. */
export function createClocksPage(changed: () => void): ClocksPage {
  const { resource: clocks, enter, leave } = createWatched<Clocks>('/api/clocks', AGAIN_MS, changed);
  return {
    ...{ enter, leave },
    view: () => html`
      <h1>${words.title}</h1>
      <p>${words.about}</p>
      ${progress(clocks)} ${clocks.problem === undefined ? nothing : problem(clocks.problem)}
      ${clocks.value === undefined ? nothing : tables(clocks.value)}
    `,
  };
}

function tables({ reference, nodes, pairs }: Clocks): TemplateResult {
  if (reference === null) {
    return html`<p class="muted">${words.nothingToCompare}</p>`;
  }
  return html`
    <h2>${words.nodes}</h2>
    <div class="scroll-x">
      <table class="ledger">
        <thead><tr><th scope="col">${words.node}</th><th scope="col">${words.aheadOf(reference)}</th></tr></thead>
        <tbody>
          ${nodes.map(
            ({ node, ahead }) => html`<tr>
              <th scope="row">${node}</th>
              <td class="number">${node === reference ? words.theReference : boundsText(ahead, inSeconds)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <h2>${words.pairs}</h2>
    <div class="scroll-x">
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">${words.node}</th><th scope="col">${words.against}</th><th scope="col">${words.ahead}</th><th scope="col">${words.drift}</th>
            <th scope="col">${words.exchanges}</th><th scope="col">${words.clockSet}</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.map(
            (pair) => html`<tr>
              <th scope="row">${pair.second}</th>
              <td>${pair.first}</td>
              <td class="number">${boundsText(pair.ahead, inSeconds)}</td>
              <td class="number">${boundsText(pair.driftPpm, (ppm) => words.ppm(signed(ppm, 1)))}</td>
              <td class="number">${pair.exchanges}${pair.strays === 0 ? nothing : ` ${words.fitToNoOther(pair.strays)}`}</td>
              <td>${pair.steps.map((step) => html`<div>${dateTime(step.since)} – ${dateTime(step.until)}: ${boundsText(step.by, inSeconds)}</div>`)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const boundsText = (bounds: Bounds | null, text: (value: number) => string): string =>
  bounds === null ? words.notKnown : words.bounds(text(bounds.lower), text(bounds.upper));

const inSeconds = (value: number): string => seconds(value, 4);
