import { describe, expect, test } from 'vitest';
import { DEFAULT_FILTER, type Filter, passes } from '../../../core/ladder/filter.ts';
import type { Step } from '../../../web/api.ts';
import { countKinds, readFilter, writeFilter } from '../../../web/ladder/filter.ts';
import { ladder } from '../fixtures.ts';

const model = ladder.steps[0]!;
const step = (change: Partial<Step>): Step => ({ ...model, ...change });

describe('what the ladder shows', () => {
  test('by default: messages, events of note, log lines from warning on, gaps', () => {
    const shown = (change: Partial<Step>) => passes(step(change), DEFAULT_FILTER);
    expect(shown({ kind: 'message' })).toBe(true);
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
    const nothing: Filter = { sip: false, events: false, everyEvent: false, logs: false, level: 0 };
    expect(ladder.steps.filter((one) => passes(one, nothing)).map((one) => one.kind)).toEqual(['gap']);
  });

  test('every event shows the chatty ones too, but not when events are off', () => {
    const chatty = step({ kind: 'event', title: 'CHANNEL_CALLSTATE' });
    expect(passes(chatty, { ...DEFAULT_FILTER, everyEvent: true })).toBe(true);
    expect(passes(chatty, { ...DEFAULT_FILTER, everyEvent: true, events: false })).toBe(false);
  });

  test('the counts are of all steps', () => {
    const counts = countKinds(ladder.steps);
    expect(counts.message + counts.event + counts.log + counts.gap).toBe(ladder.steps.length);
    expect(counts.event - counts.ofNote).toBe(2);
  });
});

describe('the address', () => {
  test('says nothing about the default and keeps what else it says', () => {
    const options = new URLSearchParams('step=abc&sip=off');
    writeFilter(DEFAULT_FILTER, options);
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
            const filter: Filter = { sip, events, everyEvent, logs, level };
            const options = new URLSearchParams();
            writeFilter(filter, options);
            expect(readFilter(new URLSearchParams(options.toString()))).toEqual(filter);
          }
  });

  test('with nonsense in it means the default', () => {
    expect(readFilter(new URLSearchParams('sip=banana&events=&level=99&logs=1'))).toEqual(DEFAULT_FILTER);
  });
});
