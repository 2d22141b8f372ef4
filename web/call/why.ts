import { html, nothing, type TemplateResult } from 'lit';
import type { Threads } from '../../core/ladder/threads.ts';
import { CAUSES, confidenceText, nothingFound, SIDES } from '../../core/ladder/verdict-words.ts';
import type { Call, Diagnosis, Missing, Verdict } from '../api.ts';
import { timeOf } from '../format.ts';
import { legBadge } from '../parts/badge.ts';
import { cancelled, warning } from '../parts/notice.ts';
import { type StepLinks, stepLink } from '../parts/step-link.ts';
import type { Resource } from '../resource.ts';
import { compareAddress } from '../route.ts';
import { texts } from '../texts/language.ts';
import { type Proof, proofsOf } from './evidence.ts';

const words = texts.why;

export interface WhyState {
  readonly call: Call;
  readonly diagnosis: Pick<Resource<Diagnosis>, 'value' | 'problem' | 'cancelled'>;
  /** Asks again for what somebody did not wait for. */
  readonly again: () => void;
  readonly threads: Threads;
  /** Ids of the ladder's steps; evidence that is among them can be jumped to. */
  readonly onLadder: ReadonlySet<string>;
  readonly links: StepLinks;
}

/** What the evidence says of the call, each verdict with what proves it. */
export function whyView(state: WhyState): TemplateResult {
  const { value, problem } = state.diagnosis;
  return html`<section class="diagnosis" aria-labelledby="diagnosis-title" aria-busy=${value === undefined && problem === undefined}>
    <h2 id="diagnosis-title">${words.title}</h2>
    ${content(state)}
  </section>`;
}

function content(state: WhyState): TemplateResult {
  const { value, problem } = state.diagnosis;
  if (problem !== undefined) return warning(words.notFoundOut(problem));
  if (value === undefined && state.diagnosis.cancelled) return cancelled(state.again);
  if (value === undefined) return html`<p class="muted">${words.looking}</p>`;
  const { verdicts, missing } = value;
  return html`${
    verdicts.length === 0
      ? html`<p class="muted">${nothingFound(state.call.outcome)}</p>`
      : html`<ul class="verdicts">${verdicts.map((verdict) => card(verdict, state))}</ul>
          <p><a href=${compareAddress(state.call.id)}>${words.compareWithGood}</a></p>`
  }${missing.length === 0 ? nothing : missingView(missing, state)}`;
}

/** What was not reported: what is not seen then is no proof that it was not there. */
const missingView = (missing: readonly Missing[], { onLadder, links }: WhyState): TemplateResult => html`
  <details class="missing">
    <summary>${words.missing} <span class="count">${missing.length}</span></summary>
    <ul>
      ${missing.map(
        ({ sentence, hops, since, until, evidence }) => html`<li>
          <p>${sentence} <span class="muted">${since === null ? words.before : words.since(timeOf(since))} ${until === null ? words.theEnd : timeOf(until)}</span></p>
          ${hops.length === 0 ? nothing : html`<ul>${hops.map((hop) => html`<li>${hop}</li>`)}</ul>`}
          ${
            evidence.length === 0
              ? nothing
              : html`<details>
                  <summary>${words.whatMakesItDue} <span class="count">${evidence.length}</span></summary>
                  <ul class="proofs">${proofsOf(evidence, onLadder).map((proof) => proofView(proof, links))}</ul>
                </details>`
          }
        </li>`,
      )}
    </ul>
  </details>`;

function card(verdict: Verdict, state: WhyState): TemplateResult {
  const { word, sign } = CAUSES[verdict.cause] ?? { word: verdict.cause, sign: '?' };
  const kind = verdict.cause === 'normal' ? 'verdict-normal' : 'verdict-fault';
  return html`<li class="verdict-card ${kind}">
    <p class="sentence">${legBadge(state.threads.find(verdict.leg))} <b>${verdict.sentence}</b></p>
    <dl class="facts">
      <div>
        <dt>${words.cause}</dt>
        <dd class="cause"><span class="sign" aria-hidden="true">${sign}</span> ${word}</dd>
      </div>
      <div><dt>${words.side}</dt><dd>${SIDES[verdict.side] ?? verdict.side}</dd></div>
      <div><dt>${words.confidence}</dt><dd>${confidenceText(verdict.confidence)}</dd></div>
      <div><dt>${words.whatToDoNext}</dt><dd>${verdict.next}</dd></div>
    </dl>
    ${grounds(verdict, state)}
  </li>`;
}

function grounds(verdict: Verdict, { onLadder, links }: WhyState): TemplateResult {
  const proofs = proofsOf(verdict.evidence, onLadder);
  return html`<details>
    <summary>${words.evidence} <span class="count">${proofs.length}</span></summary>
    <ul class="proofs">${proofs.map((proof) => proofView(proof, links))}</ul>
    ${
      verdict.checked.length === 0
        ? nothing
        : html`<h3>${words.lookedFor}</h3>
            <ul>${verdict.checked.map((one) => html`<li>${one}</li>`)}</ul>`
    }
    <h3>${words.whatWouldRefute}</h3>
    <p>${verdict.refutedBy}</p>
  </details>`;
}

function proofView({ first, copies, onLadder }: Proof, links: StepLinks): TemplateResult {
  const said = html`<span class="time">${timeOf(first.at, 6)}</span> <span class="says">${first.says}</span>`;
  return html`<li>
    ${onLadder ? stepLink(first.id, said, links) : said}
    ${copies === 1 ? nothing : html`<span class="muted">${words.seenBySensors(copies)}</span>`}
  </li>`;
}
