import { describe, expect, it } from 'vitest';
import { driftOf, follow, offsetAt, stepsOf } from '../../../core/clock/follow.ts';
import { homesOf, type Sighting } from '../../../core/clock/homes.ts';
import { boundsOf } from '../../../core/clock/round-trips.ts';
import { clocksOf } from '../../../core/clock/site.ts';
import { createRandom } from '../../generate/random.ts';
import { aheadAt, BEGIN_US, HOUR_US, sightingsOf, type Truth } from './site-of-two.ts';

const SECOND = 1_000_000;
const MOMENTS = Array.from({ length: 40 }, (_, i) => BEGIN_US + 120 * SECOND + (i * (HOUR_US - 240 * SECOND)) / 39);

/** Offsets of −90 to +90 s, drifts of −50 to +50 ppm, and a step of up to a minute in every second hour. */
function truthOf(seed: number): { truth: Truth; seen: readonly Sighting[] } {
  const random = createRandom(seed);
  const sign = random.chance(0.5) ? 1 : -1;
  const truth: Truth = {
    offsetUs: random.int(-90 * SECOND, 90 * SECOND),
    driftPpm: seed % 5 === 0 ? 50 * sign : random.int(-50, 50),
    step:
      seed % 2 === 0
        ? undefined
        : { atUs: BEGIN_US + random.int(HOUR_US / 4, (HOUR_US * 3) / 4), byUs: sign * random.int(SECOND, 60 * SECOND) },
  };
  return { truth, seen: sightingsOf(truth, random) };
}

describe('clocks that are compared by what two sensors saw', () => {
  it.each(Array.from({ length: 24 }, (_, seed) => seed))(
    'the true offset is within the stated bounds, drift and step as well (seed %i)',
    (seed) => {
      const { truth, seen } = truthOf(seed);
      const [pair, ...others] = boundsOf(seen, homesOf(seen));
      expect([pair?.first, pair?.second, others]).toEqual(['proxy', 'switch', []]);
      const course = follow(pair?.bounds ?? []);
      for (const us of MOMENTS) {
        const known = offsetAt(course, us);
        const ahead = aheadAt(truth, us);
        expect(known?.lowerUs).toBeLessThanOrEqual(ahead);
        expect(known?.upperUs).toBeGreaterThanOrEqual(ahead);
        const nearStep = truth.step !== undefined && Math.abs(us - truth.step.atUs) < 120 * SECOND;
        if (known !== undefined && !nearStep) expect(known.upperUs - known.lowerUs).toBeLessThan(0.05 * SECOND);
      }
      const steps = stepsOf(course);
      expect(steps.length).toBe(truth.step === undefined ? 0 : 1);
      for (const { sinceUs, untilUs, by } of steps) {
        expect(sinceUs).toBeLessThanOrEqual(truth.step?.atUs ?? 0);
        expect(untilUs).toBeGreaterThanOrEqual(truth.step?.atUs ?? 0);
        expect(by.lowerUs).toBeLessThanOrEqual(truth.step?.byUs ?? 0);
        expect(by.upperUs).toBeGreaterThanOrEqual(truth.step?.byUs ?? 0);
      }
      const last = course.stretches.at(-1);
      const drift = last === undefined ? undefined : driftOf(last);
      expect(drift?.lowerPpm).toBeLessThanOrEqual(truth.driftPpm);
      expect(drift?.upperPpm).toBeGreaterThanOrEqual(truth.driftPpm);
    },
  );

  it('what is stated at any moment holds with what had been seen by then alone', () => {
    const { truth, seen } = truthOf(7);
    for (const us of MOMENTS.filter((_, i) => i % 4 === 3)) {
      const { nodes } = clocksOf(
        seen.filter(({ arrivedUs }) => arrivedUs <= us),
        us,
      );
      const ahead = nodes.find(({ node }) => node === 'switch')?.ahead;
      const near = truth.step !== undefined && us >= truth.step.atUs && us < truth.step.atUs + 60 * SECOND;
      // Until a bound behind it has come nobody can know of a step.
      if (near) continue;
      expect(ahead?.lowerUs).toBeLessThanOrEqual(aheadAt(truth, us));
      expect(ahead?.upperUs).toBeGreaterThanOrEqual(aheadAt(truth, us));
    }
  });

  it('one message that was sent twice and seen once on each side moves nothing', () => {
    const bound = (atUs: number, offsetUs: number) => ({ atUs, lowerUs: offsetUs - 500, upperUs: offsetUs + 500 });
    const course = follow([0, 1, 2, 3, 4].map((i) => bound(i * SECOND, i === 2 ? -500_000 : 0)));
    expect(course.strays).toBe(1);
    expect(course.stretches.length).toBe(1);
    expect(offsetAt(course, 2 * SECOND)?.lowerUs).toBeGreaterThanOrEqual(-1500);
  });

  it('until a step is confirmed both sides of it are admitted', () => {
    const bound = (atUs: number, offsetUs: number) => ({ atUs, lowerUs: offsetUs - 500, upperUs: offsetUs + 500 });
    const course = follow([bound(0, 0), bound(SECOND, 0), bound(2 * SECOND, 0), bound(3 * SECOND, 5 * SECOND)]);
    const known = offsetAt(course, 3 * SECOND);
    expect(known?.lowerUs).toBeLessThanOrEqual(0);
    expect(known?.upperUs).toBeGreaterThanOrEqual(5 * SECOND);
  });

  it('nodes that share no exchange with the reference are not told of, and others by the way over a third', () => {
    const exchange = (a: string, b: string, us: number, aheadOfA: number, aheadOfB: number): Sighting[] => {
      const row = { callId: `${a}${b}${us}`, cseq: 1, cseqMethod: 'BYE' };
      const at = (sensor: string, atUs: number, status: number, srcIp: string, dstIp: string): Sighting => ({
        ...row,
        ...{ sensor, atUs, arrivedUs: us, status, digest: `${row.callId}${status}`, srcIp, dstIp },
      });
      return [
        at(a, us + aheadOfA, 0, a, b),
        at(b, us + 100 + aheadOfB, 0, a, b),
        at(b, us + 200 + aheadOfB, 200, b, a),
        at(a, us + 300 + aheadOfA, 200, b, a),
      ];
    };
    const seen = Array.from({ length: 10 }, (_, i) => [
      ...exchange('a', 'b', i * SECOND, 0, 2 * SECOND),
      ...exchange('b', 'c', i * SECOND, 2 * SECOND, -3 * SECOND),
      ...exchange('d', 'elsewhere', i * SECOND, 0, 0).filter(({ sensor }) => sensor === 'd'),
    ]).flat();
    const { reference, nodes } = clocksOf(seen, 9 * SECOND);
    expect(reference).toBe('b');
    const middle = Object.fromEntries(
      nodes.map(({ node, ahead }) => [
        node,
        ahead === undefined ? undefined : Math.round((ahead.lowerUs + ahead.upperUs) / 2 / SECOND),
      ]),
    );
    expect(middle).toEqual({ a: -2, b: 0, c: -5, d: undefined });
  });
});
