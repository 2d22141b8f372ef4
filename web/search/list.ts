import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { finalText } from '../../core/ladder/words.ts';
import type { CallSummary, Matched, SearchHit } from '../api.ts';
import { between, dateTime, duration, zone } from '../format.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo, fromToWords } from '../parts/party.ts';
import { personText } from '../parts/token.ts';
import { callAddress } from '../route.ts';
import { texts } from '../texts/language.ts';
import { inZone } from '../zone.ts';
import { formsOf, triesText } from './told.ts';

const words = texts.search;

/** Which columns there are follows from all calls: one of which none says anything is not there. */
interface Columns {
  readonly matched: boolean;
  readonly tenants: boolean;
}

export function callList(calls: readonly SearchHit[]): TemplateResult {
  const columns = {
    matched: calls.some(({ matched }) => matched.length > 0),
    // A site of one tenant has no column for it.
    tenants: calls.some(({ tenant }) => tenant !== null),
  };
  return html`<div class="scroll-x">
    <table class="calls">
      <thead>
        <tr>
          <th scope="col">${words.began} <span class="zone">${zone(Date.now() * 1000)}</span></th>
          <th scope="col">${words.fromTo}</th>
          ${columns.matched ? html`<th scope="col">${words.foundAs}</th>` : nothing}
          <th scope="col">${words.outcome}</th>
          <th scope="col">${words.statusAndCause}</th>
          <th scope="col" class="numeric">${words.rang}</th>
          <th scope="col" class="numeric">${words.talked}</th>
          <th scope="col" class="numeric">${words.legs}</th>
          ${columns.tenants ? html`<th scope="col">${words.tenant}</th>` : nothing}
          <th scope="col">${words.nodesAndTrunk}</th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          calls,
          ({ id }) => id,
          (call) => line(call, columns),
        )}
      </tbody>
    </table>
  </div>`;
}

function line(call: SearchHit, { matched, tenants }: Columns): TemplateResult {
  const time = dateTime(call.startedAt);
  const tries = triesText(call);
  return html`<tr>
    <td class="time">
      <a href=${inZone(callAddress(call.id))} aria-label=${words.callAt(time, fromToWords(call.from, call.to))}>${time}</a>
    </td>
    <td class="parties">
      ${call.method === 'INVITE' || call.method === '' ? nothing : html`<span class="tag">${call.method}</span>`}
      ${fromTo(call.from, call.to)}
    </td>
    ${matched ? html`<td class="matched">${forms(call.matched)}</td>` : nothing}
    <td>
      ${outcomeMark(call.outcome)}
      ${tries === '' ? nothing : html`<span class="tries">${tries}</span>`}
    </td>
    <td class="cause"><span class="few-lines">${finalText(call.finalStatus, call.hangupCause)}</span></td>
    <td class="numeric">${rang(call)}</td>
    <td class="numeric">${talked(call)}</td>
    <td class="numeric">${call.legCount}${call.truncated ? html`<span title=${words.moreThanShown}>+</span>` : nothing}</td>
    ${tenants ? html`<td>${call.tenant ?? ''}</td>` : nothing}
    <td class="nodes">
      <span class="few-lines">${call.nodes.join(', ')}</span>
      ${call.trunk === null ? nothing : html`<span class="trunk" title=${words.whatTrunkIs}>${call.trunk}</span>`}
    </td>
  </tr>`;
}

const forms = (matched: readonly Matched[]): TemplateResult[] =>
  formsOf(matched).map(
    ({ as, written, places }) =>
      html`<span class="form">${words.formAs(as, html`<bdi>${personText(written)}</bdi>`)} <span class="muted">${words.formIn(places)}</span></span>`,
  );

/** How long it rang; "" where nobody heard it ring, "…" while it does. */
export function rang({ ringMs, pddMs, outcome }: Pick<CallSummary, 'ringMs' | 'pddMs' | 'outcome'>): string {
  if (ringMs !== null) return duration(ringMs * 1000);
  return pddMs !== null && outcome === 'in_progress' ? '…' : '';
}

/** From the answer to the end; "" for a call that was not answered, "…" while they talk. */
export function talked(call: Pick<CallSummary, 'answeredAt' | 'endedAt'>): string {
  if (call.answeredAt === null) return '';
  const us = between(call.answeredAt, call.endedAt);
  return us === undefined ? '…' : duration(us);
}
