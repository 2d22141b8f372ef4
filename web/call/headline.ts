import { html, nothing, type TemplateResult } from 'lit';
import { attemptsText, finalText, HUNG_UP_WORDS } from '../../core/ladder/words.ts';
import type { Call } from '../api.ts';
import { between, dateTime, duration, timeOf } from '../format.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo } from '../parts/party.ts';
import { texts } from '../texts/language.ts';

const words = texts.call;

export function headline(call: Call): TemplateResult {
  const final = finalText(call.finalStatus, call.hangupCause);
  const hungUp = call.hungUpBy === null ? '' : HUNG_UP_WORDS[call.hungUpBy];
  const what = [final, attemptsText(call.outcome, call.attempts.failed), hungUp]
    .filter((part) => part !== '')
    .join(' · ');
  return html`<header class="headline">
    <h1>
      ${call.method === 'INVITE' || call.method === '' ? nothing : html`<span class="tag">${call.method}</span>`}
      ${fromTo(call.from, call.to)}
    </h1>
    <p class="verdict">${outcomeMark(call.outcome)} ${what === '' ? nothing : html`<span class="few-lines">${what}</span>`}</p>
    <dl class="facts">
      <div><dt>${words.began}</dt><dd>${dateTime(call.startedAt, 3)}</dd></div>
      ${call.answeredAt === null ? nothing : html`<div><dt>${words.answered}</dt><dd>${timeOf(call.answeredAt)}${after(call.startedAt, call.answeredAt)}</dd></div>`}
      ${call.endedAt === null ? nothing : html`<div><dt>${words.ended}</dt><dd>${timeOf(call.endedAt)}</dd></div>`}
      ${length(words.talked, call.answeredAt, call.endedAt)}
      ${length(words.wholeCall, call.startedAt, call.endedAt)}
      ${call.tenant === null ? nothing : html`<div><dt>${words.tenant}</dt><dd>${call.tenant}</dd></div>`}
      <div><dt>${words.seenBy}</dt><dd>${call.nodes.length === 0 ? '–' : call.nodes.join(', ')}</dd></div>
    </dl>
  </header>`;
}

function after(from: string | null, at: string | null): TemplateResult | typeof nothing {
  const us = between(from, at);
  return us === undefined ? nothing : html` <span class="muted">${words.after(duration(us))}</span>`;
}

function length(name: string, from: string | null, until: string | null): TemplateResult | typeof nothing {
  const us = between(from, until);
  return us === undefined ? nothing : html`<div><dt>${name}</dt><dd>${duration(us)}</dd></div>`;
}
