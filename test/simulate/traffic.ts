import { createRandom } from '../generate/random.ts';
import { applyAt, type Effect, type Incident } from './incidents.ts';
import { createSampling } from './sampling.ts';

/** How the site's calls are shared among its trunks. */
export const TRUNKS = [0.4, 0.3, 0.2, 0.1] as const;
/** Series 0 is the site, the others its trunks. */
export const SERIES = TRUNKS.length + 1;
/** Monday 00:00 UTC. */
export const FIRST_MINUTE = Date.UTC(2026, 0, 5) / 60_000;

/** Counts by minute: `attempts[series][minute]`. A minute is blind for all series. */
export interface Traffic {
  readonly minutes: number;
  readonly attempts: readonly Uint16Array[];
  readonly failed: readonly Uint16Array[];
  readonly blind: Uint8Array;
  /** What was meant to come to the whole site, without noise and incidents. */
  readonly meant: Float32Array;
}

export interface TrafficOptions {
  readonly seed: number;
  readonly weeks: number;
  /** Attempts a minute, on the average of the working hours (Monday to Friday, 8 to 18). */
  readonly rate: number;
  readonly incidents: readonly Incident[];
}

/** By hour of the day; means of 8 to 18 are 1 on working days. */
const WORKDAY = [
  0.08, 0.06, 0.05, 0.05, 0.06, 0.1, 0.22, 0.5, 0.88, 1.1, 1.18, 1.1, 0.86, 0.92, 1.06, 1.08, 1.0, 0.82, 0.58, 0.44,
  0.35, 0.27, 0.18, 0.12,
];
const WEEKEND = [
  0.1, 0.08, 0.06, 0.05, 0.05, 0.06, 0.09, 0.14, 0.22, 0.3, 0.36, 0.38, 0.36, 0.34, 0.33, 0.33, 0.34, 0.34, 0.32, 0.3,
  0.26, 0.21, 0.16, 0.12,
];
/** Part that fails: worse at night, when what calls are machines, and at the peaks, when trunks are full. */
const FAILING = [
  0.09, 0.09, 0.1, 0.1, 0.09, 0.08, 0.06, 0.05, 0.05, 0.055, 0.06, 0.055, 0.05, 0.05, 0.055, 0.055, 0.05, 0.045, 0.045,
  0.05, 0.055, 0.06, 0.07, 0.08,
];
/** Trunks are not equally good. */
const TRUNK_FAILING = [0.8, 1, 1.2, 1.6];

/** Failed callers who dial again, the part of them whose number fails again, and within how many minutes. */
const RETRY = 0.5;
const RETRY_FAILING = 0.3;
const RETRY_MINUTES = 3;

/** Bursts that are no incident: a campaign dials lists of numbers, many of them dead. */
const CAMPAIGNS_A_WEEK = 1.5;
const CAMPAIGN_MINUTES = 40;
const CAMPAIGN_CALLS = 0.4;
const CAMPAIGN_FAILING = 0.18;

/**
 * A site's traffic: the shape of day and week with noise that lasts (10 minutes in how many call, an hour in how many
 * fail), campaigns, callers who try again, and the incidents. The same seed gives the same minutes.
 */
