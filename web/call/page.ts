import { html, nothing, type TemplateResult } from 'lit';
import { type Threads, threadsOf } from '../../core/ladder/threads.ts';
import { createAddressWriter } from '../address.ts';
import type { Call, Diagnosis, Ladder } from '../api.ts';
import { createLadderPane } from '../ladder/pane.ts';
import { cancelled, problem, progress, warning } from '../parts/notice.ts';
import { fromToWords } from '../parts/party.ts';
import type { StepLinks } from '../parts/step-link.ts';
import { createResource } from '../resource.ts';
import { callAddress, callApi, type Route } from '../route.ts';
import { texts } from '../texts/language.ts';
import { edgesView, gapsView, linksView } from './edges.ts';
import { headline } from './headline.ts';
import { legsTable } from './legs.ts';
import { type CallStory, storyOfCall, storyView } from './story.ts';
import { createTakeAlong } from './take-along.ts';
import { whyView } from './why.ts';

const words = texts.call;

type CallRoute = Extract<Route, { page: 'call' }>;

export interface CallPage {
  enter(route: CallRoute): void;
  leave(): void;
  /** Stops what runs; false when nothing does. */
  cancel(): boolean;
  title(): string;
  /** Draws all of the ladder, for a printer, or what is in sight again. */
  print(on: boolean): void;
  view(): TemplateResult;
}

interface Derived {
  readonly of: Call;
  readonly on: Ladder | undefined;
  readonly threads: Threads;
  readonly stepIds: ReadonlySet<string>;
  readonly story: CallStory;
}

const NOTHING: ReadonlySet<string> = new Set();

/** One call: what became of it and why, its legs, why they are one call, and the ladder. */
export function createCallPage(changed: () => void): CallPage {
  let key = '';
  const call = createResource<Call>(changed);
  const ladder = createResource<Ladder>(changed);
  const diagnosis = createResource<Diagnosis>(changed);
  const takeAlong = createTakeAlong(changed);
  /** What follows from the two answers, kept so that a move of the cursor does not count 5,000 steps again. */
  let last: Derived | undefined;
  let lastCited: { readonly by: Diagnosis; readonly ids: ReadonlySet<string> } | undefined;
  const address = createAddressWriter((text) => history.replaceState(null, '', text));
  const pane = createLadderPane(changed, (options) => {
    const text = options.toString();
    address.write(callAddress(key) + (text === '' ? '' : `?${text}`));
  });

  const links: StepLinks = {
    address: (stepId) => `${callAddress(key)}?step=${encodeURIComponent(stepId)}`,
    show(stepId) {
      pane.show(stepId);
      // The keyboard goes on from the step, and not from the link far above it.
      document.querySelector<HTMLElement>('ladder-rows')?.focus({ preventScroll: true });
    },
  };

  function ask(): void {
    // In this order the server reads the call once for all three: what the ladder needs is all that there is.
    void ladder.load(callApi(key, '/ladder?raw=small'));
    void call.load(callApi(key));
    askWhy();
  }

  const askWhy = (): void => void diagnosis.load(callApi(key, '/diagnosis'));

  function leave(): void {
    address.cancel();
    key = '';
    call.clear();
    ladder.clear();
    diagnosis.clear();
    takeAlong.leave();
    pane.leave();
  }

  function derived(of: Call, on: Ladder | undefined): Derived {
    if (last?.of !== of || last.on !== on) {
      const threads = threadsOf(of.legs, on?.steps ?? []);
      const stepIds = new Set(on?.steps.map((step) => step.id));
      last = { of, on, threads, stepIds, story: storyOfCall(of, on, threads) };
    }
    return last;
  }

  function citedBy(by: Diagnosis | undefined): ReadonlySet<string> {
    if (by === undefined) return NOTHING;
    if (lastCited?.by !== by) {
      const ids = by.verdicts.flatMap(({ evidence }) => evidence.map(({ id }) => id));
      lastCited = { by, ids: new Set(ids) };
    }
    return lastCited.ids;
  }

  function body(): TemplateResult | typeof nothing {
    if (call.problem !== undefined) return problem(call.problem);
    if (call.cancelled) return cancelled(ask);
    if (call.value === undefined) return nothing;
    const { value } = call;
    const { threads, stepIds, story } = derived(value, ladder.value);
    return html`<article class="call">
      ${headline(value)}
      ${takeAlong.view(value.id)}
      ${whyView({ call: value, diagnosis, again: askWhy, threads, onLadder: stepIds, links })}
      ${value.truncated || ladder.value?.truncated === true ? warning(words.notAllOfIt) : nothing}
      ${gapsView(value.gaps)}
      ${storyView(story, threads, links)}
      ${legsTable(value, threads)}
      ${edgesView(value.edges, threads, stepIds, links)}
      ${linksView(value.links)}
      ${ladder.problem === undefined ? nothing : problem(ladder.problem)}
      ${ladder.cancelled ? cancelled(ask) : nothing}
      ${ladder.value === undefined ? nothing : pane.view(key, ladder.value, threads, citedBy(diagnosis.value), links)}
    </article>`;
  }

  return {
    enter(route) {
      pane.enter(route.options);
      if (route.key === key) return;
      leave();
      key = route.key;
      pane.enter(route.options);
      ask();
    },
    leave,
    cancel: () => [call, ladder, diagnosis].map((one) => one.cancel()).includes(true),
    print: pane.print,
    title: () => (call.value === undefined ? words.title : fromToWords(call.value.from, call.value.to)),
    view: () => html`${progress(call, ladder)}${body()}`,
  };
}
