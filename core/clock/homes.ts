import type { MessageFact } from '../call/read/messages.ts';
import type { Micros } from '../model/capture-event.ts';

/** What clocks are compared by: who saw which message, when by his own clock, between which addresses. */
export interface Sighting
  extends Pick<
    MessageFact,
    'sensor' | 'atUs' | 'callId' | 'cseq' | 'cseqMethod' | 'status' | 'digest' | 'srcIp' | 'dstIp'
  > {
  /** By the clock of the collector: the one that all sightings have in common. */
  readonly arrivedUs: Micros;
}

/** By sensor: the address of the box that it is on, as the sensor itself writes it. */
export type Homes = ReadonlyMap<string, string>;

/** An address at one end of so many of a sensor's messages is its own; a few others are a forwarded port, or a second card. */
const SHARE = 0.95;
/** Fewer messages say nothing. */
const LEAST = 4;

/**
 * Where each sensor is: at the address that is at one end of all that it sees. Of one that sees a single neighbour either
 * end may be its own; it is at the other end of that neighbour's where that one is known.
 */
export function homesOf(sightings: Iterable<Pick<Sighting, 'sensor' | 'srcIp' | 'dstIp'>>): Homes {
  const counts = new Map<string, { all: number; readonly ips: Map<string, number> }>();
  for (const { sensor, srcIp, dstIp } of sightings) {
    if (srcIp === '' || dstIp === '' || srcIp === dstIp) continue;
    const own = counts.get(sensor) ?? { all: 0, ips: new Map<string, number>() };
    counts.set(sensor, own);
    own.all++;
    for (const ip of [srcIp, dstIp]) own.ips.set(ip, (own.ips.get(ip) ?? 0) + 1);
  }
  const homes = new Map<string, string>();
  const either = new Map<string, readonly [string, string]>();
  for (const [sensor, { all, ips }] of counts) {
    const common = [...ips].filter(([, count]) => count >= SHARE * all).map(([ip]) => ip);
    const [one, other] = common;
    if (all < LEAST || one === undefined) continue;
    if (other === undefined) homes.set(sensor, one);
    else if (common.length === 2) either.set(sensor, [one, other]);
  }
  // Each that is told may tell the next one in a row of boxes.
  for (let told = true; told; ) {
    told = false;
    const taken = new Set(homes.values());
    for (const [sensor, [one, other]] of either) {
      if (homes.has(sensor) || taken.has(one) === taken.has(other)) continue;
      homes.set(sensor, taken.has(one) ? other : one);
      told = true;
    }
  }
  return homes;
}
