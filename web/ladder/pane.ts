import { html, type TemplateResult } from 'lit';
import { type Filter, passes } from '../../core/ladder/filter.ts';
import { keyOf } from '../../core/ladder/lines.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import type { Ladder, Step } from '../api.ts';
import { createOpened } from '../detail/opened.ts';
import type { StepLinks } from '../parts/step-link.ts';
import { texts } from '../texts/language.ts';
import { type Drawn, drawnOf } from './drawn.ts';
import type { Move } from './keys.ts';
import type { LaneActions } from './lane-heads.ts';
import { ladderList } from './list.ts';
import type { RowContext } from './row.ts';
import { toolbar } from './toolbar.ts';
import { readWishes, type Wishes, writeWishes } from './wishes.ts';

export interface LadderPane {
  /** Takes wishes and opened step from the address. */
  enter(options: URLSearchParams): void;
  leave(): void;
  /** Opens a step and scrolls to it, switching off and unfolding what hides it. */
  show(stepId: string): void;
  /** Draws every line, or those in sight again. */
  print(on: boolean): void;
  /** `cited` holds ids of steps that the diagnosis cites; they are marked. */
  view(key: string, ladder: Ladder, threads: Threads, cited: ReadonlySet<string>, links: StepLinks): TemplateResult;
}

interface Shown {
  readonly ladder: Ladder;
  readonly threads: Threads;
  readonly wishes: Wishes;
  readonly open: ReadonlySet<string>;
  readonly cited: ReadonlySet<string>;
  readonly drawn: Drawn;
  readonly context: RowContext;
}

