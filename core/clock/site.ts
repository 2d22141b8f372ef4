import type { Micros } from '../model/capture-event.ts';
import { type ClockStep, type Course, driftOf, follow, type Interval, offsetAt, stepsOf } from './follow.ts';
import { homesOf, type Sighting } from './homes.ts';
import { boundsOf, type PairBounds } from './round-trips.ts';

/** The clock of one node, told against the reference. */
export interface NodeClock {
  readonly node: string;
  /** Undefined when it shares no exchange with the reference, nor with a node that does. */
  readonly ahead: Interval | undefined;
}

export interface PairClock {
  readonly first: string;
  readonly second: string;
  readonly exchanges: number;
  readonly strays: number;
  /** How far the second one is ahead of the first. */
  readonly ahead: Interval | undefined;
  /** Since the last step. */
  readonly drift: { readonly lowerPpm: number; readonly upperPpm: number } | undefined;
  readonly steps: readonly ClockStep[];
  readonly course: Course;
}

export interface SiteClocks {
  /** What the others are told against: the node that shares most exchanges; undefined where no two share one. */
  readonly reference: string | undefined;
  /** By name. */
  readonly nodes: readonly NodeClock[];
  readonly pairs: readonly PairClock[];
}

/** The clocks of all sensors at one moment, from what they saw around it. */
export function clocksOf(sightings: readonly Sighting[], atUs: Micros): SiteClocks {
  const pairs = boundsOf(sightings, homesOf(sightings)).map((pair) => pairClock(pair, atUs));
  const names = [...new Set(sightings.map(({ sensor }) => sensor))].sort();
  const reference = mostShared(pairs);
  const known = reference === undefined ? new Map<string, Interval>() : clocksAgainst(reference, pairs);
  return { reference, nodes: names.map((node) => ({ node, ahead: known.get(node) })), pairs };
}

function pairClock({ first, second, bounds }: PairBounds, atUs: Micros): PairClock {
  const course = follow(bounds);
  const last = course.stretches.at(-1);
  return {
    ...{ first, second, course },
    exchanges: bounds.length,
    strays: course.strays,
    ahead: offsetAt(course, atUs),
    drift: last === undefined ? undefined : driftOf(last),
    steps: stepsOf(course),
  };
}

function mostShared(pairs: readonly PairClock[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { first, second, exchanges } of pairs) {
    for (const node of [first, second]) counts.set(node, (counts.get(node) ?? 0) + exchanges);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}

/** How far every node is ahead of one, by the way of pairs that leaves least open: intervals add up along it. */
export function clocksAgainst(
  reference: string,
  pairs: readonly Pick<PairClock, 'first' | 'second' | 'ahead'>[],
): ReadonlyMap<string, Interval> {
  const known = new Map<string, Interval>();
  const open = new Map<string, Interval>([[reference, { lowerUs: 0, upperUs: 0 }]]);
  while (open.size > 0) {
    const [node, ahead] = [...open].reduce((a, b) => (widthOf(b[1]) < widthOf(a[1]) ? b : a));
    open.delete(node);
    known.set(node, ahead);
    for (const pair of pairs) {
      if (pair.ahead === undefined || (pair.first !== node && pair.second !== node)) continue;
      const other = pair.first === node ? pair.second : pair.first;
      if (known.has(other)) continue;
      const step = pair.first === node ? pair.ahead : { lowerUs: -pair.ahead.upperUs, upperUs: -pair.ahead.lowerUs };
      const sum = { lowerUs: ahead.lowerUs + step.lowerUs, upperUs: ahead.upperUs + step.upperUs };
      const before = open.get(other);
      if (before === undefined || widthOf(sum) < widthOf(before)) open.set(other, sum);
    }
  }
  return known;
}

const widthOf = ({ lowerUs, upperUs }: Interval): number => upperUs - lowerUs;
