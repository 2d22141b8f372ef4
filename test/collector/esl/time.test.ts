import { describe, expect, it } from 'vitest';
import { createNodeClock, localTime, offsetByArrival, senderTime } from '../../../collector/esl/time.ts';

const AT = Date.UTC(2026, 10, 21, 10, 21, 38) * 1000 + 736_096;

describe('senderTime', () => {
  it('keeps a clock that is off by less than an hour', () => {
    expect(senderTime(AT, AT + 3_599_000_000, false)).toBe(AT);
    expect(senderTime(AT, AT - 3_599_000_000, false)).toBe(AT);
  });
  it('takes the arrival for a clock that is off by more, unless the clock is trusted', () => {
    expect(senderTime(AT, AT + 3_601_000_000, false)).toBe(AT + 3_601_000_000);
    expect(senderTime(AT, AT + 3_601_000_000, true)).toBe(AT);
  });
  it('takes the arrival when there is no time at all', () => {
    expect(senderTime(0, AT, true)).toBe(AT);
    expect(senderTime(Number.NaN, AT, true)).toBe(AT);
  });
});

describe('localTime', () => {
  it('reads the beginning of a log line to the microsecond', () => {
    expect(localTime('2026-11-21 10:21:38.736096 7.13% [NOTICE] x')).toBe(AT);
  });
  it('reads nothing else', () => {
    expect(localTime('EXECUTE [depth=0] sofia/x')).toBeUndefined();
    expect(localTime('')).toBeUndefined();
  });
});

describe('offsetByArrival', () => {
  it('rounds to the quarter of an hour, so that a late line does not move the zone', () => {
    expect(offsetByArrival(AT + 345 * 60_000_000, AT + 90_000_000)).toBe(345);
    expect(offsetByArrival(AT - 210 * 60_000_000, AT)).toBe(-210);
  });
  it('says nothing about times that no zone explains', () => {
    expect(offsetByArrival(AT - 15 * 3_600_000_000, AT)).toBeUndefined();
  });
});

describe('createNodeClock', () => {
  const event = (local: string): Record<string, string> => ({
    'Event-Date-Local': local,
    'Event-Date-Timestamp': String(AT),
  });
  it('learns the zone from an event, and summer time from a later one', () => {
    const clock = createNodeClock();
    expect(clock.offsetMinutes()).toBeUndefined();
    clock.learn(event('2026-11-21 16:06:38'));
    expect(clock.offsetMinutes()).toBe(345);
    clock.learn(event('2026-11-21 11:21:38'));
    expect(clock.offsetMinutes()).toBe(60);
  });
  it('believes the configuration before any event', () => {
    const clock = createNodeClock(-210);
    clock.learn(event('2026-11-21 11:21:38'));
    expect(clock.offsetMinutes()).toBe(-210);
  });
  it('tells those who wait as soon as it knows, and that it does not know after the time they gave', async () => {
    const clock = createNodeClock();
    const waiting = clock.known(60_000);
    expect(await clock.known(1)).toBe(false);
    clock.learn({ 'Event-Date-Local': 'yesterday', 'Event-Date-Timestamp': String(AT) });
    clock.learn(event('2026-11-21 10:21:38'));
    expect(await waiting).toBe(true);
    expect(await clock.known(60_000)).toBe(true);
  });
});
