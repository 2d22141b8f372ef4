import { html, nothing, type TemplateResult } from 'lit';
import type { Threads } from '../../core/ladder/threads.ts';
import { finalText } from '../../core/ladder/words.ts';
import type { Call, Channel, Leg } from '../api.ts';
import { between, duration, timeOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo } from '../parts/party.ts';
import { texts } from '../texts/language.ts';

const words = texts.call;

/** One line a leg. The letter is the one that the ladder shows. */
export function legsTable(call: Call, threads: Threads): TemplateResult {
  return html`<section aria-labelledby="legs-title">
    <h2 id="legs-title">${words.legs} <span class="count">${call.legs.length}</span></h2>
    <div class="scroll-x">
      <table class="legs">
        <thead>
          <tr>
            <th scope="col"><span class="visually-hidden">${words.letter}</span></th>
            <th scope="col">${words.callId}</th>
            <th scope="col">${words.fromTo}</th>
            <th scope="col">${words.channels}</th>
            <th scope="col">${words.began}</th>
            <th scope="col">${words.rang}</th>
            <th scope="col">${words.answered}</th>
            <th scope="col">${words.ended}</th>
            <th scope="col">${words.outcome}</th>
          </tr>
        </thead>
        <tbody>
          ${call.legs.map((leg) => line(leg, threads))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function line(leg: Leg, threads: Threads): TemplateResult {
  const parent = leg.parent === null ? undefined : threads.find(leg.parent);
  const final = finalText(leg.finalStatus, leg.hangupCause);
  return html`<tr>
    <td>${legBadge(threads.find(leg.id))}</td>
    <td class="identifier">
      ${leg.callId === null ? html`<span class="muted">${words.noSipSeen}</span>` : html`<code>${leg.callId}</code>`}
      <span class="small muted">
        ${parent === undefined ? words.messages(leg.messages) : words.messagesStartedBy(leg.messages, parent.letter)}
      </span>
    </td>
    <td class="parties">
      ${leg.method === 'INVITE' || leg.method === '' ? nothing : html`<span class="tag">${leg.method}</span>`}
      ${fromTo(leg.from, leg.to)}
    </td>
    <td class="channels">${leg.channels.length === 0 ? html`<span class="muted">–</span>` : leg.channels.map(channel)}</td>
    <td class="time">${timeOf(leg.startedAt)}</td>
    <td class="time">${later(leg.startedAt, leg.ringingAt)}</td>
    <td class="time">${later(leg.startedAt, leg.answeredAt)}</td>
    <td class="time">${timeOf(leg.endedAt)}</td>
    <td>
      ${outcomeMark(leg.outcome)}
      <span class="small muted few-lines">${[final, leg.hungUpBy === null ? '' : words.hungUp[leg.hungUpBy]].filter((part) => part !== '').join(', ')}</span>
    </td>
  </tr>`;
}

function channel(one: Channel): TemplateResult {
  const about = [one.node, one.direction].filter((part) => part !== '').join(', ');
  return html`<div>
    <span class="few-lines">${one.name === '' ? words.channel : one.name}</span> <span class="small muted">${about}</span>
    <code class="small">${one.uuid}</code>
  </div>`;
}

/** "after 1.2 s", with the clock time when pointed at. */
function later(from: string | null, at: string | null): TemplateResult | string {
  const us = between(from, at);
  return us === undefined ? timeOf(at) : html`<span title=${timeOf(at, 6)}>${words.after(duration(us))}</span>`;
}
