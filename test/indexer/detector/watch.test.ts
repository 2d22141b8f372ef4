import { describe, expect, it } from 'vitest';
import { GIVEN_UP_MINUTES, hear, type Listener, newListener } from '../../../indexer/detector/watch.ts';

const DAY = 1440;
/** A Monday, 00:00. */
const MONDAY = Date.UTC(2026, 0, 5) / 60_000;
const FULL = 7;

/** Minutes from `from` to `until` in which so many thirds were heard; answers those that were silence. */
function play(listener: Listener, from: number, until: number, thirds: (minute: number) => number): number[] {
  const silent: number[] = [];
  for (let minute = from; minute < until; minute++) if (hear(listener, minute, thirds(minute))) silent.push(minute);
  return silent;
}
const hourOf = (minute: number): number => Math.floor(minute / 60) % 24;
const isWorkday = (minute: number): boolean => Math.floor((minute - MONDAY) / DAY) % 7 < 5;

describe('a sensor that is listened to', () => {
  it('is silent from the minute on in which it stops, until it is heard again', () => {
    const listener = newListener('hep 101');
    const noon = MONDAY + 8 * DAY + 720;
    expect(play(listener, MONDAY, noon, () => FULL)).toEqual([]);
    // It stops after twenty seconds of the first minute, and comes back in the middle of the last.
    const silent = play(listener, noon, noon + 10, (minute) => (minute === noon ? 1 : minute === noon + 9 ? 6 : 0));
    expect(silent).toEqual(Array.from({ length: 9 }, (_, i) => noon + i));
    expect(play(listener, noon + 10, noon + 30, () => FULL)).toEqual([]);
    // And stops again.
    expect(play(listener, noon + 30, noon + 35, () => 0)).toHaveLength(5);
  });

  it('is not silent at night when it talks little then, though it talked all day', () => {
    const listener = newListener('hep 101');
    // Fewer and fewer from six on, none after ten; the same each day.
    const thirds = (minute: number): number => {
      const hour = hourOf(minute);
      if (hour >= 7 && hour < 18) return FULL;
      if (hour >= 18 && hour < 22) return minute % 3 === 0 ? 1 : 0;
      return 0;
    };
    expect(
      play(listener, MONDAY + DAY / 2, MONDAY + 15 * DAY, thirds).filter((minute) => minute > MONDAY + 2 * DAY),
    ).toEqual([]);
  });

  it('of an office that is closed on Sunday is silent on Monday at ten, and not on Sunday', () => {
    const listener = newListener('hep 101');
    const open = (minute: number): number =>
      isWorkday(minute) && hourOf(minute) >= 8 && hourOf(minute) < 18 ? FULL : 0;
    const week = MONDAY + 14 * DAY;
    const before = play(listener, MONDAY, week + 660, open);
    expect(before.filter((minute) => minute > MONDAY + 8 * DAY)).toEqual([]);
    expect(play(listener, week + 660, week + 670, () => 0)).toHaveLength(10);
  });

  it('that is heard once a minute is silent after a minute, and not after a third of one', () => {
    const listener = newListener('fs1');
    play(listener, MONDAY, MONDAY + 300, () => 2);
    expect(play(listener, MONDAY + 300, MONDAY + 302, () => 1)).toEqual([]);
    expect(play(listener, MONDAY + 302, MONDAY + 304, () => 0)).toEqual([MONDAY + 302, MONDAY + 303]);
  });

  it('that was heard now and then tells nothing by silence', () => {
    const listener = newListener('hep 9');
    const silent = play(listener, MONDAY, MONDAY + 3 * DAY, (minute) => (minute % 7 === 3 ? 0 : 5));
    expect(silent).toEqual([]);
  });

  it('that was taken down is given up after a day', () => {
    const listener = newListener('hep 101');
    play(listener, MONDAY, MONDAY + 9 * DAY, () => FULL);
    const silent = play(listener, MONDAY + 9 * DAY, MONDAY + 14 * DAY, () => 0);
    expect(silent).toHaveLength(GIVEN_UP_MINUTES);
  });
});
