import { html, type TemplateResult } from 'lit';
import { type Filter, passes } from '../../core/ladder/filter.ts';
import { layout, type Row } from '../../core/ladder/layout.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import type { Ladder, Step, StepDetail } from '../api.ts';
import { createResource } from '../resource.ts';
import { callApi, encodeKey } from '../route.ts';
import { detailView } from './detail.ts';
import { readFilter, writeFilter } from './filter.ts';
import { ladderList } from './list.ts';
import { toolbar } from './toolbar.ts';

export interface LadderPane {
  /** Takes filter and opened step from the address. */
  enter(options: URLSearchParams): void;
  leave(): void;
  /** Opens a step and scrolls to it, switching a filter off that hides it. */
  show(stepId: string): void;
  view(key: string, ladder: Ladder, threads: Threads): TemplateResult;
}

/** The ladder with its switches and, beside it, the opened step. `addressed` is told what to write into the address. */
export function createLadderPane(changed: () => void, addressed: (options: URLSearchParams) => void): LadderPane {
  let options = new URLSearchParams();
  let filter: Filter = readFilter(options);
  let opened: string | undefined;
  /** Id of the step that `detail` is about. */
  let fetched: string | undefined;
  let active = 0;
  let wanted = '';
  let scrollTo: string | undefined;
  let shown: { ladder: Ladder; threads: Threads; filter: Filter; rows: readonly Row<Step>[] } | undefined;
  const detail = createResource<StepDetail>(changed);

  function rowsOf(ladder: Ladder, threads: Threads): readonly Row<Step>[] {
    if (shown?.ladder !== ladder || shown.filter !== filter || shown.threads !== threads) {
      const steps = ladder.steps.filter((step) => passes(step, filter));
      shown = { ladder, threads, filter, rows: layout(ladder.lanes, steps, threads) };
      keepPlace(shown.rows);
    }
    return shown.rows;
  }

  /** After another filter the cursor stands on the opened step, or as near as it can. */
  function keepPlace(rows: readonly Row<Step>[]): void {
    const at = rows.findIndex((row) => row.step.id === opened);
    active = at === -1 ? Math.max(0, Math.min(active, rows.length - 1)) : at;
  }

  function write(): void {
    writeFilter(filter, options);
    if (opened === undefined) options.delete('step');
    else options.set('step', opened);
    addressed(options);
    changed();
  }

  function open(step: Step | undefined): void {
    if (step === undefined || step.kind === 'gap') return;
    opened = step.id;
    write();
  }

  /** A message and a log line came whole with the ladder; an event's headers have to be asked for. */
  function fetchDetail(key: string, step: Step): void {
    if (fetched === step.id) return;
    fetched = step.id;
    detail.clear();
    if (step.raw === '') void detail.load(callApi(key, `/steps/${encodeKey(step.id)}`));
  }

  function close(): void {
    opened = undefined;
    fetched = undefined;
    detail.clear();
    write();
  }

  function move(to: number): void {
    const rows = shown?.rows ?? [];
    if (rows.length === 0) return;
    active = Math.max(0, Math.min(to, rows.length - 1));
    const step = rows[active]?.step;
    scrollTo = step?.id;
    // With a detail open the arrow keys leaf through the details.
    if (opened === undefined) changed();
    else open(step);
  }

  function show(stepId: string): void {
    const step = shown?.ladder.steps.find((one) => one.id === stepId);
    if (step === undefined) return;
    if (!passes(step, filter)) filter = revealing(step, filter);
    opened = step.id;
    scrollTo = step.id;
    const at = shown?.rows.findIndex((row) => row.step.id === stepId) ?? -1;
    if (at !== -1) active = at;
    write();
  }

  return {
    enter(given) {
      options = new URLSearchParams(given);
      filter = readFilter(options);
      opened = options.get('step') ?? undefined;
      scrollTo = opened;
    },
    leave() {
      shown = undefined;
      opened = undefined;
      fetched = undefined;
      active = 0;
      wanted = '';
      detail.clear();
    },
    show,
    view(key, ladder, threads) {
      const rows = rowsOf(ladder, threads);
      const step = opened === undefined ? undefined : ladder.steps.find((one) => one.id === opened);
      if (step !== undefined) fetchDetail(key, step);
      const target = scrollTo;
      scrollTo = undefined;
      return html`<section class="ladder-pane" aria-labelledby="ladder-title">
        <div class="ladder-head">
          <h2 id="ladder-title">Ladder</h2>
          ${toolbar(filter, ladder.steps, rows.length, (next) => {
            filter = next;
            scrollTo = opened;
            write();
          })}
        </div>
        <div class="workspace ${step === undefined ? '' : 'with-detail'}">
          ${ladderList({
            lanes: ladder.lanes,
            rows,
            active,
            opened,
            scrollTo: target,
            moved: move,
            chosen: (index) => {
              active = index;
              open(rows[index]?.step);
            },
            closed: close,
          })}
          ${
            step === undefined
              ? ''
              : detailView({
                  step,
                  ladder,
                  thread: threads.find(step.callId) ?? threads.find(step.channel),
                  detail,
                  wanted,
                  searched: (text) => {
                    wanted = text;
                    changed();
                  },
                  closed: close,
                })
          }
        </div>
      </section>`;
    },
  };
}

function revealing(step: Step, filter: Filter): Filter {
  switch (step.kind) {
    case 'message':
      return { ...filter, sip: true };
    case 'event':
      return { ...filter, events: true, everyEvent: true };
    case 'log':
      return { ...filter, logs: true, level: Math.max(filter.level, step.level ?? 0) };
    case 'gap':
      return filter;
  }
}
