import { isOfNote } from './filter.ts';
import type { Row } from './layout.ts';
import type { MediaBand } from './media.ts';
import type { Milestone } from './milestones.ts';
import type { LadderStep } from './step.ts';

/** What stands on a ladder, from above. */
export type Line<S extends LadderStep = LadderStep> =
  | { readonly kind: 'step'; readonly row: Row<S> }
  /** Lines of a log, and events of little note, one after the other; those of an open one follow it. */
  | { readonly kind: 'run'; readonly id: string; readonly rows: readonly Row<S>[]; readonly open: boolean }
  /** Nothing happened for so long before this step. */
  | { readonly kind: 'pause'; readonly us: number; readonly before: string }
  | { readonly kind: 'milestone'; readonly milestone: Milestone; readonly row: Row<S> | undefined }
  /** A media stream begins. */
  | { readonly kind: 'media'; readonly band: MediaBand }
  /** Steps in the middle of a long call that are not drawn. */
  | { readonly kind: 'fold'; readonly steps: number; readonly overUs: number; readonly refusals: number };

export interface LineOptions {
  /** From so long on a silence is told; 0 tells of none. */
  readonly pauseUs: number;
  /** From so many rows on a run is folded; 0 folds none. */
  readonly runFrom: number;
  /** Ids of runs that are open. */
  readonly open: ReadonlySet<string>;
  readonly milestones: readonly Milestone[];
  readonly bands: readonly MediaBand[];
  /** Where each step stands in the whole ladder, by its id. */
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Rows with what belongs between them. Every row is in exactly one line: its own, or a run's. What marks a step that is
 * not among the rows stands before the first row behind that step.
 */
export function linesOf<S extends LadderStep>(rows: readonly Row<S>[], options: LineOptions): Line<S>[] {
  const lines: Line<S>[] = [];
  const marks = marksOf<S>(options);
  let next = 0;
  let run: Row<S>[] = [];
  const closeRun = (): void => {
    lines.push(...linesOfRun(run, options));
    run = [];
  };
  for (const row of rows) {
    const place = options.places.get(row.step.id) ?? -1;
    const us = row.deltaUs ?? 0;
    const pause = options.pauseUs > 0 && us >= options.pauseUs;
    if (pause || (marks[next]?.place ?? Number.POSITIVE_INFINITY) <= place) closeRun();
    if (pause) lines.push({ kind: 'pause', us, before: row.step.id });
    while ((marks[next]?.place ?? Number.POSITIVE_INFINITY) <= place) lines.push(marks[next++]!.line(row));
    if (isQuiet(row.step)) {
      run.push(row);
      continue;
    }
    closeRun();
    lines.push({ kind: 'step', row });
  }
  closeRun();
  for (const mark of marks.slice(next)) lines.push(mark.line(undefined));
  return lines;
}

interface Mark<S extends LadderStep> {
  readonly place: number;
  line(row: Row<S> | undefined): Line<S>;
}

function marksOf<S extends LadderStep>({ milestones, bands, places }: LineOptions): Mark<S>[] {
  const marks: Mark<S>[] = [];
  for (const milestone of milestones) {
    const line = (row: Row<S> | undefined): Line<S> => ({
      kind: 'milestone',
      milestone,
      row: row?.step.id === milestone.stepId ? row : undefined,
    });
    marks.push({ place: places.get(milestone.stepId) ?? 0, line });
  }
  for (const band of bands) marks.push({ place: band.from, line: () => ({ kind: 'media', band }) });
  // Stable: a milestone comes before the media that begins with it.
  return marks.sort((a, b) => a.place - b.place);
}

/** What may be folded: nothing that warns, and nothing that says what happened to the call. */
const isQuiet = (step: LadderStep): boolean =>
  step.kind === 'log' ? (step.level ?? 0) > 4 : step.kind === 'event' && !isOfNote(step);

function linesOfRun<S extends LadderStep>(rows: readonly Row<S>[], { runFrom, open }: LineOptions): Line<S>[] {
  const steps = rows.map((row): Line<S> => ({ kind: 'step', row }));
  const first = rows[0];
  if (first === undefined || runFrom === 0 || rows.length < runFrom) return steps;
  const run: Line<S> = { kind: 'run', id: first.step.id, rows, open: open.has(first.step.id) };
  return run.open ? [run, ...steps] : [run];
}

/** A name for each line that no other line of the ladder has. */
export function keyOf(line: Line): string {
  switch (line.kind) {
    case 'step':
      return line.row.step.id;
    case 'run':
      return `run ${line.id}`;
    case 'pause':
      return `pause ${line.before}`;
    case 'milestone':
      return `turn ${line.milestone.stepId}`;
    case 'media':
      return `media ${line.band.id}`;
    case 'fold':
      return 'fold';
  }
}
