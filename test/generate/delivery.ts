import type { Micros } from '../../core/model/capture-event.ts';
import type { Random } from './random.ts';
import type { Sighting } from './truth.ts';

/** What becomes of sightings on their way: some are lost, some come twice, and none need come in order. */
export interface DeliveryOptions {
  /** Share of HEP packets that the network drops. */
  readonly lostPackets?: number;
  /** Share of events and log lines that are lost one by one (a slow reader). */
  readonly lostEvents?: number;
  /** Nothing comes from this switch between the two times. */
  readonly blind?: { readonly node: string; readonly fromUs: Micros; readonly untilUs: Micros };
  /** Only this kind of source is there. */
  readonly only?: 'packets' | 'events';
  /** Log lines are asked for. */
  readonly logs?: boolean;
}

export function deliver(sightings: readonly Sighting[], random: Random, options: DeliveryOptions = {}): Sighting[] {
  const { lostPackets = 0, lostEvents = 0, blind, only, logs = true } = options;
  return sightings.filter(({ seen }) => {
    if (seen.kind === 'packet') return only !== 'events' && !random.chance(lostPackets);
    if (only === 'packets' || (seen.kind === 'log' && !logs)) return false;
    if (seen.kind !== 'event' && seen.kind !== 'log') return true;
    const isBlind = seen.node === blind?.node && seen.arrivedUs >= blind.fromUs && seen.arrivedUs <= blind.untilUs;
    return !isBlind && !random.chance(lostEvents);
  });
}

/** Any order, some of them again, and dealt out to several indexers. */
export function scatter<T>(items: readonly T[], random: Random, indexers: number, twice = 0.3): T[][] {
  const again = items.filter(() => random.chance(twice));
  const hands: T[][] = Array.from({ length: indexers }, () => []);
  for (const item of random.shuffled([...items, ...again])) hands[random.int(0, indexers - 1)]?.push(item);
  return hands;
}
