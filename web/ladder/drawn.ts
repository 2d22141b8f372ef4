import { hiddenBy, isOfNote, type Switch } from '../../core/ladder/filter.ts';
import { arrange, isOffLanes } from '../../core/ladder/lanes.ts';
import { layout } from '../../core/ladder/layout.ts';
import { type Line, linesOf } from '../../core/ladder/lines.ts';
import { bandsOf, bandsThrough, type MediaBand } from '../../core/ladder/media.ts';
import { milestonesOf } from '../../core/ladder/milestones.ts';
import { countRepeats, type Sendings } from '../../core/ladder/repeats.ts';
import { type LadderStep, methodOf } from '../../core/ladder/step.ts';
import type { Threads } from '../../core/ladder/threads.ts';
import type { Ladder, Lane, Step } from '../api.ts';
import type { Wishes } from './wishes.ts';

/** A ladder as it is wanted: what the page draws. */
export interface Drawn {
  readonly lanes: readonly Lane[];
  readonly hiddenLanes: readonly Lane[];
  readonly lines: readonly Line<Step>[];
  /** Line by line, the media that passes through it. */
  readonly bands: readonly (readonly MediaBand[])[];
  readonly sendings: ReadonlyMap<string, Sendings>;
  /** By id of a retransmission that is only counted: the step that it repeats. */
  readonly originals: ReadonlyMap<string, string>;
  /** Epoch µs of the first step of all. */
  readonly startUs: number;
  readonly counts: Counts;
}

export interface Counts {
  /** Of all steps. */
  readonly all: number;
  readonly sip: number;
  readonly media: number;
  readonly events: number;
  /** Events of little note. */
  readonly chatty: number;
  readonly logs: number;
  readonly gaps: number;
  /** How many steps each switch hides, a step under the first one that does. */
  readonly hidden: Readonly<Record<Switch | 'lane', number>>;
  /** Retransmissions and members of runs that are counted on a line that is there. */
  readonly folded: number;
  /** Steps by method and by letter of their leg. */
  readonly methods: ReadonlyMap<string, number>;
  readonly legs: ReadonlyMap<string, number>;
}

const RUN_FROM = 4;

/** `open` are ids of what the reader has unfolded: messages that were sent again, and first steps of runs. */
export function drawnOf(ladder: Ladder, threads: Threads, wishes: Wishes, open: ReadonlySet<string>): Drawn {
  const {
    shown: lanes,
    hidden: hiddenLanes,
    steps,
    media,
  } = arrange(ladder.lanes, ladder.steps, ladder.media, wishes.lanes);
  const places = new Map(steps.map(({ id }, place) => [id, place]));
  const letterOf = (step: LadderStep): string | undefined =>
    (threads.find(step.callId) ?? threads.find(step.channel))?.letter;
  const off = new Set(hiddenLanes.map(({ id }) => id));
  const counts = countSteps(steps, letterOf);
  const wanted = steps.filter((step) => {
    const hidden = hiddenBy(step, wishes.filter, letterOf(step)) ?? (isOffLanes(step, off) ? 'lane' : undefined);
    if (hidden !== undefined) counts.hidden[hidden] += 1;
    return hidden === undefined;
  });
  const { steps: kept, sendings, originals } = countRepeats(wanted, open);
  const bands = wishes.bands ? bandsOf(media, lanes, places) : [];
  const told = (step: LadderStep): boolean => !wishes.filter.withoutLegs.includes(letterOf(step) ?? '');
  const lines = linesOf(layout(lanes, kept, threads), {
    ...{ pauseUs: wishes.pause * 1_000_000, runFrom: wishes.runs ? RUN_FROM : 0, open, bands, places },
    milestones: wishes.story ? milestonesOf(steps.filter(told), letterOf) : [],
  });
  const inRuns = lines.reduce((sum, line) => sum + (line.kind === 'run' && !line.open ? line.rows.length : 0), 0);
  return {
    ...{ lanes, hiddenLanes, lines, sendings, originals },
    bands: bandsThrough(bands, placesOf(lines, places)),
    startUs: steps.reduce((least, { atUs }) => Math.min(least, atUs), Number.POSITIVE_INFINITY),
    counts: { ...counts, folded: wanted.length - kept.length + inRuns },
  };
}

function countSteps(steps: readonly Step[], letterOf: (step: Step) => string | undefined) {
  const hidden = { sip: 0, media: 0, events: 0, everyEvent: 0, logs: 0, level: 0, leg: 0, method: 0, text: 0, lane: 0 };
  const counts = { all: steps.length, sip: 0, media: 0, events: 0, chatty: 0, logs: 0, gaps: 0, hidden };
  const [methods, legs] = [new Map<string, number>(), new Map<string, number>()];
  const add = (map: Map<string, number>, key: string | undefined): void => {
    if (key !== undefined) map.set(key, (map.get(key) ?? 0) + 1);
  };
  for (const step of steps) {
    add(methods, methodOf(step));
    add(legs, letterOf(step));
    if (step.kind === 'message') counts[step.media ? 'media' : 'sip'] += 1;
    else if (step.kind === 'event') counts[isOfNote(step) ? 'events' : 'chatty'] += 1;
    else counts[step.kind === 'log' ? 'logs' : 'gaps'] += 1;
  }
  return { ...counts, methods, legs };
}

/** The place of each line in the whole ladder: its step's, or that of the step behind it. */
function placesOf(lines: readonly Line<Step>[], places: ReadonlyMap<string, number>): readonly number[] {
  const own = lines.map((line): number | undefined => {
    if (line.kind === 'step') return places.get(line.row.step.id);
    if (line.kind === 'run') return places.get(line.id);
    if (line.kind === 'media') return line.band.from;
    return undefined;
  });
  let behind = places.size;
  for (let i = own.length - 1; i >= 0; i -= 1) {
    behind = own[i] ?? behind;
    own[i] ??= behind;
  }
  return own as number[];
}
