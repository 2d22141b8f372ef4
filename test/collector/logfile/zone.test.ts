import { afterEach, describe, expect, it } from 'vitest';
import { fixedZone, machineZone } from '../../../collector/logfile/zone.ts';

const us = (text: string): number => Date.parse(text) * 1000 + 736_096;
const MACHINE = process.env.TZ;

afterEach(() => {
  if (MACHINE === undefined) delete process.env.TZ;
  else process.env.TZ = MACHINE;
});

describe('fixedZone', () => {
  it('is so many minutes ahead of UTC all year', () => {
    expect(fixedZone(345).toUtc(us('2026-01-21T16:06:38Z'), undefined)).toBe(us('2026-01-21T10:21:38Z'));
    expect(fixedZone(-60).toUtc(us('2026-07-21T10:00:00Z'), undefined)).toBe(us('2026-07-21T11:00:00Z'));
  });
});

describe('machineZone', () => {
  it('uses the offset of the time of the line, not of today', () => {
    process.env.TZ = 'Europe/Berlin';
    expect(machineZone().toUtc(us('2026-01-21T10:00:00Z'), undefined)).toBe(us('2026-01-21T09:00:00Z'));
    expect(machineZone().toUtc(us('2026-07-21T10:00:00Z'), undefined)).toBe(us('2026-07-21T08:00:00Z'));
  });

  it('tells the hour that comes twice by the line before', () => {
    process.env.TZ = 'Europe/Berlin';
    const zone = machineZone();
    const first = zone.toUtc(us('2026-10-25T02:30:00Z'), us('2026-10-25T00:29:00Z'));
    expect(first).toBe(us('2026-10-25T00:30:00Z'));
    // Clocks go back at 03:00 summer time; a line a little out of order does not.
    expect(zone.toUtc(us('2026-10-25T02:29:59Z'), first)).toBe(us('2026-10-25T00:29:59Z'));
    const again = zone.toUtc(us('2026-10-25T02:00:00Z'), us('2026-10-25T00:59:59Z'));
    expect(again).toBe(us('2026-10-25T01:00:00Z'));
    expect(zone.toUtc(us('2026-10-25T02:30:00Z'), again)).toBe(us('2026-10-25T01:30:00Z'));
    expect(zone.toUtc(us('2026-10-25T03:00:00Z'), again)).toBe(us('2026-10-25T02:00:00Z'));
  });

  it('tells it also where clocks are put back by half an hour', () => {
    process.env.TZ = 'Australia/Lord_Howe';
    const again = machineZone().toUtc(us('2026-04-05T01:45:00Z'), us('2026-04-04T14:59:00Z'));
    expect(again).toBe(us('2026-04-04T15:15:00Z'));
  });

  it('leaves a line that is long before the last one alone when its time came once', () => {
    process.env.TZ = 'Europe/Berlin';
    const later = us('2026-07-21T20:00:00Z');
    expect(machineZone().toUtc(us('2026-07-21T10:00:00Z'), later)).toBe(us('2026-07-21T08:00:00Z'));
  });
});
