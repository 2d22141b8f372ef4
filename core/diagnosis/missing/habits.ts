import { type Homes, homesOf } from '../../clock/homes.ts';
import { atOnce } from '../../runtime/in-turns.ts';
import type { Case } from '../case.ts';
import type { Chance, What } from './chance.ts';
import { chancesOf, type Places } from './leg-chances.ts';

/** Who usually reports what at which address, learnt from other calls of the site. */
export interface Habits {
  /** Sensors, and of "channel" switches, that report what is sent from an address, or comes to it. */
  usual(way: 'from' | 'to', address: string, what: What): readonly string[];
  readonly places: Places;
  /** The same without what a call taught that is now held against them. */
  without(call: Case): Habits;
}

/** Of so many chances somebody who usually reports has used nearly all; packets of sensors get lost. */
const LEAST = 4;
const SHARE = 0.9;

/** Ways to write the address of one host, and copies of one message. What has more was made up, and costs the product of both. */
const MOST_ADDRESSES = 64;
const MOST_COPIES = 64;

type Taught = Pick<Chance, 'what' | 'from' | 'to' | 'seenBy'>;

/** Chances by way, address and kind: how many, and how many of them each used. */
type Tally = Map<string, { all: number; readonly by: Map<string, number> }>;

/** @param places where each switch speaks SIP */
export function learnHabits(calls: readonly Case[], places: Places): Habits {
  const homes = placedAt(calls, places);
  // Without what proves them: habits outlive the calls that taught them.
  const chances = new Map(
    calls.map((call) => [
      nameOf(call),
      atOnce(chancesOf(call, places)).map(({ what, from, to, seenBy }) => ({ what, from, to, seenBy })),
    ]),
  );
  const total = tallyOf([...chances.values()].flat());
  const habitsBut = (own: Tally): Habits => ({
    places,
    without: (call) => habitsBut(tallyOf(chances.get(nameOf(call)) ?? [])),
    usual(way, address, what) {
      const key = keyOf(way, address, what);
      const [count, less] = [total.get(key), own.get(key)];
      const all = (count?.all ?? 0) - (less?.all ?? 0);
      if (count === undefined || all < LEAST) return [];
      return [...count.by]
        .filter(
          ([who, seen]) => seen - (less?.by.get(who) ?? 0) >= SHARE * all && homes.get(who)?.has(address) === true,
        )
        .map(([who]) => who);
    },
  });
  return habitsBut(new Map());
}

/** What is usual in one of several times: a sensor that fell silent an hour ago was heard before. */
export const anyOf = (all: readonly Habits[], places: Places): Habits => ({
  places,
  usual: (way, address, what) => [...new Set(all.flatMap((habits) => habits.usual(way, address, what)))],
  without: (call) =>
    anyOf(
      all.map((habits) => habits.without(call)),
      places,
    ),
});

/** Whoever usually reports it at one of its ends. */
export const usualOf = ({ from, to, what }: Chance, habits: Habits): ReadonlySet<string> =>
  new Set([
    ...from.flatMap((address) => habits.usual('from', address, what)),
    ...to.flatMap((address) => habits.usual('to', address, what)),
  ]);

/** Who usually reports such things and did not, each with what it did not report. */
export function unusedBy(chances: readonly Chance[], habits: Habits): ReadonlyMap<string, readonly Chance[]> {
  const unused = new Map<string, Chance[]>();
  for (const chance of chances) {
    for (const who of usualOf(chance, habits)) {
      if (chance.seenBy.has(who)) continue;
      const known = unused.get(who);
      if (known === undefined) unused.set(who, [chance]);
      else known.push(chance);
    }
  }
  return unused;
}

const nameOf = ({ root }: Case): string => root.leg.id;

function tallyOf(chances: readonly Taught[]): Tally {
  const tally: Tally = new Map();
  const note = (key: string, { seenBy }: Taught): void => {
    const count = tally.get(key) ?? { all: 0, by: new Map<string, number>() };
    tally.set(key, count);
    count.all++;
    for (const who of seenBy) count.by.set(who, (count.by.get(who) ?? 0) + 1);
  };
  for (const chance of chances) {
    for (const way of ['from', 'to'] as const)
      for (const address of chance[way].slice(0, MOST_ADDRESSES)) note(keyOf(way, address, chance.what), chance);
  }
  return tally;
}

const keyOf = (way: string, address: string, what: What): string => `${way} ${address} ${what}`;

/**
 * By sensor and switch: the addresses of its own box. A sensor may write its own address in another way than its neighbours do
 * (Asterisk with a wildcard bind says 127.0.0.1), so theirs of the same end of the same message are its as well.
 */
function placedAt(calls: readonly Case[], places: Places): ReadonlyMap<string, ReadonlySet<string>> {
  const all = calls.flatMap(({ legs }) => legs.flatMap(({ messages }) => messages));
  const homes: Homes = homesOf(all.flatMap(({ copies }) => copies));
  const placed = new Map<string, Set<string>>();
  const place = (who: string, address: string): void => {
    const known = placed.get(who);
    if (known === undefined) placed.set(who, new Set([address]));
    else known.add(address);
  };
  for (const [sensor, address] of homes) place(sensor, address);
  for (const { copies } of all) {
    for (const own of copies) {
      const home = homes.get(own.sensor);
      if (home === undefined) continue;
      const end = own.srcIp === home ? 'srcIp' : own.dstIp === home ? 'dstIp' : undefined;
      if (end === undefined) continue;
      for (const other of copies.slice(0, MOST_COPIES)) if (other[end] !== '') place(own.sensor, other[end]);
    }
  }
  for (const [node, addresses] of places) for (const address of addresses) place(node, address);
  return placed;
}
