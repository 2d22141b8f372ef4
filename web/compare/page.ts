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
import { dateTime, seconds } from '../format.ts';
import { problem, progress } from '../parts/notice.ts';
import { outcomeMark } from '../parts/outcome.ts';
import { fromTo } from '../parts/party.ts';
import { createResource } from '../resource.ts';
import { callAddress, callApi, encodeKey, type Route } from '../route.ts';
import { texts } from '../texts/language.ts';

const words = texts.compare;

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
      <h1>${words.heading}</h1>
      ${progress(nearest, comparison)}
      ${[nearest.problem, comparison.problem].map((one) => (one === undefined ? nothing : problem(one)))}
      ${nearest.value === undefined ? nothing : proposed(nearest.value, key)}
      ${
        comparison.value === undefined
          ? nothing
          : html`${sides(comparison.value)} ${differences(comparison.value.differences, words.ofTheCalls)}
              <label class="whole"><input type="checkbox" .checked=${whole} @change=${(event: Event) => {
                whole = (event.target as HTMLInputElement).checked;
                changed();
              }} /> ${words.alsoTheSame}</label>
              ${comparison.value.legs.map((leg) => legView(leg, whole, idsOf(comparison.value)))}
              ${comparison.value.truncated ? html`<p class="muted">${words.notAllSteps}</p>` : nothing}`
      }
    `,
  };
}

const proposed = ({ call, trunk, numberClass, looked }: NearestGood, key: string): TemplateResult =>
  call === null
    ? html`<p role="status">
        ${words.noGoodCall(trunk, numberClass === '' ? words.unknownClass : numberClass, looked)}
        <a href=${callAddress(key)}>${words.backToCall}</a>
      </p>`
    : html`<p class="muted">${words.nearestGood(trunk, numberClass)}</p>`;

const sides = ({ left, right }: Comparison): TemplateResult => html`<div class="scroll-x">
  <table class="two-calls">
    <thead>
      <tr><th scope="col"><span class="visually-hidden">${words.what}</span></th><th scope="col">${words.thisCall}</th><th scope="col">${words.theOther}</th></tr>
    </thead>
    <tbody>
      <tr><th scope="row">${words.call}</th>${[left, right].map((side) => html`<td>${callCell(side)}</td>`)}</tr>
      <tr>
        <th scope="row">${words.why}</th>
        ${[left, right].map(
          ({ verdicts }) =>
            html`<td>${verdicts.length === 0 ? words.nothingSaid : verdicts.map(({ sentence }) => html`<p>${sentence}</p>`)}</td>`,
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
  const missing = left === null ? words.onlyTheOther : right === null ? words.onlyThis : '';
  return html`<section aria-label=${words.leg(role)}>
    <h2>${words.leg(role)}</h2>
    ${missing === '' ? nothing : html`<p>${missing}</p>`}
    ${differences(own, words.ofTheLeg)}
    ${
      shown.length === 0
        ? html`<p class="muted">${words.allTheSame(steps.length)}</p>`
        : html`<div class="scroll-x"><table class="two-calls">
            <thead>
              <tr><th scope="col">${words.step}</th><th scope="col">${words.thisCall}</th><th scope="col">${words.theOther}</th></tr>
            </thead>
            <tbody>${shown.map((step) => stepRows(step, calls))}</tbody>
          </table></div>`
    }
  </section>`;
}

const SIGNS = { same: '=', changed: '≠', left: '←', right: '→' } as const;

const stepRows = ({ is, left, right, differences: all }: ComparedStep, calls: Pair): TemplateResult => html`
  <tr class="step-${is}">
    <th scope="row"><span class="sign" aria-hidden="true">${SIGNS[is]}</span> ${words.is[is]}</th>
    ${[left, right].map((step, i) => html`<td>${step === null ? '–' : stepCell(step, calls[i as 0 | 1])}</td>`)}
  </tr>
  ${all.map(differenceRow)}
`;

/** Leads to the step on the ladder of its call. */
const stepCell = ({ id, title, where, times, sinceMs }: StepOfOne, call: string): TemplateResult => html`<a
    href=${`${callAddress(call)}?step=${encodeURIComponent(id)}`}><b>${title}</b></a
  >${times === 1 ? nothing : ` ×${times}`} <span class="muted">${where} ${seconds(sinceMs / 1000, 3)}</span>`;
