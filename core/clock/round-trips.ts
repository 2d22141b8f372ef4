import type { Micros } from '../model/capture-event.ts';
import { groupBy } from '../model/group-by.ts';
import type { Homes, Sighting } from './homes.ts';

/**
 * What one exchange says of two clocks, where both sensors saw a request and a response to it: the request cannot have come
 * before it was sent, nor the response, so the difference of the clocks lies between two bounds, and its width is what both
 * ways took together.
 */
export interface OffsetBound {
  /** When the request came, by the collector's clock. */
  readonly atUs: Micros;
  /** By how many µs the second sensor's clock is ahead of the first one's, at least and at most; negative: behind. */
  readonly lowerUs: number;
  readonly upperUs: number;
}

/** The bounds of two sensors, oldest first. */
export interface PairBounds {
  /** In the order of their names. */
  readonly first: string;
  readonly second: string;
  readonly bounds: readonly OffsetBound[];
}

/** How much two clocks part in a second, at most: 500 ppm is what ntpd and adjtime(2) correct a clock by. */
export const MOST_DRIFT = 500e-6;

/** The bounds of every two sensors that saw the same exchanges, each from its own side. */
export function boundsOf(sightings: readonly Sighting[], homes: Homes): readonly PairBounds[] {
  const pairs = new Map<string, { first: string; second: string; bounds: OffsetBound[] }>();
  const exchanges = groupBy(sightings, ({ callId, cseq, cseqMethod }) => `${callId}\0${cseq}\0${cseqMethod}`);
  for (const exchange of exchanges.values()) {
    for (const crossing of crossingsOf(exchange, homes)) {
      const bound = boundOf(crossing);
      if (bound === undefined) continue;
      const { first, second } = crossing;
      const key = `${first}\0${second}`;
      const pair = pairs.get(key);
      if (pair === undefined) pairs.set(key, { first, second, bounds: [bound] });
      else pair.bounds.push(bound);
    }
  }
  return [...pairs.values()].map(({ bounds, ...pair }) => ({
    ...pair,
    bounds: bounds.sort((a, b) => a.atUs - b.atUs),
  }));
}

/** A message on its way between two sensors, with the time of each by its own clock. */
interface Crossing {
  readonly arrivedUs: Micros;
  readonly firstUs: Micros;
  readonly secondUs: Micros;
  readonly request: boolean;
}

interface Crossings {
  readonly first: string;
  readonly second: string;
  readonly forth: Crossing[];
  readonly back: Crossing[];
}

/**
 * By pair of sensors the messages of one exchange that both saw, one as they left and the other as they came. One that was
 * sent again says which of its sendings it was to nobody, so an exchange with one is left out for that pair.
 */
function crossingsOf(exchange: readonly Sighting[], homes: Homes): readonly Crossings[] {
  const pairs = new Map<string, Crossings>();
  const repeated = new Set<string>();
  for (const copies of groupBy(exchange, ({ digest }) => digest).values()) {
    if (copies.length < 2) continue;
    const bySensor = groupBy(copies, ({ sensor }) => sensor);
    const ends = [...bySensor.values()].flatMap(([one]) => (one === undefined ? [] : [one]));
    for (const sent of ends) {
      if (homes.get(sent.sensor) !== sent.srcIp) continue;
      for (const got of ends) {
        if (got === sent || homes.get(got.sensor) !== got.dstIp) continue;
        const forth = sent.sensor < got.sensor;
        const [one, other] = forth ? [sent, got] : [got, sent];
        const key = `${one.sensor}\0${other.sensor}`;
        if ([one, other].some(({ sensor }) => bySensor.get(sensor)?.length !== 1)) repeated.add(key);
        const pair: Crossings = pairs.get(key) ?? { first: one.sensor, second: other.sensor, forth: [], back: [] };
        pairs.set(key, pair);
        (forth ? pair.forth : pair.back).push({
          arrivedUs: one.arrivedUs,
          firstUs: one.atUs,
          secondUs: other.atUs,
          request: one.status === 0,
        });
      }
    }
  }
  return [...pairs].filter(([key]) => !repeated.has(key)).map(([, pair]) => pair);
}

/** The two directions of one exchange as one statement about the moment of its request. */
function boundOf({ forth, back }: Crossings): OffsetBound | undefined {
  const request = [...forth, ...back].find((one) => one.request);
  if (request === undefined) return undefined;
  // What was seen later is also of a later difference.
  const slack = ({ firstUs }: Crossing): number => Math.abs(firstUs - request.firstUs) * MOST_DRIFT;
  const upperUs = Math.min(...forth.map((one) => one.secondUs - one.firstUs + slack(one)));
  const lowerUs = Math.max(...back.map((one) => one.secondUs - one.firstUs - slack(one)));
  // A clock that was set in between, or a sending that was missed.
  if (!Number.isFinite(upperUs) || !Number.isFinite(lowerUs) || lowerUs > upperUs) return undefined;
  return { atUs: request.arrivedUs, lowerUs, upperUs };
}
