import { html, nothing, type TemplateResult } from 'lit';
import type { Doctor, DoctorCheck, DoctorFinding } from '../api.ts';
import { problem, progress } from '../parts/notice.ts';
import { snippet } from '../parts/snippet.ts';
import { createResource } from '../resource.ts';
import { texts } from '../texts/language.ts';

const words = texts.doctor;

export interface DoctorPage {
  enter(): void;
  leave(): void;
  view(): TemplateResult;
}

/** Which settings of the switches and sensors are missing, told from what they sent. */
export function createDoctorPage(changed: () => void): DoctorPage {
  const doctor = createResource<Doctor>(changed);
  return {
    enter: () => void doctor.load('/api/doctor'),
    leave: () => doctor.clear(),
    view: () => html`
      <h1>${words.title}</h1>
      <p>${words.about}</p>
      ${progress(doctor)}
      ${doctor.problem === undefined ? nothing : problem(doctor.problem)}
      ${doctor.value === undefined ? nothing : answer(doctor.value)}
    `,
  };
}

const answer = (doctor: Doctor): TemplateResult => html`
  <p role="status" class="doctor-sum">${sumOf(doctor)}</p>
  <p class="muted">
    ${words.lookedAt(doctor.calls, doctor.packets, doctor.events, doctor.lines)}
    ${doctor.quiet.length === 0 ? nothing : words.quiet(doctor.quiet.join(', '))}
  </p>
  ${[...doctor.checks].sort((a, b) => missingIn(b) - missingIn(a)).map(checkView)}
`;

/** What is missing stands first, of both kinds in the order of the answer. */
const missingIn = ({ findings }: DoctorCheck): number => (findings.some(({ state }) => state === 'missing') ? 1 : 0);

function sumOf({ calls, checks }: Doctor): string {
  if (calls === 0) return words.nothingHasCome;
  const all = checks.flatMap(({ findings }) => findings);
  const missing = all.filter(({ state }) => state === 'missing').length;
  const unknown = all.filter(({ state }) => state === 'unknown').length;
  const open = unknown === 0 ? '' : ` ${words.cannotTell(unknown)}`;
  return `${missing === 0 ? words.nothingIsMissing : words.areMissing(missing)}${open}`;
}

function checkView({ id, title, weight, why, findings }: DoctorCheck): TemplateResult {
  const missing = findings.filter(({ state }) => state === 'missing');
  return html`<section class="check" aria-labelledby=${`check-${id}`}>
    <h2 id=${`check-${id}`}>${title} ${weight === 'useful' ? html`<span class="tag">${words.useful}</span>` : nothing}</h2>
    <ul class="findings">${findings.map(findingView)}</ul>
    ${missing.length === 0 ? nothing : html`<p>${why}</p>`}
    ${remediesOf(missing).map(
      ({ system, file, lines }) =>
        html`<p class="remedy">${system}: <code>${file}</code></p>
          ${snippet(lines, words.linesFor(system, title))}`,
    )}
  </section>`;
}

const SIGNS = { fine: '✓', missing: '✕', unknown: '?' } as const;

const findingView = ({ of, software, state, saw }: DoctorFinding): TemplateResult => html`<li class="finding-${state}">
  <span class="sign" aria-hidden="true">${SIGNS[state]}</span> <b>${words.states[state]}</b>
  ${of}${software === null ? nothing : html` <span class="muted">${software}</span>`}: ${saw}
</li>`;

/** Each once, however many boxes lack it. */
function remediesOf(missing: readonly DoctorFinding[]): DoctorFinding['remedies'] {
  const all = missing.flatMap(({ remedies }) => remedies);
  const keys = all.map((one) => JSON.stringify(one));
  return all.filter((_, i) => keys.indexOf(keys[i] ?? '') === i);
}
