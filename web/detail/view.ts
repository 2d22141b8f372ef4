import { html, nothing, type TemplateResult } from 'lit';
import type { Threads } from '../../core/ladder/threads.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import type { Ladder, Step, StepDetail } from '../api.ts';
import { dateTime, delta, microsOf, timeOf } from '../format.ts';
import { isCorrected } from '../ladder/row.ts';
import { legBadge } from '../parts/badge.ts';
import { problem, progress } from '../parts/notice.ts';
import type { StepLinks } from '../parts/step-link.ts';
import type { Resource } from '../resource.ts';
import { texts } from '../texts/language.ts';
import { type CompareState, compareView } from './compare.ts';
import { headersView } from './event.ts';
import { type ContextState, logContext } from './log-context.ts';
import { messageView, rawView } from './message.ts';

const words = texts.detail;

export interface DetailState {
  readonly step: Step;
  readonly ladder: Ladder;
  readonly threads: Threads;
  readonly detail: Resource<StepDetail>;
  /** What was typed to find a header. */
  readonly wanted: string;
  readonly compare: CompareState;
  readonly context: ContextState;
  readonly links: StepLinks;
  searched(text: string): void;
  closed(): void;
}

/** The opened step: facts, who saw it, what it is compared with, and the message, headers or line itself. */
export function detailView(state: DetailState): TemplateResult {
  const { step, threads } = state;
  return html`<aside class="step-detail" aria-label=${words.openedStep} @keydown=${(event: KeyboardEvent) => {
    if (event.key === 'Escape') state.closed();
  }}>
    <header>
      ${legBadge(threads.find(step.callId) ?? threads.find(step.channel))}
      <h3>${step.kind === 'log' ? words.logLineOf(LEVELS[step.level ?? 0] ?? String(step.level)) : step.title}</h3>
      <button type="button" class="close" aria-label=${words.close} @click=${state.closed}>✕</button>
    </header>
    <dl class="facts">
      <div><dt>${words.time}</dt><dd>${dateTime(step.at, 6)}</dd></div>
      ${where(state)}
      ${step.callId === null ? nothing : html`<div><dt>${words.callId}</dt><dd><code>${step.callId}</code></dd></div>`}
      ${step.channel === null ? nothing : html`<div><dt>${words.channel}</dt><dd><code>${step.channel}</code></dd></div>`}
      ${step.kind === 'log' && step.detail !== '' ? html`<div><dt>${words.writtenBy}</dt><dd><code>${step.detail}</code></dd></div>` : nothing}
      ${step.retransmission ? html`<div><dt>${words.note}</dt><dd>${words.sentAgain}</dd></div>` : nothing}
      ${isCorrected(step) ? html`<div><dt>${words.time}</dt><dd>${words.drawnByOthers(timeOf(step.at, 6), step.seenBy.map(({ sensor }) => sensor).join(', '))}</dd></div>` : nothing}
      ${step.flaw === '' ? nothing : html`<div><dt>${words.flaw}</dt><dd>⚠ ${step.flaw}</dd></div>`}
    </dl>
    ${seenBy(step)}
    ${progress(state.detail)}
    ${state.detail.problem === undefined ? nothing : problem(state.detail.problem)}
    ${compareView(state.compare)}
    ${content(state)}
    ${step.kind === 'log' ? logContext(step, state.ladder, threads, state.context, state.links) : nothing}
  </aside>`;
}

function where({ step, ladder }: DetailState): TemplateResult | typeof nothing {
  if (step.src !== null || step.dst !== null) {
    return html`<div>
      <dt>${words.path}</dt>
      <dd><code>${step.src ?? words.unknown}</code> → <code>${step.dst ?? words.unknown}</code>${step.transport === null ? nothing : ` ${step.transport}`}</dd>
    </div>`;
  }
  const lane = ladder.lanes.find((one) => one.id === step.from);
  return lane === undefined ? nothing : html`<div><dt>${words.at}</dt><dd>${lane.name}</dd></div>`;
}

function seenBy(step: Step): TemplateResult | typeof nothing {
  if (step.seenBy.length === 0) return nothing;
  return html`<table class="seen-by">
    <caption>${words.seenBy}</caption>
    <tbody>
      ${step.seenBy.map(({ sensor, at }) => {
        const us = microsOf(at);
        return html`<tr>
          <th scope="row">${sensor}</th>
          <td>${timeOf(at, 6)}</td>
          <td class="muted">${us === undefined || us === step.atUs ? nothing : delta(us - step.atUs)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function content(state: DetailState): TemplateResult | typeof nothing {
  const { step, detail } = state;
  const raw = step.raw === '' ? (detail.value?.raw ?? '') : step.raw;
  const headers = Object.entries(detail.value?.headers ?? {});
  if (raw === '' && headers.length === 0) return nothingCaptured(state);
  return html`${raw === '' ? nothing : step.kind === 'log' ? rawView(raw, words.logLine) : messageView(raw)}
    ${detail.value?.partial === true ? html`<p class="muted">${words.onlyWhatWasNew}</p>` : nothing}
    ${headers.length === 0 ? nothing : headersView(headers, state)}`;
}

/** Said only when all that there is has been asked for. */
const nothingCaptured = ({ detail }: DetailState): TemplateResult | typeof nothing =>
  detail.value === undefined ? nothing : html`<p class="muted">${words.nothingMore}</p>`;
