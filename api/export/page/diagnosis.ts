import type { Threads } from '../../../core/ladder/threads.ts';
import { CAUSES, confidenceText, nothingFound, SIDES } from '../../../core/ladder/verdict-words.ts';
import type { Diagnosis } from '../../diagnosis-schemas.ts';
import type { Xml } from '../../ladder/svg/xml.ts';
import type { Call } from '../../schemas.ts';
import { html } from './html.ts';
import { anchorOf, badge, timeOf } from './words.ts';

type Verdict = Diagnosis['verdicts'][number];

/** Why the call went so; what proves it leads to its step. */
export function diagnosisSection(
  { verdicts, missing }: Pick<Diagnosis, 'verdicts' | 'missing'>,
  outcome: Call['outcome'],
  threads: Threads,
  onPage: ReadonlySet<string>,
): Xml {
  return html`<section>
<h2>Why</h2>
${verdicts.length === 0 ? html`<p>${nothingFound(outcome)}</p>` : verdicts.map((one) => verdict(one, threads, onPage))}
${missing.length === 0 ? undefined : html`<h3>Evidence that is missing</h3><ul>${missing.map((one) => absent(one, onPage))}</ul>`}
</section>`;
}

function verdict(of: Verdict, threads: Threads, onPage: ReadonlySet<string>): Xml {
  const { word, sign } = CAUSES[of.cause];
  const list = (title: string, items: readonly Xml[]): Xml | undefined =>
    items.length === 0 ? undefined : html`<h3>${title}</h3><ul>${items}</ul>`;
  return html`<div class="${of.cause === 'normal' ? 'verdict normal' : 'verdict'}">
<p>${badge(threads.find(of.leg))} <b class="words">${of.sentence}</b></p>
<p>${sign} ${word} · ${SIDES[of.side]} · ${confidenceText(of.confidence)}</p>
<p class="words">${of.next}</p>
<details><summary>Evidence</summary>
${list(
  'What proves it',
  of.evidence.map((one) => proven(one, onPage)),
)}
${list(
  'Looked for and not found',
  of.checked.map((one) => html`<li class="words">${one}</li>`),
)}
<h3>What would refute it</h3><p class="words">${of.refutedBy}</p>
</details>
</div>`;
}

/** What was not reported: what is not seen then is no proof that it was not there. */
const absent = (
  { sentence, hops, since, until, evidence }: Diagnosis['missing'][number],
  onPage: ReadonlySet<string>,
): Xml =>
  html`<li><p class="words">${sentence} <span class="quiet">${since === null ? 'From the beginning' : timeOf(since)} – ${until === null ? 'the end' : timeOf(until)}</span></p>
${hops.length === 0 ? undefined : html`<ul>${hops.map((hop) => html`<li class="words">${hop}</li>`)}</ul>`}
${evidence.length === 0 ? undefined : html`<details><summary>What makes it due</summary><ul>${evidence.map((one) => proven(one, onPage))}</ul></details>`}</li>`;

const proven = ({ id, at, says }: Verdict['evidence'][number], onPage: ReadonlySet<string>): Xml =>
  html`<li>${proof(id, timeOf(at), onPage)} <span class="words">${says}</span></li>`;

/** A row that is no step of its own, such as another sensor's copy, leads nowhere. */
export const proof = (stepId: string, words: string, onPage: ReadonlySet<string>): Xml =>
  onPage.has(stepId) ? html`<a href="#${anchorOf(stepId)}">${words}</a>` : html`${words}`;
