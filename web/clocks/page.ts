import { html, nothing, type TemplateResult } from 'lit';
import type { Bounds, Clocks } from '../api.ts';
import { dateTime } from '../format.ts';
import { problem, progress } from '../parts/notice.ts';
import { createWatched } from '../watched.ts';

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
      <h1>Clocks</h1>
      <p>
        How far the clocks of sensors are apart, by requests and responses that two of them saw in the last hour: the truth lies
        between the two bounds. Stored times stay as they are; where clocks differ by more than 0.1 s the ladder is drawn by one
        clock, and says so.
      </p>
      ${progress(clocks)} ${clocks.problem === undefined ? nothing : problem(clocks.problem)}
      ${clocks.value === undefined ? nothing : tables(clocks.value)}
    `,
  };
}

function tables({ reference, nodes, pairs }: Clocks): TemplateResult {
  if (reference === null) {
    return html`<p class="muted">No two sensors saw the same exchange from two sides, so that their clocks cannot be compared.</p>`;
  }
  return html`
    <h2>Nodes</h2>
    <div class="scroll-x">
      <table class="ledger">
        <thead><tr><th scope="col">Node</th><th scope="col">Ahead of ${reference}</th></tr></thead>
        <tbody>
          ${nodes.map(
            ({ node, ahead }) => html`<tr>
              <th scope="row">${node}</th>
              <td class="number">${node === reference ? 'the reference' : boundsText(ahead, seconds)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <h2>Pairs</h2>
    <div class="scroll-x">
      <table class="ledger">
        <thead>
          <tr>
            <th scope="col">Node</th><th scope="col">Against</th><th scope="col">Ahead</th><th scope="col">Drift</th>
            <th scope="col">Exchanges</th><th scope="col">Clock set</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.map(
            (pair) => html`<tr>
              <th scope="row">${pair.second}</th>
              <td>${pair.first}</td>
              <td class="number">${boundsText(pair.ahead, seconds)}</td>
              <td class="number">${boundsText(pair.driftPpm, (ppm) => `${signed(ppm, 1)} ppm`)}</td>
              <td class="number">${pair.exchanges}${pair.strays === 0 ? nothing : ` (${pair.strays} fit to no other)`}</td>
              <td>${pair.steps.map((step) => html`<div>${dateTime(step.since)} – ${dateTime(step.until)}: ${boundsText(step.by, seconds)}</div>`)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const boundsText = (bounds: Bounds | null, text: (value: number) => string): string =>
  bounds === null ? 'not known' : `${text(bounds.lower)} to ${text(bounds.upper)}`;

const signed = (value: number, digits: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
const seconds = (value: number): string => `${signed(value, 4)} s`;
