import { keepAlive, registration } from './noise.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { createScene, HOUR, MINUTE, type Numbers, SECOND, type Topology } from './scene.ts';
import { createSite, type SiteOptions } from './site.ts';
import * as basic from './topologies/basic.ts';
import * as conference from './topologies/conference.ts';
import * as loopback from './topologies/loopback.ts';
import * as path from './topologies/path.ts';
import * as queue from './topologies/queue.ts';
import * as reuse from './topologies/reuse.ts';
import * as transfer from './topologies/transfer.ts';
import type { Sighting, Truth } from './truth.ts';

/** Everything that a site does in a day, and how often it does it in relation to the rest. */
export const TOPOLOGIES: readonly (readonly [name: string, topology: Topology, weight: number])[] = [
  ['bridged', basic.bridged, 12],
  ['noAnswer', basic.noAnswer, 3],
  ['voicemail', basic.voicemail, 2],
  ['busy', basic.busy, 2],
  ['callerGivesUp', basic.callerGivesUp, 2],
  ['fork', basic.fork, 3],
  ['enterprise', basic.enterprise, 3],
  ['failover', basic.failover, 3],
  ['hold', basic.hold, 2],
  ['longCall', basic.longCall, 1],
  ['blindRefer', transfer.blindRefer, 3],
  ['apiTransfer', transfer.apiTransfer, 3],
  ['attendedRefer', transfer.attendedRefer, 3],
  ['attendedAcross', transfer.attendedAcross, 2],
  ['replacedLeg', transfer.replacedLeg, 2],
  ['joinedCallers', transfer.joinedCallers, 3],
  ['intercepted', transfer.intercepted, 2],
  ['valetParking', transfer.valetParking, 3],
  ['conference', conference.conference, 2],
  ['cascadedConference', conference.cascadedConference, 1],
  ['eavesdropper', conference.eavesdropper, 1],
  ['ringAllQueue', queue.ringAllQueue, 3],
  ['abandonedQueue', queue.abandonedQueue, 1],
  ['standbyAgent', queue.standbyAgent({ callers: 4, pauseUs: 40 * SECOND }), 2],
  ['busyStandbyAgent', queue.standbyAgent({ callers: 12, pauseUs: 30 * SECOND }), 1],
  ['hurriedStandbyAgent', queue.standbyAgent({ callers: 3, pauseUs: 300_000 }), 1],
  ['fifo', queue.fifo, 3],
  ['fifoConsumer', queue.fifoConsumer, 2],
  ['loopback', loopback.loopback, 2],
  ['loopbackBowout', loopback.loopbackBowout, 2],
  ['clickToCall', path.clickToCall, 3],
  ['tandem', path.tandem, 3],
  ['callIdAsUuid', path.callIdAsUuid, 2],
  ['betweenTenants', path.betweenTenants, 3],
  ['unknownBox', path.unknownBox, 2],
  ['crashAndRecover', path.crashAndRecover, 1],
  ['snapshotOnly', path.snapshotOnly, 1],
  ['refusedBeforeStart', path.refusedBeforeStart, 1],
  ['reusedCallId', reuse.reusedCallId, 1],
  ['reusedUuid', reuse.reusedUuid, 1],
  ['registration', registration, 2],
  ['keepAlive', keepAlive, 4],
];

/**
 * Where the property cannot hold: a uuid that is used again and is the Call-ID as well (`outbound-use-uuid-as-callid`)
 * leaves nothing that tells the two calls apart. The same when the events are lost that show its two Call-IDs.
 */
export const BEYOND_WITHOUT_CALL_IDS: ReadonlySet<string> = new Set(['reusedUuid']);

export interface DayOptions extends SiteOptions {
  readonly seed: number;
  /** At least this many calls of the truth, noise included. */
  readonly calls: number;
  /** Some of its events will not be delivered. */
  readonly losesEvents?: boolean;
  /** Only these topologies, by name. */
  readonly only?: readonly string[];
  /** All is heard: who calls whom across tenants can be told. */
  readonly acrossTenants?: boolean;
  /** All calls begin within a few minutes and between few numbers. */
  readonly storm?: boolean;
}

export interface Day {
  readonly truth: Truth;
  readonly sightings: readonly Sighting[];
}

/** 00:00 UTC of the day that is played. */
export const DAY_START_US = 1_795_219_200_000_000;

export function makeDay(options: DayOptions): Day {
  const random = createRandom(options.seed);
  const site = createSite(random, options);
  const hides = options.uuidAsCallId === true || options.losesEvents === true;
  const across = options.tenants === 'switches' && options.acrossTenants === true;
  const isBeyond = (name: string): boolean =>
    (hides && BEYOND_WITHOUT_CALL_IDS.has(name)) || (!across && name === 'betweenTenants');
  // Values that tenants have in common are what such a day is about.
  const often = options.tenants === 'domains' ? 'unknownBox' : '';
  const chosen = TOPOLOGIES.filter(([name]) => options.only?.includes(name) ?? !isBeyond(name)).map(
    ([name, topology, weight]) => [name, topology, name === often ? 8 * weight : weight] as const,
  );
  const total = chosen.reduce((sum, [, , weight]) => sum + weight, 0);
  const span = options.storm ? 3 * MINUTE : 12 * HOUR;
  while (site.truth.calls.length < options.calls) {
    let ticket = random.next() * total;
    const drawn = chosen.find(([, , weight]) => {
      ticket -= weight;
      return ticket < 0;
    });
    const [, topology] = drawn ?? chosen[0] ?? [];
    if (topology === undefined) throw new Error('no topology of that name');
    topology(
      createScene(site, {
        atUs: DAY_START_US + 6 * HOUR + random.int(0, span),
        sw: random.pick(site.switches),
        numbers: numbersOf(random, options.storm ?? false),
      }),
    );
  }
  return { truth: site.truth, sightings: site.sightings() };
}

/** Tenants have the same extensions; a storm is two numbers calling each other again and again. */
function numbersOf(random: Random, storm: boolean): Numbers {
  const domain = `tenant${random.int(1, 3)}.example`;
  if (storm) return { caller: '+14155550100', callee: '1001', calleeRewritten: '+14155551001', domain };
  const national = `021${random.int(10_000_000, 99_999_999)}`;
  return {
    caller: random.chance(0.4) ? String(random.int(1000, 1009)) : `+1415555${random.int(1000, 9999)}`,
    callee: random.chance(0.4) ? String(random.int(1000, 1009)) : national,
    calleeRewritten: random.chance(0.5) ? `+98${national.slice(1)}` : national,
    domain,
  };
}
