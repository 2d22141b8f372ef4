import { beforeAll, describe, expect, it } from 'vitest';
import { alarmsOf, delayOf, pagesOf } from './alarms.ts';
import { createRuns, judge, type Result } from './compare.ts';
import { createDetectors, OUR_NAME } from './detectors.ts';
import { incidentAt } from './incidents.ts';
import { tableOf } from './table.ts';
import { createTraffic, TRUNKS } from './traffic.ts';

const WEEK = 10_080;
const wednesday = 2 * 1440;

describe('simulated traffic', () => {
  const traffic = (seed: number, incidents = [incidentAt('total', wednesday + 600)]) =>
    createTraffic({ seed, weeks: 1, rate: 60, incidents });
  const sum = (values: Uint16Array, from: number, to: number): number =>
    values.subarray(from, to).reduce((total, value) => total + value, 0);

  it('is the same for the same seed and another for another', () => {
    expect(traffic(1)).toEqual(traffic(1));
    expect(traffic(1).attempts[0]).not.toEqual(traffic(2).attempts[0]);
  });

  it('has the rate that was asked for in working hours, and hardly any calls at night', () => {
    const { attempts, minutes } = traffic(3, []);
    let [busy, hours] = [0, 0];
    for (let day = 0; day < 5; day++) {
      busy += sum(attempts[0]!, day * 1440 + 480, day * 1440 + 1080);
      hours += 600;
    }
    expect(minutes).toBe(WEEK);
    // Callers who try again come on top.
    expect(busy / hours).toBeGreaterThan(55);
    expect(busy / hours).toBeLessThan(72);
    expect(sum(attempts[0]!, 120, 300) / 180).toBeLessThan(6);
  });

  it('gives the site what its trunks carry', () => {
    const { attempts, failed } = traffic(4);
    for (const counts of [attempts, failed]) {
      const [site, ...trunks] = counts;
      for (let minute = 0; minute < WEEK; minute += 7) {
        expect(site![minute]).toBe(trunks.reduce((total, trunk) => total + trunk[minute]!, 0));
      }
    }
    expect(attempts).toHaveLength(TRUNKS.length + 1);
  });

  it('fails in an outage, and callers try again', () => {
    const from = wednesday + 600;
    const [bad, good] = [traffic(5), traffic(5, [])];
    const share = sum(bad.failed[0]!, from, from + 15) / sum(bad.attempts[0]!, from, from + 15);
    expect(share).toBeGreaterThan(0.9);
    expect(sum(bad.attempts[0]!, from, from + 15)).toBeGreaterThan(1.2 * sum(good.attempts[0]!, from, from + 15));
  });
});

describe('alarms', () => {
  it('close after a quarter of an hour below the threshold, and what fires again at once is the same page', () => {
    const scores = new Float32Array(300);
    scores.fill(5, 10, 20);
    scores.fill(5, 25, 30);
    scores.fill(5, 60, 61);
    scores.fill(5, 200, 201);
    const alarms = alarmsOf(scores, 5, 0, 0, 300);
    expect(alarms.map(({ opened, closed }) => [opened, closed])).toEqual([
      [10, 44],
      [60, 75],
      [200, 215],
    ]);
    expect(pagesOf(alarms)).toEqual([10, 200]);
  });

  it('have a delay from the beginning of an incident to the end of the minute that paged', () => {
    const alarms = [
      { series: 0, opened: 90, closed: 100 },
      { series: 1, opened: 103, closed: 120 },
    ];
    expect(delayOf(alarms, { from: 100, until: 110 })).toBe(4);
    expect(delayOf(alarms, { from: 121, until: 130 })).toBeUndefined();
  });
});

describe('the detector on simulated sites of 6 calls a minute', () => {
  let result: Result;
  const ours = (): Result => result;
  beforeAll(() => {
    const detector = createDetectors().find(({ name }) => name === OUR_NAME)!;
    const runs = createRuns(6, { calibrate: 0, check: 1, incidents: 1, drift: 0, holiday: 0 });
    result = judge(6, detector, OUR_NAME, 1, runs);
  });

  it('pages at most once a week for nothing', () => {
    expect(ours().falseAlarms).toBeLessThanOrEqual(1);
  });

  it('pages for at least 95 % of total outages within five minutes', () => {
    const total = ours().caught.get('total, busy')!;
    expect(total.incidents).toBeGreaterThan(4);
    expect(total.within5).toBeGreaterThanOrEqual(0.95);
  });

  it('pages for the trunk that carries most within five minutes, and for every trunk within half an hour', () => {
    expect(ours().caught.get('trunk of 40 %, busy')!.within5).toBeGreaterThanOrEqual(0.95);
    expect(ours().caught.get('trunk, busy')!.within30).toBeGreaterThanOrEqual(0.95);
  });

  it('pages when calls vanish', () => {
    expect(ours().caught.get('vanished, busy')!.within30).toBeGreaterThanOrEqual(0.95);
  });

  it('never pages for a blind sensor as if calls failed', () => {
    expect(ours().blinds).toBeGreaterThan(5);
    expect(ours().blindPages).toBe(0);
  });

  it('says all of it in a table', () => {
    const lines = tableOf([result]).split('\n');
    expect(lines[0]).toBe(`| 6 calls/min | ${OUR_NAME} |`);
    expect(new Set(lines.map((line) => line.split('|').length))).toEqual(new Set([4]));
  });
});
