import { describe, expect, test } from 'vitest';
import { between, clock, dateTime, delta, duration, microsOf, timeOf } from '../../web/format.ts';

describe('times', () => {
  test('are read to the microsecond', () => {
    expect(microsOf('1970-01-01T00:00:01.000002Z')).toBe(1_000_002);
    expect(microsOf('1970-01-01T00:00:01.5Z')).toBe(1_500_000);
    expect(microsOf('1970-01-01T01:00:00+01:00')).toBe(0);
    expect(microsOf('yesterday')).toBeUndefined();
    expect(between('2026-11-21T10:21:38.752001Z', '2026-11-21T10:21:38.752003Z')).toBe(2);
    expect(between(null, '2026-11-21T10:21:38.752003Z')).toBeUndefined();
  });

  test('keep their microseconds in whatever zone they are shown', () => {
    const us = microsOf('2026-11-21T10:21:38.052001Z')!;
    expect(clock(us, 6)).toMatch(/:38\.052001$/);
    expect(clock(us)).toMatch(/:38\.052$/);
    expect(clock(us, 0)).toMatch(/:38$/);
  });

  test('that are missing or unreadable are said as such', () => {
    expect(dateTime(null)).toBe('–');
    expect(timeOf(null)).toBe('–');
    expect(timeOf('soon')).toBe('soon');
  });
});

test.each([
  [0, '0 ms'],
  [45_200, '45 ms'],
  [999_400, '999 ms'],
  [999_900, '1.0 s'],
  [4_206_000, '4.2 s'],
  [9_960_000, '10 s'],
  [59_400_000, '59 s'],
  [59_600_000, '1 min 00 s'],
  [125_000_000, '2 min 05 s'],
  [3_720_000_000, '1 h 02 min'],
  [-2_000_000, '−2.0 s'],
])('%i µs last %s', (us, text) => expect(duration(us)).toBe(text));

test.each([
  [0, '+0 µs'],
  [340, '+340 µs'],
  [-2000, '−2.0 ms'],
  [999_949, '+999.9 ms'],
  [999_950, '+1.000 s'],
  [3_214_000, '+3.214 s'],
  [125_000_000, '+2:05 min'],
  [3_900_000_000, '+1:05 h'],
])('%i µs are a difference of %s', (us, text) => expect(delta(us)).toBe(text));
