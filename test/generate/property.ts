import { DAY_START_US, type DayOptions, makeDay } from './day.ts';
import { type DeliveryOptions, deliver, scatter } from './delivery.ts';
import { buildGraph, correlationOf, type MemoryGraph } from './graph.ts';
import { componentOf, componentText, faultText, judge } from './judge.ts';
import { createRandom, type Random } from './random.ts';
import { HOUR, MINUTE, SECOND } from './scene.ts';
import type { Sighting } from './truth.ts';

/** The property of the join: nothing of another call, everything that is proven, and the same in whatever order. */

export interface Weather {
  readonly name: string;
  readonly day?: Omit<DayOptions, 'seed' | 'calls'>;
  readonly delivery?: (random: Random) => DeliveryOptions;
}

/** The clock of each node is off by up to this much, in either direction. */
const SKEW_US = 3 * SECOND;

export const WEATHERS: readonly Weather[] = [
  { name: 'all is heard' },
  { name: 'clocks differ', day: { skewUs: SKEW_US } },
  { name: 'one pair of numbers, all at once', day: { storm: true, skewUs: SKEW_US } },
  { name: 'uuid as Call-ID', day: { uuidAsCallId: true } },
  { name: 'tenants with switches of their own', day: { skewUs: SKEW_US, tenants: 'switches', acrossTenants: true } },
  { name: 'tenants by their domains', day: { skewUs: SKEW_US, tenants: 'domains' } },
  { name: 'tenants, one pair of numbers, all at once', day: { storm: true, tenants: 'switches', acrossTenants: true } },
  {
    name: 'tenants, much lost everywhere',
    day: { skewUs: SKEW_US, losesEvents: true, tenants: 'switches' },
    delivery: () => ({ lostPackets: 0.4, lostEvents: 0.4 }),
  },
  { name: 'HEP alone', delivery: () => ({ only: 'packets' }) },
  { name: 'event socket alone', delivery: () => ({ only: 'events' }) },
  { name: 'no log lines', delivery: () => ({ logs: false }) },
  { name: 'HEP packets lost', day: { skewUs: SKEW_US }, delivery: () => ({ lostPackets: 0.2 }) },
  {
    name: 'much lost everywhere',
    day: { skewUs: SKEW_US, losesEvents: true },
    delivery: () => ({ lostPackets: 0.4, lostEvents: 0.4 }),
  },
  {
    name: 'one switch not heard for hours',
    day: { losesEvents: true },
    delivery: (random) => {
      const fromUs = DAY_START_US + 7 * HOUR + random.int(0, 4) * HOUR;
      return { blind: { node: random.pick(['fs1', 'fs2']), fromUs, untilUs: fromUs + random.int(5, 300) * MINUTE } };
    },
  },
];

export interface PropertyResult {
  readonly weather: string;
  readonly calls: number;
  readonly sightings: number;
  readonly asked: number;
  /** Identifiers in answers, the asked ones included, and how many of them were demanded. */
  readonly found: number;
  readonly expected: number;
  /** One sentence each; empty when the property holds. */
  readonly failures: readonly string[];
}

/** Makes the day of a seed, delivers it in the weather of that seed, and asks for everything. */
export async function checkSeed(seed: number, calls: number): Promise<PropertyResult> {
  const weather = WEATHERS[seed % WEATHERS.length] ?? { name: '' };
  const { truth, sightings } = makeDay({ ...weather.day, seed, calls });
  const random = createRandom(seed ^ 0x5eed);
  const delivered = deliver(sightings, random, weather.delivery?.(random) ?? {});
  const correlation = correlationOf(weather.day?.tenants ?? 'none');
  const inOrder = buildGraph([eventsOf(delivered)], correlation);
  const { asked, expected, found, faults } = await judge(truth, delivered, inOrder);
  const scattered = buildGraph(scatter(eventsOf(delivered), random, random.int(1, 4)), correlation);
  return {
    weather: weather.name,
    calls: truth.calls.length,
    sightings: delivered.length,
    asked,
    expected,
    found,
    failures: [...faults.map(faultText), ...(await differences(delivered, inOrder, scattered))],
  };
}

export const eventsOf = (sightings: readonly Sighting[]): Sighting['seen'][] => sightings.map(({ seen }) => seen);

/** Identifiers whose call is not the same in both, edges, intervals and evidence included. */
async function differences(delivered: readonly Sighting[], one: MemoryGraph, other: MemoryGraph): Promise<string[]> {
  const found: string[] = [];
  for (const node of new Set(delivered.flatMap(({ shows }) => shows))) {
    const [here, there] = await Promise.all([componentOf(one, node), componentOf(other, node)]);
    if (componentText(here) !== componentText(there)) found.push(`${node} has another call in another order`);
  }
  return found;
}
