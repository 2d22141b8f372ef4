import type { Micros } from '../model/capture-event.ts';
import { MOST_DRIFT, type OffsetBound } from './round-trips.ts';

/** What is known of a difference at one moment: it lies between the two. */
export interface Interval {
  readonly lowerUs: number;
  readonly upperUs: number;
}

/** Bounds that one pair of clocks that nobody set can have given, oldest first; never empty. */
export interface Stretch {
  readonly bounds: readonly OffsetBound[];
}

/** A pair of clocks over time. */
export interface Course {
  /** Oldest first. Between two of them a clock was set. */
  readonly stretches: readonly Stretch[];
  /** The last bounds, where they contradict what was before and are too few to tell a step from a mistake. */
  readonly unsettled: readonly OffsetBound[];
  /** Bounds that fit to nothing before and behind them. */
  readonly strays: number;
}

/** So many bounds that agree, and contradict what was before, are a step. */
const CONFIRMED = 3;

/**
 * Follows a pair of clocks. Bounds agree when the clocks can have drifted from one to the next; what does not agree is a mistake
 * (a message that was sent twice and seen once) unless others come that agree with it: then a clock was set. Bounds around a
 * step that fit to both sides are left out, as they may be of either.
 */
export function follow(bounds: readonly OffsetBound[]): Course {
  const stretches: Growing[] = [];
  let current: Growing | undefined;
  let candidate: Growing | undefined;
  let strays = 0;
  for (const bound of bounds) {
    if (current === undefined) {
      current = begin(bound);
      continue;
    }
    const fits = agrees(current, bound);
    if (candidate !== undefined && agrees(candidate, bound)) {
      // What fits to both tells nothing.
      if (fits) continue;
      extend(candidate, bound);
      if (candidate.bounds.length < CONFIRMED) continue;
      if (current.bounds.length < CONFIRMED) strays += current.bounds.length;
      else stretches.push(current);
      current = candidate;
      candidate = undefined;
      continue;
    }
    if (fits) {
      strays += candidate?.bounds.length ?? 0;
      candidate = undefined;
      extend(current, bound);
      continue;
    }
    strays += candidate?.bounds.length ?? 0;
    candidate = begin(bound);
  }
  if (current !== undefined) stretches.push(current);
  return {
    stretches: stretches.map((one, i) => trimmed(one, stretches[i + 1])),
    unsettled: candidate?.bounds ?? [],
    strays,
  };
}

/** A stretch as it is read, with what is known at its last bound. */
interface Growing {
  readonly bounds: OffsetBound[];
  known: OffsetBound;
}

const begin = (bound: OffsetBound): Growing => ({ bounds: [bound], known: bound });
const agrees = ({ known }: Growing, bound: OffsetBound): boolean =>
  both(drifted(known, bound.atUs), bound) !== undefined;

function extend(stretch: Growing, bound: OffsetBound): void {
  stretch.bounds.push(bound);
  stretch.known = { atUs: bound.atUs, ...(both(drifted(stretch.known, bound.atUs), bound) ?? bound) };
}

/** What a bound says of another moment. */
function drifted({ atUs, lowerUs, upperUs }: OffsetBound, toUs: Micros): Interval {
  const by = Math.abs(toUs - atUs) * MOST_DRIFT;
  return { lowerUs: lowerUs - by, upperUs: upperUs + by };
}

function both(a: Interval, b: Interval): Interval | undefined {
  const [lowerUs, upperUs] = [Math.max(a.lowerUs, b.lowerUs), Math.min(a.upperUs, b.upperUs)];
  return lowerUs > upperUs ? undefined : { lowerUs, upperUs };
}

/** Without the bounds at its end that fit to what comes behind the step as well. */
function trimmed({ bounds }: Stretch, next: Stretch | undefined): Stretch {
  if (next === undefined) return { bounds };
  const fits = (bound: OffsetBound): boolean => {
    const after = within(next, bound.atUs);
    return after !== undefined && both(after, bound) !== undefined;
  };
  let length = bounds.length;
  while (length > 1 && fits(bounds[length - 1]!)) length--;
  return { bounds: bounds.slice(0, length) };
}