/** The ladder with its switches and, beside it, the opened step. `addressed` is told what to write into the address. */
export function createLadderPane(changed: () => void, addressed: (options: URLSearchParams) => void): LadderPane {
  let options = new URLSearchParams();
  let wishes = readWishes(options);
  /** Ids of what is unfolded. */
  let open: ReadonlySet<string> = new Set();
  /** Id of the step whose detail is open. */
  let opened: string | undefined;
  let active = 0;
  /** Id of a step to bring into view with the next drawing. */
  let scrollTo: string | undefined;
  /** A line to bring into view with the next drawing. */
  let reveal: number | undefined;
  let whole = false;
  let shown: Shown | undefined;
  const detail = createOpened(changed, () => write());

  function draw(ladder: Ladder, threads: Threads, cited: ReadonlySet<string>): Shown {
    const isSame =
      shown?.ladder === ladder && shown.threads === threads && shown.wishes === wishes && shown.open === open;
    if (shown !== undefined && isSame && shown.cited === cited) return shown;
    const line = shown?.drawn.lines[active];
    // A diagnosis that comes later marks what is there already.
    const drawn = shown !== undefined && isSame ? shown.drawn : drawnOf(ladder, threads, wishes, open);
    const { lanes, startUs, sendings } = drawn;
    const context = { lanes, time: wishes.time, startUs, sendings, open, cited: markedOf(cited, drawn) };
    shown = { ladder, threads, wishes, open, cited, drawn, context };
    const stood = line === undefined ? -1 : drawn.lines.findIndex((one) => keyOf(one) === keyOf(line));
    const at = opened === undefined ? stood : lineOf(opened, drawn);
    active = at === -1 ? Math.max(0, Math.min(active, drawn.lines.length - 1)) : at;
    return shown;
  }

  function write(): void {
    writeWishes(wishes, options);
    if (opened === undefined) options.delete('step');
    else options.set('step', opened);
    detail.write(options);
    addressed(options);
    changed();
  }

  function set(next: Wishes): void {
    wishes = next;
    scrollTo = opened;
    write();
  }

  function openStep(step: Step | undefined): void {
    if (step === undefined || step.kind === 'gap') return;
    opened = step.id;
    write();
  }

  function close(): void {
    opened = undefined;
    detail.close();
    write();
  }

  function move(to: number): void {
    const lines = shown?.drawn.lines ?? [];
    if (lines.length === 0) return;
    active = Math.max(0, Math.min(to, lines.length - 1));
    reveal = active;
    const line = lines[active];
    // With a detail open the arrow keys leaf through the details.
    if (opened !== undefined && line?.kind === 'step') openStep(line.row.step);
    else changed();
  }

  function jump(move_: Move): void {
    const to = move_(active, shown?.drawn.lines ?? []);
    if (to !== undefined) move(to);
  }

  function choose(index: number): void {
    active = index;
    const line = shown?.drawn.lines[index];
    if (line?.kind === 'step') openStep(line.row.step);
    else if (line?.kind === 'milestone') show(line.milestone.stepId);
    else if (line?.kind === 'media') show(line.band.sinceStep);
    else unfold(index);
  }

  function unfold(index: number): void {
    const line = shown?.drawn.lines[index];
    active = index;
    if (line?.kind === 'run') toggle(line.id);
    else if (line?.kind === 'step' && shown?.drawn.sendings.has(line.row.step.id) === true) toggle(line.row.step.id);
    changed();
  }

  function toggle(id: string): void {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    open = next;
  }

  function show(stepId: string): void {
    const { ladder, threads, drawn } = shown ?? {};
    const step = ladder?.steps.find((one) => one.id === stepId);
    if (step === undefined || drawn === undefined || threads === undefined) return;
    const letter = (threads.find(step.callId) ?? threads.find(step.channel))?.letter;
    if (!passes(step, wishes.filter, letter)) wishes = { ...wishes, filter: revealing(step, wishes.filter, letter) };
    const ends = [step.from, step.to];
    if (wishes.lanes.hidden.some((id) => ends.includes(id))) {
      const hidden = wishes.lanes.hidden.filter((id) => !ends.includes(id));
      wishes = { ...wishes, lanes: { ...wishes.lanes, hidden } };
    }
    const original = drawn.originals.get(stepId);
    if (original !== undefined) open = new Set([...open, original]);
    const run = drawn.lines.find((line) => line.kind === 'run' && line.rows.some((row) => row.step.id === stepId));
    if (run?.kind === 'run') open = new Set([...open, run.id]);
    opened = step.id;
    scrollTo = step.id;
    const at = lineOf(stepId, drawn);
    if (at !== -1) active = at;
    write();
  }

  const lanes: LaneActions = {
    moved(id, by) {
      const order = (shown?.drawn.lanes ?? []).map((lane) => lane.id);
      const from = order.indexOf(id);
      const to = from + by;
      if (from === -1 || to < 0 || to >= order.length) return;
      order.splice(to, 0, ...order.splice(from, 1));
      set({ ...wishes, lanes: { ...wishes.lanes, order } });
    },
    hidden(id) {
      if ((shown?.drawn.lanes.length ?? 0) < 2) return;
      set({ ...wishes, lanes: { ...wishes.lanes, hidden: [...wishes.lanes.hidden, id] } });
    },
  };

  return {
    enter(given) {
      options = new URLSearchParams(given);
      wishes = readWishes(options);
      opened = options.get('step') ?? undefined;
      scrollTo = opened;
      detail.enter(options);
    },
    leave() {
      shown = undefined;
      open = new Set();
      opened = undefined;
      active = 0;
      detail.leave();
    },
    show,
    print(on) {
      whole = on;
    },
    view(key, ladder, threads, cited, links) {
      const { drawn, context } = draw(ladder, threads, cited);
      const step = opened === undefined ? undefined : ladder.steps.find((one) => one.id === opened);
      const target = scrollTo === undefined ? reveal : lineOf(scrollTo, drawn);
      scrollTo = undefined;
      reveal = undefined;
      return html`<section class="ladder-pane" aria-labelledby="ladder-title">
        <div class="ladder-head">
          <h2 id="ladder-title">${texts.ladder.title}</h2>
          ${toolbar({ wishes, ladder, drawn, threads, set, jumped: jump })}
        </div>
        <div class="workspace ${step === undefined ? '' : 'with-detail'}">
          ${ladderList({
            ...{ drawn, context, active, opened, reveal: target, whole, lanes },
            moved: move,
            chosen: choose,
            unfolded: unfold,
            closed: close,
          })}
          ${step === undefined ? '' : detail.view({ key, step, ladder, threads, links, closed: close })}
        </div>
      </section>`;
    },
  };
}

/** A retransmission that is only counted is marked where it is counted. */
const markedOf = (cited: ReadonlySet<string>, { originals }: Drawn): ReadonlySet<string> =>
  new Set([...cited].flatMap((id) => [id, originals.get(id) ?? id]));

/** The line of a step: its own, or that of what it is folded into; -1 where it is not shown. */
function lineOf(stepId: string, { lines, originals }: Drawn): number {
  const shown = originals.get(stepId);
  const own = lines.findIndex((line) => line.kind === 'step' && line.row.step.id === stepId);
  if (own !== -1) return own;
  return lines.findIndex((line) =>
    line.kind === 'run'
      ? line.rows.some(({ step }) => step.id === stepId)
      : line.kind === 'step' && line.row.step.id === shown,
  );
}

/** The filter with nothing in it any more that hides the step. */
function revealing(step: Step, filter: Filter, letter: string | undefined): Filter {
  const source: Partial<Filter> =
    step.kind === 'message'
      ? { [step.media ? 'media' : 'sip']: true, withoutMethods: [] }
      : step.kind === 'event'
        ? { events: true, everyEvent: true }
        : { logs: true, level: Math.max(filter.level, step.level ?? 0) };
  return { ...filter, ...source, withoutLegs: filter.withoutLegs.filter((one) => one !== letter), text: '' };
}