export function createTraffic({ seed, weeks, rate, incidents }: TrafficOptions): Traffic {
  const sampling = createSampling(createRandom(seed));
  const minutes = weeks * 10_080;
  const counts = (): Uint16Array[] => Array.from({ length: SERIES }, () => new Uint16Array(minutes));
  const [attempts, failed] = [counts(), counts()];
  const blind = new Uint8Array(minutes);
  const meant = new Float32Array(minutes);
  const retries = TRUNKS.map(() => new Float64Array(RETRY_MINUTES + 1));
  const ratioNoise = TRUNKS.map(() => 0);
  let callNoise = 0;
  /** A part of a retry is one with that probability. */
  const whole = (count: number): number => Math.floor(count) + (sampling.uniform() < count % 1 ? 1 : 0);
  let [campaignUntil, campaignTrunk] = [0, 0];
  const effect: Effect = {
    trunkFailing: TRUNKS.map(() => 0),
    calls: 1,
    odds: 1,
    seen: 1,
    unheard: 0,
    blind: false,
    holiday: false,
  };
  for (let minute = 0; minute < minutes; minute++) {
    applyAt(effect, incidents, minute, meant);
    const day = Math.floor(minute / 1440) % 7;
    const shape = effect.holiday ? WEEKEND : day < 5 ? WORKDAY : WEEKEND;
    const expected = rate * along(shape, minute) * (effect.holiday ? 0.8 : 1);
    meant[minute] = expected;
    callNoise = callNoise * 0.9 + 0.12 * 0.436 * sampling.normal();
    if (
      minute >= campaignUntil &&
      sampling.uniform() < (CAMPAIGNS_A_WEEK / 10_080) * 3 * (expected > rate / 2 ? 1 : 0)
    ) {
      campaignUntil = minute + Math.round(CAMPAIGN_MINUTES * (0.5 + sampling.uniform()));
      campaignTrunk = Math.floor(sampling.uniform() * TRUNKS.length);
    }
    const ratio = along(FAILING, minute);
    for (let trunk = 0; trunk < TRUNKS.length; trunk++) {
      ratioNoise[trunk] = ratioNoise[trunk]! * 0.983 + 0.18 * 0.183 * sampling.normal();
      const again = retries[trunk]!;
      const due = again[minute % again.length]!;
      again[minute % again.length] = 0;
      const fresh = expected * TRUNKS[trunk]! * effect.calls * Math.exp(callNoise);
      // Who gave up calling at all does not try again either.
      const first = sampling.poisson(fresh);
      const tried = sampling.binomial(whole(due), Math.min(1, effect.calls));
      const calls = first + tried;
      const usual = Math.min(0.9, ratio * TRUNK_FAILING[trunk]! * Math.exp(ratioNoise[trunk]!));
      const odds = (usual / (1 - usual)) * effect.odds;
      const failing = odds / (1 + odds);
      const least = effect.trunkFailing[trunk]!;
      let bad =
        sampling.binomial(first, Math.max(failing, least)) +
        sampling.binomial(tried, Math.max(failing, least, RETRY_FAILING));
      let all = calls;
      if (minute < campaignUntil && trunk === campaignTrunk) {
        const dialled = sampling.poisson(expected * TRUNKS[trunk]! * CAMPAIGN_CALLS);
        all += dialled;
        bad += sampling.binomial(dialled, Math.max(CAMPAIGN_FAILING, least));
      }
      const trying = sampling.binomial(Math.min(bad, calls), RETRY);
      for (let i = 1; i <= RETRY_MINUTES; i++) again[(minute + i) % again.length]! += trying / RETRY_MINUTES;
      if (effect.seen < 1) {
        // A call whose answer was not heard looks like one that nobody answered.
        const seenBad = sampling.binomial(bad, effect.seen);
        const seenGood = sampling.binomial(all - bad, effect.seen);
        bad = seenBad + sampling.binomial(seenGood, effect.unheard);
        all = seenBad + seenGood;
      }
      attempts[trunk + 1]![minute] = all;
      failed[trunk + 1]![minute] = Math.min(bad, all);
      attempts[0]![minute]! += all;
      failed[0]![minute]! += Math.min(bad, all);
    }
    blind[minute] = effect.blind ? 1 : 0;
  }
  return { minutes, attempts, failed, blind, meant };
}

/** The value between the middles of hours. */
function along(shape: readonly number[], minute: number): number {
  const at = ((minute % 1440) / 60 + 23.5) % 24;
  const hour = Math.floor(at);
  return shape[hour]! + (shape[(hour + 1) % 24]! - shape[hour]!) * (at - hour);
}
