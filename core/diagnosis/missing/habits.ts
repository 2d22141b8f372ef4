import { type Homes, homesOf } from '../../clock/homes.ts';
import type { Case } from '../case.ts';
import type { Chance, What } from './chance.ts';
import { chancesOf, type Places } from './leg-chances.ts';

/** Who usually reports what at which address, learnt from other calls of the site. */
export interface Habits {
  /** Sensors, and of "channel" switches, that report what is sent from an address, or comes to it. */
  usual(way: 'from' | 'to', address: string, what: What): readonly string[];
  readonly places: Places;
  /** Calls that it was learnt from. */
  readonly calls: number;
}

/** Of so many chances somebody who usually reports has used nearly all; packets of sensors get lost. */
const LEAST = 4;
const SHARE = 0.9;

/** @param places where each switch speaks SIP */
export function learnHabits(calls: readonly Case[], places: Places): Habits {
  const homes = placedAt(calls, places);
  const counts = new Map<string, { all: number; readonly by: Map<string, number> }>();
  const note = (key: string, { seenBy }: Chance): void => {
    const count = counts.get(key) ?? { all: 0, by: new Map<string, number>() };
    counts.set(key, count);
    count.all++;
    for (const who of seenBy) count.by.set(who, (count.by.get(who) ?? 0) + 1);
  };
  for (const call of calls) {
    for (const chance of chancesOf(call, places)) {
      for (const way of ['from', 'to'] as const)
        for (const address of chance[way]) note(keyOf(way, address, chance.what), chance);
    }
  }
  return {
    places,
    calls: calls.length,
    usual(way, address, what) {
      const count = counts.get(keyOf(way, address, what));
      if (count === undefined || count.all < LEAST) return [];
      return [...count.by]
        .filter(([who, seen]) => seen >= SHARE * count.all && homes.get(who)?.has(address) === true)
        .map(([who]) => who);
    },
  };
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
      if (end !== undefined) for (const other of copies) if (other[end] !== '') place(own.sensor, other[end]);
    }
  }
  for (const [node, addresses] of places) for (const address of addresses) place(node, address);
  return placed;
}
