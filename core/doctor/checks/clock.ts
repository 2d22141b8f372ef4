import type { Interval } from '../../clock/follow.ts';
import { clocksAgainst, type SiteClocks } from '../../clock/site.ts';
import { type Check, type Finding, LEAST, type State } from '../check.ts';
import type { SensorSeen } from '../site.ts';

const OFF_US = 50_000;
/** What is older than that when it comes was kept somewhere, or is a recording that is played. */
const PLAYED_US = 3_600_000_000;

export const clock: Check = {
  id: 'clock',
  title: 'The clock of the sender',
  weight: 'needed',
  why: 'A reply stands before its request on the ladder, and delays between two sensors are wrong by as much.',
  remedies: [
    { system: 'host', file: 'the box itself', lines: 'apt-get install chrony && chronyc tracking' },
    { system: 'FreeSWITCH', file: 'fs_cli, after its clock was set', lines: 'fsctl sync_clock' },
  ],
  look({ sensors, clocks }) {
    const known = measureOf(sensors, clocks);
    return sensors.flatMap((sensor) => {
      const byOthers = known === undefined ? undefined : stateAgainst(sensor, known);
      const found = byOthers ?? byArrival(sensor);
      return found === undefined ? [] : [{ of: sensor.name, software: sensor.software, ...found }];
    });
  },
};

type Found = Pick<Finding, 'state' | 'saw'>;

/** The clock that the others are told against, and by how much they are ahead of it. */
interface Measure {
  readonly of: string;
  readonly ahead: ReadonlyMap<string, Interval>;
  readonly agreeing: number;
  /** By sensor: what was compared. */
  readonly exchanges: ReadonlyMap<string, number>;
}

const isWithin = ({ lowerUs, upperUs }: Interval): boolean => lowerUs >= -OFF_US && upperUs <= OFF_US;
const isOff = ({ lowerUs, upperUs }: Interval): boolean => lowerUs > OFF_US || upperUs < -OFF_US;

/**
 * Two clocks that are apart do not say which one is wrong: the others are told against the one that most agree with, as a rule
 * the reference of all; where none agrees with another, against the one whose packets came soonest after they were sent.
 */
function measureOf(sensors: readonly SensorSeen[], { reference, nodes, pairs }: SiteClocks): Measure | undefined {
  if (reference === undefined) return undefined;
  const delays = new Map(sensors.map((sensor) => [sensor.name, Math.abs(quickest(sensor)?.leastUs ?? PLAYED_US)]));
  const exchanges = new Map<string, number>();
  for (const { first, second, exchanges: count } of pairs)
    for (const name of [first, second]) exchanges.set(name, (exchanges.get(name) ?? 0) + count);
  const measures = nodes.flatMap(({ node, ahead }): Measure[] => {
    if (ahead === undefined) return [];
    const all = clocksAgainst(node, pairs);
    const agreeing = [...all].filter(([name, one]) => name !== node && !isOff(one)).length;
    return [{ of: node, ahead: all, agreeing, exchanges }];
  });
  const delayOf = ({ of }: Measure): number => delays.get(of) ?? PLAYED_US;
  const shared = ({ of }: Measure): number => exchanges.get(of) ?? 0;
  return measures.sort(
    (a, b) => b.agreeing - a.agreeing || (a.agreeing === 0 ? delayOf(a) - delayOf(b) : shared(b) - shared(a)),
  )[0];
}

/** Undefined where nothing bounds it, nor the clock that it would be told against. */
function stateAgainst({ name }: SensorSeen, { of, ahead, agreeing, exchanges }: Measure): Found | undefined {
  const own = ahead.get(name);
  if (own === undefined || ahead.size < 2) return undefined;
  if (name === of) {
    const saw = `${agreeing} of ${ahead.size - 1} other clocks agree with it`;
    return agreeing === 0 ? undefined : { state: 'fine', saw };
  }
  const count = exchanges.get(name) ?? 0;
  const saw = `by ${count} exchanges its clock is ${apart(own)} that of ${of}`;
  const state: State = count < LEAST ? 'unknown' : isOff(own) ? 'missing' : isWithin(own) ? 'fine' : 'unknown';
  return { state, saw };
}

function apart({ lowerUs, upperUs }: Interval): string {
  const [lower, upper] = [lowerUs, upperUs].map((us) => (Math.abs(us) / 1000).toFixed(1));
  if (lowerUs > 0) return `${lower} to ${upper} ms ahead of`;
  return upperUs < 0 ? `${upper} to ${lower} ms behind` : `between ${lower} ms behind and ${upper} ms ahead of`;
}

/** A packet cannot come before it was sent, and the quickest one of many comes in no time. */
function quickest({ messages }: SensorSeen): { readonly leastUs: number; readonly count: number } | undefined {
  const delays = messages.filter(({ atUs, arrivedUs }) => atUs !== arrivedUs).map((one) => one.arrivedUs - one.atUs);
  const leastUs = delays.reduce((least, delay) => Math.min(least, delay), Number.POSITIVE_INFINITY);
  return delays.length === 0 ? undefined : { leastUs, count: delays.length };
}

/** Of a sensor that shares no exchange with others: its clock against the collector's, with the way of its packets in it. */
function byArrival(sensor: SensorSeen): Found | undefined {
  const seen = quickest(sensor);
  if (seen === undefined) return undefined;
  const { leastUs, count } = seen;
  if (Math.abs(leastUs) >= PLAYED_US)
    return { state: 'unknown', saw: 'packets that are older than an hour when they come: a recording?' };
  const saw = `the quickest of ${count} messages came ${(leastUs / 1000).toFixed(1)} ms after it was sent`;
  return { state: count < LEAST ? 'unknown' : Math.abs(leastUs) > OFF_US ? 'missing' : 'fine', saw };
}
