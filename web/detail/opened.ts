import type { TemplateResult } from 'lit';
import { type Pair, pairsOf } from '../../core/ladder/pairs.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import { type ComparedSection, type ComparedStep, compareSteps } from '../../core/message/compare.ts';
import type { Ladder, Step, StepDetail } from '../api.ts';
import type { StepLinks } from '../parts/step-link.ts';
import { createResource, type Resource } from '../resource.ts';
import { callApi, encodeKey } from '../route.ts';
import { detailView } from './view.ts';

/** What the ladder knows of the step that is opened on it. */
export interface OpenedStep {
  readonly key: string;
  readonly step: Step;
  readonly ladder: Ladder;
  readonly threads: Threads;
  readonly links: StepLinks;
  closed(): void;
}

export interface Opened {
  /** Takes from the address with what is compared. */
  enter(options: URLSearchParams): void;
  /** Writes it there. */
  write(options: URLSearchParams): void;
  /** Forgets what was asked for the step: it is closed. */
  close(): void;
  leave(): void;
  view(opened: OpenedStep): TemplateResult;
}

const FEW_LINES = 5;

/** The detail of the opened step, and what it is compared with. `written` is called when the address has to be written. */
export function createOpened(changed: () => void, written: () => void): Opened {
  const own = createSource(changed);
  const others = createSource(changed);
  /** Id of the step that is compared with whichever is opened. */
  let compared: string | undefined;
  let wanted = '';
  let lines = FEW_LINES;
  /** Of which step the lines around it are shown. */
  let linesOf: string | undefined;
  let pairs: { readonly of: Step; readonly on: Ladder; readonly found: readonly Pair<Step>[] } | undefined;
  let last:
    | { readonly a: ComparedStep; readonly b: ComparedStep; readonly found: readonly ComparedSection[] }
    | undefined;

  function pairsFor(step: Step, ladder: Ladder): readonly Pair<Step>[] {
    if (pairs?.of !== step || pairs.on !== ladder) pairs = { of: step, on: ladder, found: pairsOf(step, ladder.steps) };
    return pairs.found;
  }

  /** The earlier of the two first. */
  function sectionsFor({ key, step, ladder }: OpenedStep, other: Step): readonly ComparedSection[] | undefined {
    const [mine, theirs] = [own.read(key, step), others.read(key, other)];
    if (mine === undefined || theirs === undefined) return undefined;
    const [a, b] = ladder.steps.indexOf(other) < ladder.steps.indexOf(step) ? [theirs, mine] : [mine, theirs];
    if (last?.a !== a || last.b !== b) last = { a, b, found: compareSteps(a, b) };
    return last.found;
  }

  function close(): void {
    own.clear();
    others.clear();
    compared = undefined;
  }

  return {
    enter(options) {
      compared = options.get('with') ?? undefined;
    },
    write(options) {
      if (compared === undefined) options.delete('with');
      else options.set('with', compared);
    },
    close,
    leave() {
      close();
      wanted = '';
      pairs = undefined;
      last = undefined;
    },
    view(opened) {
      const { key, step, ladder, threads, links, closed } = opened;
      if (linesOf !== step.id) {
        linesOf = step.id;
        lines = FEW_LINES;
      }
      own.read(key, step);
      const other = compared === undefined ? undefined : ladder.steps.find(({ id }) => id === compared);
      return detailView({
        ...{ step, ladder, threads, links, wanted, closed, detail: own.resource },
        searched(text) {
          wanted = text;
          changed();
        },
        context: {
          lines,
          more() {
            lines *= 4;
            changed();
          },
        },
        compare: {
          ...{ step, ladder, threads, links, other },
          problem: others.resource.problem,
          pairs: other === undefined ? pairsFor(step, ladder) : [],
          sections: other === undefined || other.id === step.id ? undefined : sectionsFor(opened, other),
          chosen(stepId) {
            compared = stepId;
            if (stepId === undefined) others.clear();
            written();
          },
        },
      });
    },
  };
}

interface Source {
  readonly resource: Resource<StepDetail>;
  /** What the step holds: what came whole with the ladder needs no question; undefined until the answer is there. */
  read(key: string, step: Step): ComparedStep | undefined;
  clear(): void;
}

function createSource(changed: () => void): Source {
  const resource = createResource<StepDetail>(changed);
  let fetched: string | undefined;
  let whole: { readonly of: Step; readonly held: ComparedStep } | undefined;
  return {
    resource,
    read(key, step) {
      if (fetched !== step.id) {
        fetched = step.id;
        resource.clear();
        if (step.raw === '') void resource.load(callApi(key, `/steps/${encodeKey(step.id)}`));
      }
      if (step.raw === '') return resource.value;
      if (whole?.of !== step) whole = { of: step, held: { raw: step.raw, headers: {} } };
      return whole.held;
    },
    clear() {
      fetched = undefined;
      resource.clear();
    },
  };
}
