import { html, nothing, type TemplateResult } from 'lit';
import type { Pair } from '../../core/ladder/pairs.ts';
import { PAIR_WORDS } from '../../core/ladder/step-words.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import type { ComparedSection } from '../../core/message/compare.ts';
import type { Difference, Piece } from '../../core/message/difference.ts';
import type { Ladder, Step } from '../api.ts';
import { delta, timeOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { problem } from '../parts/notice.ts';
import { type StepLinks, stepLink } from '../parts/step-link.ts';
import { texts } from '../texts/language.ts';

const words = texts.detail;

export interface CompareState {
  readonly step: Step;
  readonly ladder: Ladder;
  readonly threads: Threads;
  /** What the step is offered to be compared with, the obvious one first. */
  readonly pairs: readonly Pair<Step>[];
  /** What it is compared with, if with anything; the step itself while another one is to be chosen. */
  readonly other: Step | undefined;
  /** Undefined while the texts are still to come. */
  readonly sections: readonly ComparedSection[] | undefined;
  /** A sentence, when the other step could not be asked for. */
  readonly problem: string | undefined;
  readonly links: StepLinks;
  /** With which step the opened one, whichever that is, is compared; undefined ends it. */
  chosen(stepId: string | undefined): void;
}

/** Two steps: how to choose the other one, and what is not alike in them. */
export function compareView(state: CompareState): TemplateResult {
  const { step, other } = state;
  if (other === undefined) return choice(state);
  if (other.id === step.id) {
    return html`<section class="compare" aria-label=${words.comparison}>
      <p role="status">${words.openAnother} ${endButton(state)}</p>
    </section>`;
  }
  return comparison(state, other);
}

function choice(state: CompareState): TemplateResult {
  const { pairs, step, chosen } = state;
  const [first, ...others] = pairs;
  return html`<section class="compare" aria-label=${words.comparison}>
    ${first === undefined ? nothing : pairButton(first, state)}
    ${
      others.length === 0
        ? nothing
        : html`<select aria-label=${words.compareWithAnother} @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}>
            <option selected disabled>${words.orWith}</option>
            ${others.map((pair) => html`<option value=${pair.step.id}>${nameOfPair(pair, state)}</option>`)}
          </select>`
    }
    <button type="button" title=${words.thenOpenIt} @click=${() => chosen(step.id)}>${words.compareWithAny}</button>
  </section>`;
}

const pairButton = (pair: Pair<Step>, state: CompareState): TemplateResult =>
  html`<button type="button" class="pair" @click=${() => state.chosen(pair.step.id)}>${words.compareWith(nameOfPair(pair, state))}</button>`;

/** "INVITE of leg B, fs1 → callee, +12.3 ms: sent on". */
function nameOfPair({ step, reason }: Pair<Step>, state: CompareState): string {
  const nameOf = (id: string | null): string => state.ladder.lanes.find((lane) => lane.id === id)?.name ?? '?';
  const leg = threadOf(step, state.threads)?.letter;
  const path = step.to === null ? nameOf(step.from) : `${nameOf(step.from)} → ${nameOf(step.to)}`;
  const what = leg === undefined ? step.title : words.ofLeg(step.title, leg);
  return words.pair(what, path, delta(step.atUs - state.step.atUs), PAIR_WORDS[reason]);
}

const threadOf = (step: Step, threads: Threads) => threads.find(step.callId) ?? threads.find(step.channel);

const endButton = ({ chosen }: CompareState): TemplateResult =>
  html`<button type="button" @click=${() => chosen(undefined)}>${words.endComparison}</button>`;

function comparison(state: CompareState, other: Step): TemplateResult {
  const { step, sections, ladder } = state;
  const [before, after] = ladder.steps.indexOf(other) < ladder.steps.indexOf(step) ? [other, step] : [step, other];
  return html`<section class="compare" aria-label=${words.comparison}>
    <h4>${words.whatDiffers}</h4>
    <p class="compared">
      <span>${nameOfStep(before, state)}</span>
      <span role="img" aria-label=${words.became}>⇒</span>
      <span>${nameOfStep(after, state)}</span>
      ${endButton(state)}
    </p>
    ${state.problem === undefined ? nothing : problem(state.problem)}
    ${sections === undefined ? html`<p class="muted">${words.readingBoth}</p>` : differences(sections)}
  </section>`;
}

function nameOfStep(step: Step, state: CompareState): TemplateResult {
  const name = html`${step.kind === 'log' ? words.aLogLine : step.title} <span class="time">${timeOf(step.at, 6)}</span>`;
  return html`${legBadge(threadOf(step, state.threads))} ${step.id === state.step.id ? name : stepLink(step.id, name, state.links)}`;
}

function differences(sections: readonly ComparedSection[]): TemplateResult {
  const all = sections.flatMap((section) => section.differences);
  const same = all.filter(({ kind }) => kind === 'same');
  if (same.length === all.length) return html`<p role="status">${words.nothingDiffers}</p>`;
  return html`<p class="muted" role="status">${words.differ(all.length - same.length, all.length)}</p>
    ${sections.map(sectionView)}`;
}

/** What is the same is folded. */
function sectionView({ title, differences: all }: ComparedSection): TemplateResult {
  const same = all.filter(({ kind }) => kind === 'same');
  return html`<div class="compared-section">
    <h5>${title}</h5>
    <ul>${all.filter(({ kind }) => kind !== 'same').map(differenceView)}</ul>
    ${
      same.length === 0
        ? nothing
        : html`<details>
            <summary>${words.theSame(same.length)}</summary>
            <ul>${same.map(differenceView)}</ul>
          </details>`
    }
  </div>`;
}

const differenceView = ({ name, kind, pieces }: Difference): TemplateResult =>
  html`<li class="difference ${kind}">
    ${name === '' ? nothing : html`<span class="name">${name}</span>`} <span class="pieces">${pieces.map(pieceView)}</span>
  </li>`;

/** Told apart by a line through or below it as well as by colour, and by a word for those who do not see it. */
function pieceView({ kind, text }: Piece): TemplateResult {
  if (kind === 'same') return html`<span>${text}</span>`;
  return kind === 'gone'
    ? html`<del><span class="visually-hidden">${words.removed}</span>${text}</del>`
    : html`<ins><span class="visually-hidden">${words.added}</span>${text}</ins>`;
}
