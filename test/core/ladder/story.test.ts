import { describe, expect, test } from 'vitest';
import type { MediaSession } from '../../../core/ladder/media.ts';
import { type StoryLeg, storyOf } from '../../../core/ladder/story.ts';
import { barWords, endSign, ticksOf } from '../../../core/ladder/story-words.ts';
import { step } from './steps.ts';

const leg = (id: string, change: Partial<StoryLeg> = {}): StoryLeg => ({
  ...{ id, callId: id, channels: [{ uuid: `channel-${id}` }], method: 'INVITE', parent: null },
  ...{ startedUs: 0, ringingUs: 10, answeredUs: 50, endedUs: 100, outcome: 'answered', hungUpBy: 'answerer' },
  ...change,
});
const event = (id: string, title: string, atUs: number, channel = 'channel-a') =>
  step({ ...{ id, title, atUs, channel }, kind: 'event', callId: null, method: null, to: null });
const session = (direction: MediaSession['direction'], sinceUs: number, untilUs: number): MediaSession => ({
  ...{ id: `media-${sinceUs}`, callId: 'a', a: 'x', b: 'y', aAddress: '', bAddress: '', codec: 'audio PCMU' },
  ...{ direction, sinceUs, untilUs, sinceStep: '', untilStep: null, reports: 0, heardByA: null, heardByB: null },
});
const phasesOf = (...given: Parameters<typeof storyOf>): readonly string[] =>
  storyOf(...given).bars.map(({ phases }) =>
    phases.map(({ kind, fromUs, untilUs }) => `${kind} ${fromUs}-${untilUs}`).join(' '),
  );

describe('the bar of a leg', () => {
  test('is trying, ringing and talking, one after the other', () => {
    expect(phasesOf([leg('a')], [], [])).toEqual(['trying 0-10 ringing 10-50 talking 50-100']);
  });

  test('leaves out what did not happen', () => {
    const busy = leg('a', { ringingUs: undefined, answeredUs: undefined, outcome: 'busy', hungUpBy: null });
    expect(phasesOf([busy], [], [])).toEqual(['trying 0-100']);
    const noAnswer = leg('a', { answeredUs: undefined, outcome: 'no_answer' });
    expect(phasesOf([noAnswer], [], [])).toEqual(['trying 0-10 ringing 10-100']);
    expect(phasesOf([leg('a', { ringingUs: undefined })], [], [])).toEqual(['trying 0-50 talking 50-100']);
  });

  test('goes on as far as anything was seen when its end was not', () => {
    const { bars } = storyOf([leg('a', { endedUs: undefined })], [step({ id: 's', atUs: 300 })], []);
    expect(bars[0]).toMatchObject({ open: true, untilUs: 300 });
    expect(endSign(bars[0]!)).toBe('…');
  });

  test('has no hole and no phase of a negative length, also when clocks of two sensors differ', () => {
    for (const change of [
      { ringingUs: 70 },
      { ringingUs: -20 },
      { answeredUs: 120 },
      { endedUs: -5 },
      { answeredUs: -1 },
    ]) {
      const { phases, fromUs, untilUs } = storyOf([leg('a', change)], [], []).bars[0]!;
      let at = fromUs;
      for (const phase of phases) {
        expect(phase.fromUs, JSON.stringify(change)).toBe(at);
        expect(phase.untilUs).toBeGreaterThan(phase.fromUs);
        at = phase.untilUs;
      }
      expect(at).toBe(untilUs);
    }
  });

  test('is held between CHANNEL_HOLD and CHANNEL_UNHOLD of its channel, and to its end when nobody resumes', () => {
    const steps = [event('1', 'CHANNEL_HOLD', 60), event('2', 'CHANNEL_HOLD', 61), event('3', 'CHANNEL_UNHOLD', 70)];
    expect(phasesOf([leg('a')], steps, [])).toEqual([
      'trying 0-10 ringing 10-50 talking 50-60 held 60-70 talking 70-100',
    ]);
    expect(phasesOf([leg('a')], [...steps, event('4', 'Hold', 90)], [])[0]).toMatch(/talking 70-90 held 90-100$/);
    expect(phasesOf([leg('b')], steps, [])).toEqual(['trying 0-10 ringing 10-50 talking 50-100']);
  });

  test('is held while a re-INVITE has its media go one way or not at all, which the events may say as well', () => {
    const media = [session('sendrecv', 50, 60), session('sendonly', 60, 65), session('inactive', 65, 72)];
    const steps = [event('1', 'CHANNEL_HOLD', 62), event('2', 'CHANNEL_UNHOLD', 70)];
    for (const told of [[], steps]) {
      expect(phasesOf([leg('a')], told, media)).toEqual([
        'trying 0-10 ringing 10-50 talking 50-60 held 60-72 talking 72-100',
      ]);
    }
  });

  test('is not held by media that never went both ways, such as an announcement, nor before it was answered', () => {
    expect(phasesOf([leg('a')], [], [session('recvonly', 50, 100)])[0]).not.toContain('held');
    const early = [session('sendrecv', 10, 20), session('inactive', 20, 60)];
    expect(phasesOf([leg('a')], [], early)).toEqual(['trying 0-10 ringing 10-50 held 50-60 talking 60-100']);
  });
});

