import { describe, expect, it } from 'vitest';
import { step } from '../../../core/detect/detector.ts';
import { redraw } from '../../../core/detect/redraw.ts';
import { createPlayer, DAY, MONDAY, TEN, usual } from './series.ts';

const failing = (ratio: number) => (minute: number) => ({ ...usual(minute), ratio });

describe('a series of minutes', () => {
  it('pages for nothing in the weeks in which it learns and in a quiet week after them', () => {
    const { play } = createPlayer(1);
    expect(play(MONDAY, MONDAY + 28 * DAY, usual)).toEqual([]);
  });

  it('opens once for an outage, says its numbers, and closes once it has been normal for a while', () => {
    const { play } = createPlayer(7);
    expect(play(MONDAY, TEN, usual)).toEqual([]);
    const found = play(TEN, TEN + 20, failing(1));
    expect(found.map(({ kind, state, test }) => ({ kind, state, test }))).toEqual([
      { kind: 'failures', state: 'opened', test: 'fast' },
    ]);
    const [opened] = found;
    expect(opened!.minute - TEN).toBeLessThan(3);
    expect(opened!.sinceMinute).toBeGreaterThanOrEqual(TEN - 1);
    expect(opened!.failed).toBeGreaterThan(4);
    expect(opened!.attempts).toBeGreaterThanOrEqual(opened!.failed);
    expect(opened!.expectedFailed).toBeLessThan(opened!.attempts * 0.1);
    expect(opened!.score).toBeGreaterThanOrEqual(opened!.threshold);
    const after = play(TEN + 20, TEN + 120, usual);
    expect(after.map(({ state }) => state)).toEqual(['closed']);
    expect(after[0]!.minute).toBeGreaterThanOrEqual(TEN + 20 + 14);
  });

  it('finds a leak that no window of a few minutes shows', () => {
    const { play } = createPlayer(15);
    play(MONDAY, TEN, usual);
    const [opened] = play(TEN, TEN + 180, failing(0.11));
    expect(opened).toMatchObject({ kind: 'failures', state: 'opened', test: 'slow' });
    expect(opened!.minute - TEN).toBeGreaterThan(5);
  });

  it('finds the next outage although one has just ended', () => {
    const { play } = createPlayer(4);
    play(MONDAY, TEN, usual);
    play(TEN, TEN + 60, failing(1));
    play(TEN + 60, TEN + 120, usual);
    const [again] = play(TEN + 120, TEN + 140, failing(1));
    expect(again).toMatchObject({ kind: 'failures', state: 'opened' });
    expect(again!.minute - TEN - 120).toBeLessThan(5);
  });

  it('says that calls vanished when none come, and not that calls fail', () => {
    const { play } = createPlayer(5);
    play(MONDAY, TEN, usual);
    const found = play(TEN, TEN + 15, (minute) => ({ ...usual(minute), rate: 0 }));
    expect(found.map(({ kind, state }) => ({ kind, state }))).toEqual([{ kind: 'vanished', state: 'opened' }]);
    expect(found[0]!.expectedAttempts).toBeGreaterThan(10);
  });

  it('does not take a holiday with a fourth of the calls for vanished calls', () => {
    const { play } = createPlayer(6);
    const morning = TEN - 600;
    play(MONDAY, morning, usual);
    expect(play(morning, morning + DAY, (minute) => ({ ...usual(minute), rate: usual(minute).rate / 4 }))).toEqual([]);
  });

  it('says of blind minutes that they were blind, whatever was counted in them', () => {
    const { play } = createPlayer(7);
    play(MONDAY, TEN, usual);
    const found = play(TEN, TEN + 60, (minute) =>
      minute < TEN + 30 ? { rate: 6, ratio: 0.9, blind: true } : usual(minute),
    );
    expect(found.map(({ kind, state, test }) => ({ kind, state, test }))).toEqual([
      { kind: 'blind', state: 'opened', test: 'sensor' },
      { kind: 'blind', state: 'closed', test: 'sensor' },
    ]);
  });

  it('does not learn from blind minutes', () => {
    const { play, state } = createPlayer(8);
    play(MONDAY, TEN, usual);
    const before = state.history.attempts.reduce((sum, n) => sum + n, 0);
    play(TEN, TEN + 30, (minute) => ({ ...usual(minute), blind: true }));
    expect(state.history.attempts.reduce((sum, n) => sum + n, 0)).toBe(before);
  });

  it('takes what goes on for a day for what is usual, and does not page for it again', () => {
    const { play } = createPlayer(3);
    play(MONDAY, TEN, usual);
    const found = play(TEN, TEN + 6 * DAY, failing(0.3));
    expect(found.map(({ state }) => state)).toEqual(['opened', 'accepted']);
  });

  it('goes on from JSON as if it had never stopped', () => {
    const { play, state } = createPlayer(10);
    play(MONDAY, TEN, usual);
    const copy = JSON.parse(JSON.stringify(state)) as typeof state;
    for (let minute = TEN; minute < TEN + 5; minute++) {
      const counted = { minute, attempts: 12, failed: 11, blind: false };
      expect(step(copy, counted)).toEqual(step(state, counted));
    }
    expect(copy).toEqual(state);
    expect(state.open).not.toBeNull();
  });

  it('ignores a minute that it has had', () => {
    const { play, state } = createPlayer(11);
    play(MONDAY, TEN, usual);
    const before = JSON.stringify(state);
    expect(step(state, { minute: TEN - 1, attempts: 50, failed: 50, blind: false })).toEqual([]);
    expect(JSON.stringify(state)).toBe(before);
  });

  it.each([
    ['fast', 1, 12],
    ['slow', 0.11, 15],
  ] as const)('is redrawn from the inputs that a finding of the %s test carries', (test, ratio, seed) => {
    const { play } = createPlayer(seed);
    play(MONDAY, TEN, usual);
    const [opened] = play(TEN, TEN + 200, failing(ratio));
    expect(opened!.test).toBe(test);
    const drawn = redraw(JSON.parse(JSON.stringify(opened!.inputs)));
    expect(drawn.at(-1)!.minute).toBe(opened!.minute);
    expect(drawn.at(-1)![test]).toBeCloseTo(opened!.score, 9);
    expect(drawn.filter((minute) => minute[test] >= opened!.threshold)).toHaveLength(1);
    // With the failures as usual the same inputs page for nothing.
    const minutes = opened!.inputs.minutes.map((seen) => ({ ...seen, failed: Math.round(seen.attempts * 0.05) }));
    expect(Math.max(...redraw({ ...opened!.inputs, minutes }).map((minute) => minute[test]))).toBeLessThan(
      opened!.threshold,
    );
  });
});
