import { html, nothing, type TemplateResult } from 'lit';
import type { Ledger } from '../api.ts';
import { number } from '../format.ts';
import { problem, progress } from '../parts/notice.ts';
import { texts } from '../texts/language.ts';
import { createWatched } from '../watched.ts';

const words = texts.ledger;

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
      <h1>${words.title}</h1>
      <p>${words.about}</p>
      ${progress(ledger)}
      ${ledger.problem === undefined ? nothing : problem(ledger.problem)}
      ${ledger.value === undefined ? nothing : tables(ledger.value)}
    `,
  };
}

const tables = (ledger: Ledger): TemplateResult => html`
  <p class="balance ${ledger.balances ? '' : 'wrong'}" role="status">${verdict(ledger)}</p>
  ${stages(ledger)} ${sources(ledger)} ${stored(ledger)}
`;

function verdict({ balances, stages: all, network }: Ledger): string {
  if (!balances) return words.addsUpNot;
  const lost = [...all, network].flatMap((stage) => stage.lost).reduce((sum, { count }) => sum + count, 0);
  return lost === 0 ? words.addsUp : words.addsUpLost(number(lost));
}

const stages = ({ stages: all, network, lagMessages }: Ledger): TemplateResult => html`
  <h2>${words.stages}</h2>
  <div class="scroll-x">
    <table class="ledger">
      <thead>
        <tr>
          <th scope="col">${words.stage}</th><th scope="col" class="number">${words.in}</th><th scope="col" class="number">${words.passedOn}</th>
          <th scope="col" class="number">${words.waiting}</th>
          <th scope="col">${words.lost}</th><th scope="col">${words.balance}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">${words.network}</th><td></td><td></td><td></td><td>${reasons(network.lost)}</td><td></td>
        </tr>
        ${all.map(
          (stage) => html`<tr>
            <th scope="row">${stage.name}</th>
            <td class="number">${stage.in === null ? nothing : number(stage.in)}</td>
            <td class="number">${stage.name === 'store' ? words.rows(number(stage.passed)) : number(stage.passed)}</td>
            <td class="number">${number(stage.waiting)}</td>
            <td>${reasons(stage.lost)}</td>
            <td>${stage.difference === null ? nothing : stage.difference === 0 ? '✓' : words.areMissing(number(stage.difference))}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
  ${lagMessages === null ? nothing : html`<p>${words.notStoredYet(number(lagMessages))}</p>`}
`;

const sources = ({ sources: all }: Ledger): TemplateResult => html`
  <h2>${words.sources}</h2>
  <div class="scroll-x">
    <table class="ledger">
      <thead><tr><th scope="col">${words.source}</th><th scope="col">${words.received}</th><th scope="col">${words.rejected}</th></tr></thead>
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
  <h2>${words.confirmedRows}</h2>
  <p>${reasons(all.map(({ table, rows }) => ({ reason: table, count: rows })))}</p>
`;

const reasons = (all: Ledger['network']['lost']): TemplateResult | string => {
  const counted = all.filter(({ count }) => count > 0);
  if (counted.length === 0) return '–';
  return html`${counted.map(({ reason, count }, i) => html`${i === 0 ? nothing : ', '}${number(count)} <span class="muted">${reason}</span>`)}`;
};
