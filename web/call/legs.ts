import { html, nothing, type TemplateResult } from 'lit';
import type { Threads } from '../../core/ladder/threads.ts';
import { finalText } from '../../core/ladder/words.ts';
import type { Call, Channel, Leg } from '../api.ts';
import { between, duration, timeOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo } from '../parts/party.ts';

const HUNG_UP = { originator: 'by the originator', answerer: 'by the answerer' } as const;

/** One line a leg. The letter is the one that the ladder shows. */
export function legsTable(call: Call, threads: Threads): TemplateResult {
  return html`<section aria-labelledby="legs-title">
    <h2 id="legs-title">Legs <span class="count">${call.legs.length}</span></h2>
    <div class="scroll-x">
      <table class="legs">
        <thead>
          <tr>
            <th scope="col"><span class="visually-hidden">Letter</span></th>
            <th scope="col">Call-ID</th>
            <th scope="col">From → to</th>
            <th scope="col">Channels</th>
            <th scope="col">Began</th>
            <th scope="col">Rang</th>
            <th scope="col">Answered</th>
            <th scope="col">Ended</th>
            <th scope="col">Outcome</th>
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
      ${leg.callId === null ? html`<span class="muted">no SIP seen</span>` : html`<code>${leg.callId}</code>`}
      <span class="small muted">
        ${leg.messages} ${leg.messages === 1 ? 'message' : 'messages'}${parent === undefined ? nothing : html`, started by ${parent.letter}`}
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
      <span class="small muted few-lines">${[final, leg.hungUpBy === null ? '' : HUNG_UP[leg.hungUpBy]].filter((part) => part !== '').join(', ')}</span>
    </td>
  </tr>`;
}

function channel(one: Channel): TemplateResult {
  const about = [one.node, one.direction].filter((part) => part !== '').join(', ');
  return html`<div>
    <span class="few-lines">${one.name === '' ? 'channel' : one.name}</span> <span class="small muted">${about}</span>
    <code class="small">${one.uuid}</code>
  </div>`;
}

/** "after 1.2 s", with the clock time when pointed at. */
function later(from: string | null, at: string | null): TemplateResult | string {
  const us = between(from, at);
  return us === undefined ? timeOf(at) : html`<span title=${timeOf(at, 6)}>after ${duration(us)}</span>`;
}