/** What all bounds of a stretch say together of a moment; undefined where they contradict each other. */
export function within({ bounds }: Stretch, atUs: Micros): Interval | undefined {
  let known: Interval | undefined = { lowerUs: Number.NEGATIVE_INFINITY, upperUs: Number.POSITIVE_INFINITY };
  for (const bound of bounds) {
    known = both(known, drifted(bound, atUs));
    if (known === undefined) return undefined;
  }
  return known;
}

/**
 * What is known of the difference at a moment; undefined when nothing is. While a step is not settled, and between two
 * stretches, it is all that either side admits.
 */
export function offsetAt({ stretches, unsettled }: Course, atUs: Micros): Interval | undefined {
  const before = stretches.findLast(({ bounds }) => bounds[0]!.atUs <= atUs) ?? stretches[0];
  if (before === undefined) return undefined;
  const after = stretches[stretches.indexOf(before) + 1];
  const known = [within(before, atUs)];
  if (atUs > before.bounds.at(-1)!.atUs) {
    if (after !== undefined) known.push(within(after, atUs));
    else if (unsettled.length > 0) known.push(within({ bounds: unsettled }, atUs));
  }
  const all = known.filter((one) => one !== undefined);
  if (all.length < known.length) return undefined;
  return { lowerUs: Math.min(...all.map((one) => one.lowerUs)), upperUs: Math.max(...all.map((one) => one.upperUs)) };
}

/** A moment at which one of the two clocks was set. */
export interface ClockStep {
  /** It happened between these, by the collector's clock. */
  readonly sinceUs: Micros;
  readonly untilUs: Micros;
  /** By how much the second clock went forward against the first. */
  readonly by: Interval;
}

export function stepsOf({ stretches }: Course): readonly ClockStep[] {
  return stretches.flatMap((after, i): ClockStep[] => {
    const before = stretches[i - 1];
    if (before === undefined) return [];
    const [sinceUs, untilUs] = [before.bounds.at(-1)!.atUs, after.bounds[0]!.atUs];
    const [old, now] = [within(before, untilUs), within(after, untilUs)];
    if (old === undefined || now === undefined) return [];
    return [{ sinceUs, untilUs, by: { lowerUs: now.lowerUs - old.upperUs, upperUs: now.upperUs - old.lowerUs } }];
  });
}

/** Bounds of a stretch that its drift is told by: the narrowest of so many equal parts of it. */
const PARTS = 48;

/**
 * How fast the second clock gains on the first, in parts per million, at least and at most, if it was steady; undefined when
 * it cannot have been, or one bound is all there is.
 */
export function driftOf({ bounds }: Stretch): { readonly lowerPpm: number; readonly upperPpm: number } | undefined {
  const [first, last] = [bounds[0]!.atUs, bounds.at(-1)!.atUs];
  if (first === last) return undefined;
  const parts: OffsetBound[] = [];
  for (const bound of bounds) {
    const part = Math.min(PARTS - 1, Math.floor(((bound.atUs - first) / (last - first)) * PARTS));
    const known = parts[part];
    if (known === undefined || widthOf(bound) < widthOf(known)) parts[part] = bound;
  }
  const kept = parts.filter((one) => one !== undefined);
  let [lower, upper] = [-MOST_DRIFT, MOST_DRIFT];
  for (const [i, a] of kept.entries()) {
    for (const b of kept.slice(i + 1)) {
      const time = b.atUs - a.atUs;
      if (time <= 0) continue;
      lower = Math.max(lower, (b.lowerUs - a.upperUs) / time);
      upper = Math.min(upper, (b.upperUs - a.lowerUs) / time);
    }
  }
  return lower > upper ? undefined : { lowerPpm: lower * 1e6, upperPpm: upper * 1e6 };
}

const widthOf = ({ lowerUs, upperUs }: Interval): number => upperUs - lowerUs;
