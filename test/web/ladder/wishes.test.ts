import { describe, expect, test } from 'vitest';
import { DEFAULT_FILTER, type Filter, hiddenBy, passes } from '../../../core/ladder/filter.ts';
import type { Step } from '../../../web/api.ts';
import { DEFAULT_WISHES, PAUSES, readWishes, TIMES, type Wishes, writeWishes } from '../../../web/ladder/wishes.ts';
import { ladder } from '../fixtures.ts';

const model = ladder.steps[0]!;
const step = (change: Partial<Step>): Step => ({ ...model, ...change });
const filtered = (change: Partial<Filter>): Filter => ({ ...DEFAULT_FILTER, ...change });

describe('what the ladder shows', () => {
  test('by default: messages, events of note, log lines from warning on, gaps', () => {
    const shown = (change: Partial<Step>) => passes(step(change), DEFAULT_FILTER);
    expect(shown({ kind: 'message' })).toBe(true);
    expect(shown({ kind: 'message', media: true })).toBe(true);
    expect(shown({ kind: 'event', title: 'CHANNEL_ANSWER' })).toBe(true);
    expect(shown({ kind: 'event', title: 'CHANNEL_STATE' })).toBe(false);
    expect(shown({ kind: 'event', title: 'CHANNEL_EXECUTE bridge' })).toBe(false);
    expect(shown({ kind: 'event', title: 'CUSTOM conference::maintenance' })).toBe(true);
    expect(shown({ kind: 'log', level: 4 })).toBe(true);
    expect(shown({ kind: 'log', level: 5 })).toBe(false);
    expect(shown({ kind: 'log', level: 7 })).toBe(false);
    expect(shown({ kind: 'gap' })).toBe(true);
  });

  test('a gap is never filtered away', () => {
    const nothing = filtered({ sip: false, media: false, events: false, logs: false, level: 0, text: 'nowhere' });
    expect(ladder.steps.filter((one) => passes(one, nothing)).map((one) => one.kind)).toEqual(['gap']);
  });

  test('every event shows the chatty ones too, but not when events are off', () => {
    const chatty = step({ kind: 'event', title: 'CHANNEL_CALLSTATE' });
    expect(passes(chatty, filtered({ everyEvent: true }))).toBe(true);
    expect(passes(chatty, filtered({ everyEvent: true, events: false }))).toBe(false);
  });

  test('what a switch hides is counted under that switch, the first that does', () => {
    expect(hiddenBy(step({ kind: 'log', level: 7 }), filtered({ text: 'x' }))).toBe('level');
    expect(hiddenBy(step({ kind: 'log', level: 7 }), filtered({ logs: false }))).toBe('logs');
    expect(hiddenBy(step({ media: true, method: null }), filtered({ media: false }))).toBe('media');
    expect(hiddenBy(step({}), filtered({ withoutLegs: ['B'] }), 'B')).toBe('leg');
    expect(hiddenBy(step({}), filtered({ withoutLegs: ['B'] }), 'A')).toBeUndefined();
    expect(hiddenBy(step({}), filtered({ withoutLegs: ['B'] }))).toBeUndefined();
  });

  test('a method goes with the responses to it, and with nothing that only looks like one', () => {
    const without = filtered({ withoutMethods: ['OPTIONS'] });
    expect(hiddenBy(step({ method: 'OPTIONS', status: null }), without)).toBe('method');
    expect(hiddenBy(step({ method: null, status: 200, title: '200 OK', detail: 'OPTIONS' }), without)).toBe('method');
    expect(hiddenBy(step({ method: 'INVITE', title: 'OPTIONS', detail: 'OPTIONS' }), without)).toBeUndefined();
    expect(hiddenBy(step({ kind: 'log', level: 3, method: null, detail: 'OPTIONS' }), without)).toBeUndefined();
  });

  test('a text is looked for in any case of letters, and never as a pattern', () => {
    expect(passes(step({ title: 'INVITE' }), filtered({ text: 'invi' }))).toBe(true);
    expect(passes(step({ detail: 'sip:(200)@example.com' }), filtered({ text: '(200)' }))).toBe(true);
    expect(passes(step({ title: 'INVITE' }), filtered({ text: '.*' }))).toBe(false);
  });
});

describe('the address', () => {
  const back = (wishes: Wishes): Wishes => {
    const options = new URLSearchParams();
    writeWishes(wishes, options);
    return readWishes(new URLSearchParams(options.toString()));
  };

  test('says nothing about the default and keeps what else it says', () => {
    const options = new URLSearchParams('step=abc&sip=off&lane=x&hide=y');
    writeWishes(DEFAULT_WISHES, options);
    expect(options.toString()).toBe('step=abc');
  });

  test('brings every choice back', () => {
    for (const sip of [true, false])
      for (const logs of [true, false])
        for (const [events, everyEvent] of [
          [true, false],
          [true, true],
          [false, false],
        ] as const)
          for (let level = 0; level <= 7; level += 1) {
            const wishes = {
              ...DEFAULT_WISHES,
              filter: filtered({ sip, media: logs, events, everyEvent, logs, level }),
            };
            expect(back(wishes)).toEqual(wishes);
          }
    for (const time of TIMES)
      for (const pause of PAUSES) expect(back({ ...DEFAULT_WISHES, time, pause })).toMatchObject({ time, pause });
    for (const name of ['story', 'bands', 'runs'] as const)
      expect(back({ ...DEFAULT_WISHES, [name]: false })[name]).toBe(false);
  });

  test('brings back lanes and texts with any character in them', () => {
    const odd = ['node:a,b&c=d', '[::1]:5060', '<b>%2C', ' '];
    const wishes: Wishes = {
      ...DEFAULT_WISHES,
      lanes: { order: odd, hidden: [...odd].reverse(), boxes: true },
      filter: filtered({ text: 'a&b=c, <d>', withoutLegs: ['A', 'AB'], withoutMethods: ['INVITE', 'BYE'] }),
    };
    expect(back(wishes)).toEqual(wishes);
  });

  test('with nonsense in it means the default', () => {
    expect(readWishes(new URLSearchParams('sip=banana&events=&level=99&logs=1&pause=-3&time=noon'))).toEqual(
      DEFAULT_WISHES,
    );
  });
});
