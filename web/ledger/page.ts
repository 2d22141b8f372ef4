import { html, nothing, type TemplateResult } from 'lit';
import type { Ledger } from '../api.ts';
import { problem, progress } from '../parts/notice.ts';
import { createWatched } from '../watched.ts';

/** How often the page looks again while it is shown. */
const AGAIN_MS = 5000;

export interface LedgerPage {
  enter(): void;
  leave(): void;
  view(): TemplateResult;
}

/** What came in and what became of it: the page that says when something was lost, and why. */
export function createLedgerPage(changed: () => void): LedgerPage {
  const { resource: ledger, enter, leave } = createWatched<Ledger>('/api/ledger', AGAIN_MS, changed);
  return {
    ...{ enter, leave },
    view: () => html`
      <h1>Ledger</h1>
      <p>What came in since Calltrail was started here, and what became of it: passed on, waiting, or lost with the reason.</p>
      ${progress(ledger)}
      ${ledger.problem === undefined ? nothing : problem(ledger.problem)}
      ${ledger.value === undefined ? nothing : tables(ledger.value)}
    `,
  };
}

const tables = (ledger: Ledger): TemplateResult => html`
  <p class=${ledger.balances ? 'balance' : 'balance wrong'} role="status">${verdict(ledger)}</p>
  ${stages(ledger)} ${sources(ledger)} ${stored(ledger)}
`;

function verdict({ balances, stages: all, network }: Ledger): string {
  if (!balances) return '✕ It does not add up: this is a mistake in Calltrail.';
  const lost = [...all, network].flatMap((stage) => stage.lost).reduce((sum, { count }) => sum + count, 0);
  return lost === 0 ? '✓ It adds up, and nothing was lost.' : `✓ It adds up; ${number(lost)} were lost.`;
}

const stages = ({ stages: all, network, lagMessages }: Ledger): TemplateResult => html`
  <h2>Stages</h2>
  <div class="scroll-x">
    <table class="ledger">
      <thead>
        <tr>
          <th scope="col">Stage</th><th scope="col" class="number">In</th><th scope="col" class="number">Passed on</th>
          <th scope="col" class="number">Waiting</th>
          <th scope="col">Lost</th><th scope="col">Adds up</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">network</th><td></td><td></td><td></td><td>${reasons(network.lost)}</td><td></td>
        </tr>
        ${all.map(
          (stage) => html`<tr>
            <th scope="row">${stage.name}</th>
            <td class="number">${stage.in === null ? nothing : number(stage.in)}</td>
            <td class="number">${number(stage.passed)}${stage.name === 'store' ? ' rows' : nothing}</td>
            <td class="number">${number(stage.waiting)}</td>
            <td>${reasons(stage.lost)}</td>
            <td>${stage.difference === null ? nothing : stage.difference === 0 ? '✓' : `✕ ${number(stage.difference)} are missing`}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
  ${lagMessages === null ? nothing : html`<p>${number(lagMessages)} messages of the topic are not stored yet.</p>`}
`;

const sources = ({ sources: all }: Ledger): TemplateResult => html`
  <h2>Sources</h2>
  <div class="scroll-x">
    <table class="ledger">
      <thead><tr><th scope="col">Source</th><th scope="col">Received</th><th scope="col">Rejected</th></tr></thead>
      <tbody>
        ${all.map(
          ({ name, received, rejected }) => html`<tr>
            <th scope="row">${name}</th>
            <td>${reasons(received.map(({ kind, count }) => ({ reason: kind, count })))}</td>
            <td>${reasons(rejected)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;

const stored = ({ tables: all }: Ledger): TemplateResult => html`
  <h2>Rows that the store confirmed</h2>
  <p>${reasons(all.map(({ table, rows }) => ({ reason: table, count: rows })))}</p>
`;

const reasons = (all: Ledger['network']['lost']): TemplateResult | string => {
  const counted = all.filter(({ count }) => count > 0);
  if (counted.length === 0) return '–';
  return html`${counted.map(({ reason, count }, i) => html`${i === 0 ? nothing : ', '}${number(count)} <span class="muted">${reason}</span>`)}`;
};

const number = (count: number): string => count.toLocaleString('en-US').replaceAll(',', ' ');
