import { html, nothing, type TemplateResult } from 'lit';
import { finalText } from '../../core/ladder/words.ts';
import type { CallSummary } from '../api.ts';
import { between, dateTime, duration } from '../format.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo, fromToWords } from '../parts/party.ts';
import { callAddress } from '../route.ts';

export function callList(calls: readonly CallSummary[]): TemplateResult {
  // A site of one tenant has no column for it.
  const tenants = calls.some(({ tenant }) => tenant !== null);
  return html`<div class="scroll-x">
    <table class="calls">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">From → to</th>
          <th scope="col">Outcome</th>
          <th scope="col">Status, cause</th>
          <th scope="col" class="numeric">Talked</th>
          <th scope="col" class="numeric">Legs</th>
          ${tenants ? html`<th scope="col">Tenant</th>` : nothing}
          <th scope="col">Nodes</th>
        </tr>
      </thead>
      <tbody>
        ${calls.map((call) => line(call, tenants))}
      </tbody>
    </table>
  </div>`;
}

function line(call: CallSummary, tenants: boolean): TemplateResult {
  const time = dateTime(call.startedAt);
  return html`<tr>
    <td class="time">
      <a href=${callAddress(call.id)} aria-label=${`${time}, ${fromToWords(call.from, call.to)}`}>${time}</a>
    </td>
    <td class="parties">
      ${call.method === 'INVITE' || call.method === '' ? nothing : html`<span class="tag">${call.method}</span>`}
      ${fromTo(call.from, call.to)}
    </td>
    <td>${outcomeMark(call.outcome)}</td>
    <td class="cause">${finalText(call.finalStatus, call.hangupCause)}</td>
    <td class="numeric">${talked(call)}</td>
    <td class="numeric">${call.legCount}${call.truncated ? html`<span title="More than what is shown">+</span>` : nothing}</td>
    ${tenants ? html`<td>${call.tenant ?? ''}</td>` : nothing}
    <td class="nodes">${call.nodes.join(', ')}</td>
  </tr>`;
}

/** From the answer to the end; "" for a call that was not answered, "…" while they talk. */
export function talked(call: Pick<CallSummary, 'answeredAt' | 'endedAt'>): string {
  if (call.answeredAt === null) return '';
  const us = between(call.answeredAt, call.endedAt);
  return us === undefined ? '…' : duration(us);
}
