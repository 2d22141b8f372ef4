import { isOfNote } from '../../../core/ladder/filter.ts';
import type { Threads } from '../../../core/ladder/threads.ts';
import { isRefusal, LEVELS } from '../../../core/ladder/words.ts';
import { readMessageText } from '../../../core/message/head.ts';
import { findSdpIn } from '../../../core/message/sdp-body.ts';
import { explainSdp } from '../../../core/message/sdp-words.ts';
import { inTurns } from '../../../core/runtime/in-turns.ts';
import { turn } from '../../../core/runtime/turn.ts';
import type { Xml } from '../../ladder/svg/xml.ts';
import type { Step } from '../../schemas.ts';
import type { ExportedCall } from './document.ts';
import { createEventViews, type EventViews } from './events.ts';
import { html } from './html.ts';
import { anchorOf, badge, timeOf } from './words.ts';

/** Letters of messages, lines and headers that a page holds at most: what a browser still opens at once. */
const MOST_LETTERS = 24_000_000;

/** Steps of one piece. */
const SLICE = 100;

/**
 * Every step of the call with all that is known of it, folded; kinds of them can be hidden. In pieces of some
 * steps, each made in a turn of the event loop of its own.
 */
export async function* stepsSection({ ladder, events }: ExportedCall, threads: Threads): AsyncGenerator<Xml> {
  const { lanes, steps } = ladder;
  const names = new Map(lanes.map(({ id, name }) => [id, name]));
  const views = await inTurns(createEventViews(events, steps));
  const whole = wholeSteps(steps, views);
  const left = steps.length - whole;
  const box = (id: string, words: string): Xml =>
    html`<label><input type="checkbox" id="show-${id}" checked> ${words}</label>`;
  yield html`<section>
<h2>Steps</h2>
<p class="filter">Show ${box('messages', 'messages')} ${box('events', 'events')} ${box('chatty', 'events of little note')} ${box('logs', 'log lines')}</p>
${left === 0 ? undefined : html`<p class="noted">⚠ The call is too large for one page: of ${left} steps only the line is here.</p>`}
<ol class="steps">`;
  for (let from = 0; from < steps.length; from += SLICE) {
    const slice = steps.slice(from, from + SLICE);
    yield html`${slice.map((step, i) => stepView(step, { names, threads, views, whole: from + i < whole }))}`;
    await turn();
  }
  yield html`</ol>
</section>
`;
}

/** Of how many steps, from the first, the page holds everything. */
function wholeSteps(steps: readonly Step[], views: EventViews): number {
  let letters = 0;
  const first = steps.findIndex((step) => {
    letters += step.raw.length + views.lettersOf(step.id);
    return letters > MOST_LETTERS;
  });
  return first === -1 ? steps.length : first;
}

interface StepContext {
  readonly names: ReadonlyMap<string, string>;
  readonly threads: Threads;
  readonly views: EventViews;
  /** What the step holds is on the page as well. */
  readonly whole: boolean;
}

function stepView(step: Step, context: StepContext): Xml {
  const kind = step.kind === 'event' && !isOfNote(step) ? 'event chatty' : step.kind;
  const line = lineOf(step, context);
  const inside = context.whole ? contentOf(step, context) : undefined;
  return html`<li class="${kind}">${
    inside === undefined
      ? html`<div id="${anchorOf(step.id)}">${line}</div>`
      : html`<details><summary>${line}</summary><div class="inside" id="${anchorOf(step.id)}">${inside}</div></details>`
  }</li>
`;
}

function lineOf(step: Step, { names, threads }: StepContext): Xml {
  const nameOf = (lane: string | null): string => (lane === null ? '' : (names.get(lane) ?? lane));
  const path = step.to === null ? nameOf(step.from) : `${nameOf(step.from)} → ${nameOf(step.to)}`;
  const level = step.level === null ? '' : `${LEVELS[step.level] ?? step.level} `;
  return html`<span class="time">${timeOf(step.at)}</span> ${badge(threads.find(step.callId) ?? threads.find(step.channel))} ${path}: ${level}<b class="${isRefusal(step) ? 'words refused' : 'words'}">${step.title}</b>${step.retransmission ? ' (again)' : ''} <span class="detail words">${step.detail}</span>`;
}

function contentOf(step: Step, { views }: StepContext): Xml | undefined {
  switch (step.kind) {
    case 'message':
      return messageView(step);
    case 'event':
      return views.of(step.id);
    case 'log':
      // A line that is all in its title has nothing more to show.
      return step.raw.trim().includes('\n') ? html`<pre>\n${step.raw}</pre>` : undefined;
    default:
      return undefined;
  }
}

function messageView(step: Step): Xml {
  const fact = (name: string, value: string | null): Xml | undefined =>
    value === null || value === '' ? undefined : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const message = readMessageText(step.raw);
  const sdp = message === undefined ? undefined : findSdpIn(message.body, message.contentType);
  return html`<dl class="facts">
${fact('Path', `${step.src ?? 'unknown'} → ${step.dst ?? 'unknown'} ${step.transport ?? ''}`)}
${fact('Call-ID', step.callId)}${fact('Flaw', step.flaw)}
${fact('Seen by', step.seenBy.map(({ sensor, at }) => `${sensor} at ${timeOf(at)}`).join(', '))}
</dl>
<pre>
${step.raw}</pre>
${message === undefined || sdp === undefined ? undefined : sdpView(message.body.slice(sdp.start, sdp.end))}`;
}

function sdpView(text: string): Xml {
  const { lines } = explainSdp(text);
  return html`<table><tbody>${lines.map((line) => html`<tr><td><code>${line.text}</code></td><td>${line.says}</td></tr>`)}</tbody></table>`;
}
