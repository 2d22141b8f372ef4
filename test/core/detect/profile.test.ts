import { describe, expect, it } from 'vitest';
import { emptyHistory, type History, remember } from '../../../core/detect/history.ts';
import { hourOfWeek } from '../../../core/detect/minute.ts';
import { fitProfile } from '../../../core/detect/profile.ts';
import { DAY, MONDAY } from './series.ts';

const OPTIONS = { priorAttempts: 200, levelSince: 0 };
const HOUR = (day: number, hour: number): number => (MONDAY + day * DAY) / 60 + hour;

/** Every call of the hour fails. */
const ALL = 999;

/** Weeks of which each minute is told by a function of its day and hour. */
function historyOf(days: number, countsOf: (day: number, hour: number) => [attempts: number, failed: number]): History {
  const history = emptyHistory();
  for (let minute = 0; minute < days * DAY; minute++) {
    const [attempts, failed] = countsOf(Math.floor(minute / DAY), Math.floor(minute / 60) % 24);
    // Failures are whole calls: so many in each hour.
    remember(history, {
      minute: MONDAY + minute,
      attempts,
      failed: failed === ALL ? attempts : minute % 60 < failed ? 1 : 0,
      blind: false,
    });
  }
  return history;
}

describe('what is usual', () => {
  it('is told by the hour of the week', () => {
    const history = historyOf(42, (day, hour) => [day % 7 === 0 && hour === 9 ? 20 : 10, hour === 3 ? 60 : 30]);
    const profile = fitProfile(history, HOUR(42, 0), OPTIONS)!;
    expect(profile.rate[hourOfWeek(HOUR(0, 9))]).toBeCloseTo(20, 0);
    expect(profile.rate[hourOfWeek(HOUR(1, 9))]).toBeCloseTo(10, 0);
    expect(profile.ratio[hourOfWeek(HOUR(0, 3))]).toBeCloseTo(0.1, 2);
    expect(profile.ratio[hourOfWeek(HOUR(0, 4))]).toBeCloseTo(0.05, 2);
  });

  it('does not learn from an outage or a holiday in one of the weeks', () => {
    const plain = historyOf(42, () => [10, 30]);
    const odd = historyOf(42, (day, hour) => {
      if (day === 14) return [2, 6];
      return day === 23 && hour === 10 ? [10, ALL] : [10, 30];
    });
    const [expected, got] = [plain, odd].map((history) => fitProfile(history, HOUR(42, 0), OPTIONS)!);
    expect(got!.rate[hourOfWeek(HOUR(0, 12))]).toBeCloseTo(expected!.rate[hourOfWeek(HOUR(0, 12))]!, 1);
    expect(got!.ratio[hourOfWeek(HOUR(2, 10))]).toBeCloseTo(expected!.ratio[hourOfWeek(HOUR(2, 10))]!, 2);
  });

  it('follows the level of the last days, and one day alone moves nothing', () => {
    const at = hourOfWeek(HOUR(0, 12));
    const moved = fitProfile(
      historyOf(42, (day) => [10, day >= 37 ? 45 : 30]),
      HOUR(42, 0),
      OPTIONS,
    )!;
    expect(moved.ratio[at]).toBeGreaterThan(0.065);
    const alone = fitProfile(
      historyOf(42, (day) => [10, day === 41 ? 45 : 30]),
      HOUR(42, 0),
      OPTIONS,
    )!;
    expect(alone.ratio[at]).toBeLessThan(0.055);
  });

  it('takes its shape from the parent where a series has few calls', () => {
    const parent = fitProfile(
      historyOf(42, (_, hour) => [hour < 6 ? 10 : 30, hour < 6 ? 60 : 30]),
      HOUR(42, 0),
      OPTIONS,
    )!;
    const history = emptyHistory();
    // A call every twenty minutes, of which nothing ever failed.
    for (let minute = 0; minute < 14 * DAY; minute++) {
      remember(history, { minute: MONDAY + minute, attempts: minute % 20 === 0 ? 1 : 0, failed: 0, blind: false });
    }
    const child = fitProfile(history, HOUR(14, 0), { ...OPTIONS, parent })!;
    const [night, noon] = [hourOfWeek(HOUR(0, 3)), hourOfWeek(HOUR(0, 12))];
    expect(child.rate[noon]! / child.rate[night]!).toBeGreaterThan(1.5);
    expect(child.ratio[night]).toBeGreaterThan(child.ratio[noon]!);
  });

  it('is not known of a series without minutes', () => {
    expect(fitProfile(emptyHistory(), HOUR(42, 0), OPTIONS)).toBeUndefined();
  });
});
