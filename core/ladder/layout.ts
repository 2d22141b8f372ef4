import type { LadderLane, LadderStep } from './step.ts';
import type { Thread, Threads } from './threads.ts';

/**
 * Where each step goes. Lanes are counted from the left, 0 first; a lane's line stands in the middle of its column.
 * No pixels here: the page's
 * stylesheet turns lane numbers into places, and so does the drawing of a picture.
 */
export type Shape =
  /** A message between two lanes. `left` is the lane at its left end, `span` how many lanes further the right end is. */
  | { readonly kind: 'arrow'; readonly left: number; readonly span: number; readonly points: 'left' | 'right' }
  /** A message that a host sent to itself. */
  | { readonly kind: 'loop'; readonly lane: number; readonly text: Side }
  /** What happens on one lane: an event, a log line, a message of which one end is unknown. */
  | { readonly kind: 'mark'; readonly lane: number; readonly text: Side }
  /** Across all lanes: a gap, or a step whose lane is unknown. */
  | { readonly kind: 'band' };

/** The side of the lane on which there is more room for text. */
export type Side = 'left' | 'right';

export interface Row<S extends LadderStep = LadderStep> {
  readonly step: S;
  readonly shape: Shape;
  readonly thread: Thread | undefined;
  /** µs since the row above; undefined for the first. Negative when the clocks of two sensors differ. */
  readonly deltaUs: number | undefined;
}

/** One row a step, in the order given. */
export function layout<S extends LadderStep>(
  lanes: readonly LadderLane[],
  steps: readonly S[],
  threads: Threads,
): readonly Row<S>[] {
  const places = new Map(lanes.map((lane, index) => [lane.id, index]));
  return steps.map((step, index) => {
    const before = steps[index - 1];
    return {
      step,
      shape: shapeOf(step, places),
      thread: threads.find(step.callId) ?? threads.find(step.channel),
      deltaUs: before === undefined ? undefined : step.atUs - before.atUs,
    };
  });
}

function shapeOf(step: LadderStep, places: ReadonlyMap<string, number>): Shape {
  if (step.kind === 'gap') return { kind: 'band' };
  const from = step.from === null ? undefined : places.get(step.from);
  const to = step.to === null ? undefined : places.get(step.to);
  const lane = from ?? to;
  if (lane === undefined) return { kind: 'band' };
  if (step.kind !== 'message' || from === undefined || to === undefined) {
    return { kind: 'mark', lane, text: roomySide(lane, places.size) };
  }
  if (from === to) return { kind: 'loop', lane, text: roomySide(lane, places.size) };
  return {
    kind: 'arrow',
    left: Math.min(from, to),
    span: Math.abs(to - from),
    points: to > from ? 'right' : 'left',
  };
}

/** Text stands on the right up to and including the middle lane. */
function roomySide(lane: number, lanes: number): Side {
  return lane <= (lanes - 1) / 2 ? 'right' : 'left';
}
