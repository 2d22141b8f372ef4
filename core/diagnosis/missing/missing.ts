import type { Work } from '../../runtime/in-turns.ts';
import type { Case } from '../case.ts';
import type { Cited } from '../verdict.ts';
import { type Chance, sensorsOf } from './chance.ts';
import { type Habits, usualOf } from './habits.ts';
import { chancesOf } from './leg-chances.ts';
import type { HeardFact } from './outages.ts';
import { missedBySensors } from './sensors.ts';
import { stretchesOf } from './stretches.ts';
import { missedByChannels, missedBySwitches } from './switches.ts';

/** Kinds of evidence that is missing. The ids are part of the API and never renamed. */
export const MISSING_IDS = [
  'sensor_missing',
  'sensor_incomplete',
  'sensor_silent',
  'events_missing',
  'events_incomplete',
  'switch_silent',
  'stream_gap',
] as const;
export type MissingId = (typeof MISSING_IDS)[number];

/** Evidence that must have been there and is not. */
export interface Missing {
  readonly id: MissingId;
  /** The sensor or switch that did not report it. */
  readonly source: string;
  readonly stream: 'packets' | 'events' | 'logs';
  /** Legs that it is about; none when it is about all that the source reports. */
  readonly legs: readonly string[];
  /** What is missing, and where: "BYE request from 192.0.2.1 to 192.0.2.9". */
  readonly hops: readonly string[];
  /** It happened between these; -Infinity where nothing earlier was seen, Infinity where nothing later was. */
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly sentence: string;
  /** What makes it due. */
  readonly evidence: readonly Cited[];
}

/** What is known of the site beside the call. */
export interface Site {
  readonly habits: Habits;
  /** Of the sensors and switches, from an hour before the call until its end. */
  readonly heard: readonly HeardFact[];
}

/**
 * What must have been reported of a call and was not: by sensors that usually report what passes at their address, by
 * switches whose channels were seen in SIP, in events that others presuppose, while a source was silent, and in gaps that a
 * source told of itself. What is missing of a time in which its source was not heard is told there, and once.
 */
export function* missingIn(all: Case, { habits: known, heard }: Site): Work<readonly Missing[]> {
  const habits = known.without(all);
  const chances = yield* chancesOf(all, habits.places);
  const names = concerned(all, chances, habits);
  const stretches = stretchesOf(
    all,
    heard.filter(({ name }) => names.has(name)),
  );
  yield;
  const ofSensors = missedBySensors(all, chances, habits, stretches);
  yield;
  const ofSwitches = missedBySwitches(all, chances, habits, stretches);
  yield;
  const found = [...ofSensors, ...ofSwitches, ...missedByChannels(all, stretches), ...stretches.told()];
  return found.sort((a, b) => a.sinceUs - b.sinceUs || compare(a.source, b.source) || compare(a.id, b.id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Sensors and switches that took part in a call, or must have. */
const concerned = (all: Case, chances: readonly Chance[], habits: Habits): ReadonlySet<string> =>
  new Set([
    ...sensorsOf(all.legs.flatMap(({ messages }) => messages)),
    ...all.legs.flatMap(({ leg }) => leg.channels.map(({ node }) => node)),
    ...chances.flatMap((chance) => [...usualOf(chance, habits)]),
  ]);