describe('the story of a call', () => {
  test('has each leg below the one that dialled it, before what that one dialled later', () => {
    const legs = [leg('a'), leg('b', { parent: 'a' }), leg('c', { parent: 'a' }), leg('d', { parent: 'b' }), leg('e')];
    expect(storyOf(legs, [], []).bars.map((bar) => [bar.leg.id, bar.depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 2],
      ['c', 1],
      ['e', 0],
    ]);
  });

  test('has every leg once, whatever parents say', () => {
    const legs = [
      leg('a', { parent: 'b' }),
      leg('b', { parent: 'a' }),
      leg('c', { parent: 'gone' }),
      leg('d', { parent: 'd' }),
    ];
    const ids = storyOf(legs, [], []).bars.map((bar) => bar.leg.id);
    expect([...ids].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('begins with the first and ends with the last of its legs; what is no call has no bar', () => {
    const nothing = { startedUs: undefined, ringingUs: undefined, answeredUs: undefined, endedUs: undefined };
    const legs = [
      leg('a', { startedUs: 5 }),
      leg('b', { endedUs: 400 }),
      leg('c', { method: 'REGISTER', endedUs: 900 }),
    ];
    expect(storyOf([...legs, leg('d', nothing)], [], [])).toMatchObject({ fromUs: 0, untilUs: 400 });
    expect(storyOf([...legs, leg('d', nothing)], [], []).bars).toHaveLength(2);
    expect(storyOf([], [], []).bars).toEqual([]);
  });
});

test('a bar is said in words, with who dialled it and who hung up', () => {
  const told = leg('a', { ringingUs: 65_000, answeredUs: 4_265_000, endedUs: 38_265_000 });
  const [bar] = storyOf([told], [], []).bars;
  expect(barWords(bar!, 'A', (us) => `${us / 1_000_000} s`)).toBe(
    'dialled by leg A; begins at 0 s, tries for 65 ms, rings for 4.2 s, talks for 34 s; ends at 38.265 s: answered, the side that was called hung up',
  );
  expect(endSign(bar!)).toBe('▸');
});

test('an axis has few round moments within its length, whatever that is', () => {
  expect(ticksOf(34_000_000)).toEqual([0, 10, 20, 30].map((seconds) => seconds * 1_000_000));
  for (const span of [0, 1, 999, 12_345, 987_654, 60_000_000, 3_700_000_000, 90_000_000_000_000]) {
    const ticks = ticksOf(span);
    expect(ticks[0]).toBe(0);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect(ticks.at(-1)).toBeLessThanOrEqual(span);
  }
});
