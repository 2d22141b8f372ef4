import type { SeenMessage } from '../../call/copies.ts';
import { byTime } from '../attempts.ts';
import type { Case, CaseLeg } from '../case.ts';
import { citeEvent, citeGap, citeMessage } from '../cite.ts';
import type { Cited } from '../verdict.ts';
import { type Chance, sensorsOf } from './chance.ts';
import { type EventHole, holesOf } from './channel-events.ts';
import type { Habits } from './habits.ts';
import { chancesOf } from './leg-chances.ts';
import { NEVER, OPEN } from './leg-view.ts';
import { type HeardFact, outagesOf } from './outages.ts';

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
 * source told of itself.
 */
export function missingIn(all: Case, { habits: known, heard }: Site): readonly Missing[] {
  const habits = known.without(all);
  const chances = chancesOf(all, habits.places);
  const found = [
    ...all.gaps.map(gapOf),
    ...ofSensors(all, chances, habits),
    ...ofSwitches(all, chances, habits),
    ...ofChannels(all),
    ...ofOutages(all, heard, concerned(all, chances, habits)),
  ];
  return found.sort((a, b) => a.sinceUs - b.sinceUs || compare(a.source, b.source) || compare(a.id, b.id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const gapOf = (gap: Case['gaps'][number]): Missing => ({
  ...{ id: 'stream_gap', source: gap.node, stream: gap.stream as Missing['stream'], legs: [], hops: [] },
  ...{ sinceUs: gap.sinceUs, untilUs: gap.untilUs },
  sentence: `The ${gap.stream} of ${gap.node} could not be heard for ${seconds(gap)} (${gap.reason}): what happened there in that time is not known.`,
  evidence: [citeGap(gap)],
});

function ofSensors(all: Case, chances: readonly Chance[], habits: Habits): Missing[] {
  const unused = new Map<string, Chance[]>();
  for (const chance of chances) {
    if (chance.what === 'channel') continue;
    for (const sensor of usualOf(chance, habits)) {
      if (chance.seenBy.has(sensor)) continue;
      const known = unused.get(sensor);
      if (known === undefined) unused.set(sensor, [chance]);
      else known.push(chance);
    }
  }
  const present = sensorsOf(all.legs.flatMap(({ messages }) => messages));
  return [...unused].map(([sensor, missed]): Missing => {
    const hops = [...new Set(missed.map(hopOf))];
    const evidence = uniqueBy(missed.flatMap(({ because }) => because)).flatMap((seen) => citeMessage(seen));
    const common = {
      ...{ source: sensor, stream: 'packets' as const, hops, evidence },
      legs: [...new Set(missed.map(({ leg }) => leg))],
    };
    if (!present.has(sensor)) {
      return {
        ...common,
        ...{ id: 'sensor_missing', sinceUs: all.facts.startedUs, untilUs: all.facts.lastUs },
        sentence: `Sensor ${sensor} reported nothing of this call, though ${counted(hops.length)} passed where it usually reports: what it would have shown is not known.`,
      };
    }
    const [sinceUs, untilUs] = [
      Math.min(...missed.map((one) => one.sinceUs)),
      Math.max(...missed.map((one) => one.untilUs)),
    ];
    return {
      ...common,
      ...{ id: 'sensor_incomplete', sinceUs, untilUs },
      sentence: `Sensor ${sensor} reported this call in part: ${counted(hops.length)} passed where it usually reports and ${hops.length === 1 ? 'is' : 'are'} not there.`,
    };
  });
}

/** Whoever usually reports it at one of its ends. */
const usualOf = ({ from, to, what }: Chance, habits: Habits): ReadonlySet<string> =>
  new Set([
    ...from.flatMap((address) => habits.usual('from', address, what)),
    ...to.flatMap((address) => habits.usual('to', address, what)),
  ]);

const hopOf = ({ what, from, to }: Chance): string =>
  `${what}${from[0] === undefined ? '' : ` from ${from[0]}`}${to[0] === undefined ? '' : ` to ${to[0]}`}`;

/** Switches that were in the call by its SIP and of which no channel is known. */
function ofSwitches(all: Case, chances: readonly Chance[], habits: Habits): Missing[] {
  const missed = new Map<string, Chance[]>();
  for (const chance of chances) {
    if (chance.what !== 'channel') continue;
    for (const node of usualOf(chance, habits)) {
      if (!chance.seenBy.has(node)) missed.set(node, [...(missed.get(node) ?? []), chance]);
    }
  }
  const present = new Set(all.legs.flatMap(({ leg }) => leg.channels.map(({ node }) => node)));
  return [...missed].map(([node, own]): Missing => {
    const legs = [...new Set(own.map(({ leg }) => leg))];
    const of = present.has(node) ? `${legs.length === 1 ? 'a leg' : `${legs.length} legs`} of this call` : 'this call';
    return {
      ...{ id: 'events_missing', source: node, stream: 'events', legs, hops: [] },
      sinceUs: Math.min(...own.map(({ sinceUs }) => sinceUs)),
      untilUs: Math.max(...own.map(({ untilUs }) => untilUs)),
      sentence: `Switch ${node} reported no events of ${of}, though it was answered there: what it made of it is not known.`,
      evidence: own.flatMap(({ because }) => because.flatMap((seen) => citeMessage(seen))),
    };
  });
}

/** What is missing of channels; holes of one switch that can be one are told as one, in what they have in common. */
function ofChannels(all: Case): Missing[] {
  const holes = all.legs.flatMap((of) =>
    of.leg.channels.flatMap(({ uuid }) => {
      const events = of.events.filter(({ channel }) => channel === uuid);
      return holesOf(events, isOver(all, of)).map((hole) => ({ ...hole, leg: of.leg.id, ...boundsOf(hole) }));
    }),
  );
  const merged: (typeof holes)[number][][] = [];
  for (const hole of holes.sort((a, b) => a.sinceUs - b.sinceUs)) {
    const same = merged.find((group) => group.every((other) => other.node === hole.node && overlap(other, hole)));
    if (same === undefined) merged.push([hole]);
    else same.push(hole);
  }
  return merged.map((group): Missing => {
    const names = [...new Set(group.flatMap((hole) => hole.names))];
    const node = group[0]?.node ?? '';
    const evidence = group.flatMap(({ before, behind }) => [before, behind].filter((event) => event !== undefined));
    return {
      ...{ id: 'events_incomplete', source: node, stream: 'events', hops: names },
      legs: [...new Set(group.map(({ leg }) => leg))],
      sinceUs: Math.max(...group.map(({ sinceUs }) => sinceUs)),
      untilUs: Math.min(...group.map(({ untilUs }) => untilUs)),
      sentence: `Events of ${node} are missing: ${names.join(', ')} must have come, as what comes before or behind is there.`,
      evidence: [...new Set(evidence)].map((event) => citeEvent(event)),
    };
  });
}

const boundsOf = ({ before, behind }: EventHole): { sinceUs: number; untilUs: number } => {
  const sinceUs = before?.atUs ?? NEVER;
  return { sinceUs, untilUs: Math.max(sinceUs, behind?.atUs ?? OPEN) };
};

const overlap = (a: { sinceUs: number; untilUs: number }, b: { sinceUs: number; untilUs: number }): boolean =>
  a.sinceUs <= b.untilUs && b.sinceUs <= a.untilUs;

/** So long after a leg ended its channel has told so. */
const HANGUP_US = 10_000_000;

/** The leg is over by its SIP, and the switch was there to see it. */
function isOver({ gaps, nowUs }: Case, { leg, exchanges }: CaseLeg): boolean {
  if (leg.channels.some(({ node }) => gaps.some((gap) => gap.node === node && gap.reason === 'restarted')))
    return false;
  const bye = exchanges.find(({ method, hops }) => method === 'BYE' && hops.some(({ finals }) => finals.length > 0));
  return bye !== undefined && nowUs - bye.startedUs > HANGUP_US;
}

/** Sensors and switches that took part in a call, or must have. */
const concerned = (all: Case, chances: readonly Chance[], habits: Habits): ReadonlySet<string> =>
  new Set([
    ...sensorsOf(all.legs.flatMap(({ messages }) => messages)),
    ...all.legs.flatMap(({ leg }) => leg.channels.map(({ node }) => node)),
    ...chances.flatMap((chance) => [...usualOf(chance, habits)]),
  ]);

function ofOutages({ facts, legs }: Case, heard: readonly HeardFact[], names: ReadonlySet<string>): Missing[] {
  const own = heard.filter(({ name }) => names.has(name));
  return outagesOf(own, facts.startedUs, facts.lastUs).map(
    ({ kind, name, ...outage }): Missing => ({
      id: kind === 'sensor' ? 'sensor_silent' : 'switch_silent',
      ...{ source: name, stream: kind === 'sensor' ? 'packets' : 'events', hops: [], ...outage },
      legs:
        kind === 'sensor'
          ? []
          : legs.filter(({ leg }) => leg.channels.some(({ node }) => node === name)).map(({ leg }) => leg.id),
      sentence: `${kind === 'sensor' ? 'Sensor' : 'Switch'} ${name}, which is usually heard all the time, was silent for ${seconds(outage)} while the call lasted.`,
      evidence: [],
    }),
  );
}

const uniqueBy = (messages: readonly SeenMessage[]): SeenMessage[] =>
  [...new Map(messages.map((seen) => [seen.message.id, seen])).values()].sort(byTime);

const counted = (count: number): string => (count === 1 ? 'one message' : `${count} messages`);
const seconds = ({ sinceUs, untilUs }: { sinceUs: number; untilUs: number }): string =>
  `${((untilUs - sinceUs) / 1e6).toFixed(1)} s`;
