import { html, nothing, type TemplateResult } from 'lit';
import type {
  ComparedCall,
  ComparedLeg,
  ComparedStep,
  Comparison,
  Difference,
  NearestGood,
  StepOfOne,
} from '../api.ts';
import { dateTime } from '../format.ts';
import { problem, progress } from '../parts/notice.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo } from '../parts/party.ts';
import { createResource } from '../resource.ts';
import { callAddress, callApi, encodeKey, type Route } from '../route.ts';

/** The ids of both calls. */
type Pair = readonly [left: string, right: string];
const idsOf = (both: Comparison | undefined): Pair => [both?.left.call.id ?? '', both?.right.call.id ?? ''];

type CompareRoute = Extract<Route, { page: 'compare' }>;

export interface ComparePage {
  enter(route: CompareRoute): void;
  leave(): void;
  view(): TemplateResult;
}

/** A call beside another one, or beside the nearest good one, with what differs. */
export function createComparePage(changed: () => void): ComparePage {
  let key = '';
  let whole = false;
  const nearest = createResource<NearestGood>(changed);
  const comparison = createResource<Comparison>(changed);
  const compare = (other: string): Promise<void> => comparison.load(callApi(key, `/compare/${encodeKey(other)}`));
  const find = async (of: string): Promise<void> => {
    await nearest.load(callApi(of, '/nearest-good'));
    const id = nearest.value?.call?.id;
    // Another call may have been chosen meanwhile.
    if (of === key && id !== undefined) await compare(id);
  };

  return {
    enter(route) {
      nearest.clear();
      comparison.clear();
      key = route.key;
      void (route.other === undefined ? find(key) : compare(route.other));
    },
    leave() {
      key = '';
      nearest.clear();
      comparison.clear();
    },
    view: () => html`
      <h1>Two calls compared</h1>
      ${progress(nearest, comparison)}
      ${[nearest.problem, comparison.problem].map((words) => (words === undefined ? nothing : problem(words)))}
      ${nearest.value === undefined ? nothing : proposed(nearest.value, key)}
      ${
        comparison.value === undefined
          ? nothing
          : html`${sides(comparison.value)} ${differences(comparison.value.differences, 'Of the calls')}
              <label class="whole"><input type="checkbox" .checked=${whole} @change=${(event: Event) => {
                whole = (event.target as HTMLInputElement).checked;
                changed();
              }} /> also show what is the same</label>
              ${comparison.value.legs.map((leg) => legView(leg, whole, idsOf(comparison.value)))}
              ${comparison.value.truncated ? html`<p class="muted">A leg has more steps than are compared.</p>` : nothing}`
      }
    `,
  };
}

const proposed = ({ call, trunk, numberClass, looked }: NearestGood, key: string): TemplateResult =>
  call === null
    ? html`<p role="status">
        No good call over ${trunk} to a number of the class ${numberClass === '' ? 'unknown' : numberClass} is near: ${looked}
        answered ones were looked at. <a href=${callAddress(key)}>Back to the call</a>
      </p>`
    : html`<p class="muted">The nearest good call over ${trunk} to a number of the class ${numberClass}.</p>`;

const sides = ({ left, right }: Comparison): TemplateResult => html`<div class="scroll-x">
  <table class="two-calls">
    <thead>
      <tr><th scope="col"><span class="visually-hidden">What</span></th><th scope="col">This call</th><th scope="col">The other</th></tr>
    </thead>
    <tbody>
      <tr><th scope="row">Call</th>${[left, right].map((side) => html`<td>${callCell(side)}</td>`)}</tr>
      <tr>
        <th scope="row">Why</th>
        ${[left, right].map(
          ({ verdicts }) =>
            html`<td>${verdicts.length === 0 ? 'nothing is said of it' : verdicts.map(({ sentence }) => html`<p>${sentence}</p>`)}</td>`,
        )}
      </tr>
    </tbody>
  </table>
</div>`;

const callCell = ({
  call,
}: ComparedCall): TemplateResult => html`<a href=${callAddress(call.id)}>${dateTime(call.startedAt)}</a>
  ${outcomeMark(call.outcome)}<br />${fromTo(call.from, call.to)}`;

const differences = (all: readonly Difference[], caption: string): TemplateResult | typeof nothing =>
  all.length === 0
    ? nothing
    : html`<div class="scroll-x">
        <table class="two-calls">
          <caption>${caption}</caption>
          <tbody>${all.map(differenceRow)}</tbody>
        </table>
      </div>`;

const differenceRow = ({ field, left, right }: Difference): TemplateResult => html`<tr>
  <th scope="row">${field}</th><td>${left === '' ? '–' : left}</td><td>${right === '' ? '–' : right}</td>
</tr>`;

function legView(
  { role, left, right, differences: own, steps }: ComparedLeg,
  whole: boolean,
  calls: Pair,
): TemplateResult {
  const shown = whole ? steps : steps.filter(({ is }) => is !== 'same');
  const missing =
    left === null ? 'The other call alone has this leg.' : right === null ? 'This call alone has this leg.' : '';
  return html`<section aria-label=${`Leg: ${role}`}>
    <h2>Leg: ${role}</h2>
    ${missing === '' ? nothing : html`<p>${missing}</p>`}
    ${differences(own, 'Of the leg')}
    ${
      shown.length === 0
        ? html`<p class="muted">Its ${steps.length} steps are the same.</p>`
        : html`<div class="scroll-x"><table class="two-calls">
            <thead>
              <tr><th scope="col">Step</th><th scope="col">This call</th><th scope="col">The other</th></tr>
            </thead>
            <tbody>${shown.map((step) => stepRows(step, calls))}</tbody>
          </table></div>`
    }
  </section>`;
}

const WORDS = {
  same: 'the same',
  changed: 'differs',
  left: 'in this call alone',
  right: 'in the other alone',
} as const;
const SIGNS = { same: '=', changed: '≠', left: '←', right: '→' } as const;

const sinceText = (ms: number): string => `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`;

const stepRows = ({ is, left, right, differences: all }: ComparedStep, calls: Pair): TemplateResult => html`
  <tr class="step-${is}">
    <th scope="row"><span class="sign" aria-hidden="true">${SIGNS[is]}</span> ${WORDS[is]}</th>
    ${[left, right].map((step, i) => html`<td>${step === null ? '–' : stepCell(step, calls[i as 0 | 1])}</td>`)}
  </tr>
  ${all.map(differenceRow)}
`;

/** Leads to the step on the ladder of its call. */
const stepCell = ({ id, title, where, times, sinceMs }: StepOfOne, call: string): TemplateResult => html`<a
    href=${`${callAddress(call)}?step=${encodeURIComponent(id)}`}><b>${title}</b></a
  >${times === 1 ? nothing : ` ×${times}`} <span class="muted">${where} ${sinceText(sinceMs)}</span>`;
