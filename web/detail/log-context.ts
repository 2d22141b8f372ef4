import { html, nothing, type TemplateResult } from 'lit';
import { linesAround } from '../../core/ladder/log-context.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import type { Ladder, Step } from '../api.ts';
import { timeOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { type StepLinks, stepLink } from '../parts/step-link.ts';
import { texts } from '../texts/language.ts';

const words = texts.detail;

export interface ContextState {
  /** So many lines are shown on either side. */
  readonly lines: number;
  /** Shows more of them. */
  more(): void;
}

/** The lines of the call that the same host wrote before and after one, whatever the filters of the ladder hide. */
export function logContext(
  step: Step,
  ladder: Ladder,
  threads: Threads,
  { lines, more }: ContextState,
  links: StepLinks,
): TemplateResult | typeof nothing {
  const around = linesAround(step, ladder.steps, lines);
  if (around.steps.length < 2) return nothing;
  return html`<section class="log-context" aria-labelledby="log-context-title">
    <h4 id="log-context-title">${words.linesAround}</h4>
    ${around.before === 0 ? nothing : html`<p class="muted">${words.moreBefore(around.before)}</p>`}
    <ol>${around.steps.map((one) => line(one, one.id === step.id, threads, links))}</ol>
    ${around.after === 0 ? nothing : html`<p class="muted">${words.moreAfter(around.after)}</p>`}
    ${around.before + around.after === 0 ? nothing : html`<button type="button" @click=${more}>${words.showMoreLines}</button>`}
  </section>`;
}

function line(step: Step, here: boolean, threads: Threads, links: StepLinks): TemplateResult {
  const { at, level, title, id } = step;
  const when = html`<span class="time">${timeOf(at)}</span> <span class="level">${LEVELS[level ?? 0] ?? level}</span>`;
  return html`<li class="context-line" aria-current=${here ? 'true' : nothing}>
    ${legBadge(threads.find(step.callId) ?? threads.find(step.channel))}
    ${here ? when : stepLink(id, when, links)} <span class="text">${title}</span>
  </li>`;
}
