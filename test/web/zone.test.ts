import { afterEach, describe, expect, test } from 'vitest';
import { dateTime, microsOf, offset, timeOf, zone } from '../../web/format.ts';
import { inZone, keepZone, localOf, momentOf, readZone, setZone, zoneOf } from '../../web/zone.ts';

afterEach(() => setZone(''));

/** What a browser keeps. */
function keeper() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('the time zone', () => {
  test.each([
    ['UTC', '2026-11-21T23:30:00.123456Z', '2026-11-21 23:30:00.123456 UTC'],
    ['Europe/Berlin', '2026-11-21T23:30:00.123456Z', '2026-11-22 00:30:00.123456 GMT+1'],
    ['Europe/Berlin', '2026-07-01T10:00:00.000001Z', '2026-07-01 12:00:00.000001 GMT+2'],
    ['Asia/Kolkata', '2026-11-21T23:59:59.999999Z', '2026-11-22 05:29:59.999999 GMT+5:30'],
    ['America/New_York', '2026-03-08T06:59:59.999999Z', '2026-03-08 01:59:59.999999 GMT−5'],
    ['America/New_York', '2026-03-08T07:00:00.000000Z', '2026-03-08 03:00:00.000000 GMT−4'],
    ['Asia/Shanghai', '2026-12-31T16:00:00.000000Z', '2027-01-01 00:00:00.000000 GMT+8'],
  ])('%s shows %s as %s', (name, iso, text) => {
    setZone(name);
    expect(dateTime(iso, 6)).toBe(text);
    expect(timeOf(iso, 6)).toBe(text.split(' ')[1]);
    expect(offset(microsOf(iso)!)).toBe(text.split(' ')[2]);
  });

  test('has a name, and says how it differs from UTC at that time', () => {
    const us = microsOf('2026-07-01T10:00:00Z')!;
    setZone('Europe/Berlin');
    expect(zone(us)).toBe('Europe/Berlin (GMT+2)');
    setZone('UTC');
    expect(zone(us)).toBe('UTC');
  });

  test('is the one of the address, else the one that was kept, else the browser’s', () => {
    const store = keeper();
    const of = (search: string): string => zoneOf(new URLSearchParams(search), store);
    expect(of('')).toBe('');
    keepZone('Asia/Shanghai', store);
    expect(of('')).toBe('Asia/Shanghai');
    expect(of('tz=UTC')).toBe('UTC');
    expect(of('tz=%3Cscript%3E')).toBe('Asia/Shanghai');
    expect(zoneOf(new URLSearchParams(), undefined)).toBe('');
    keepZone('', store);
    expect(of('')).toBe('');
  });

  test('is not taken from a text that names none', () => {
    for (const text of [null, '', 'Mars/Olympus', '<b>', '../../etc', 'x'.repeat(10_000)])
      expect(readZone(text)).toBeUndefined();
    expect(readZone('utc')).toBe('UTC');
  });

  test('stands in an address beside what is there', () => {
    setZone('Europe/Berlin');
    expect(inZone('/calls/a%3Fb?step=1&tz=UTC')).toBe('/calls/a%3Fb?step=1&tz=Europe%2FBerlin');
    expect(inZone('/')).toBe('/?tz=Europe%2FBerlin');
    setZone('');
    expect(inZone('/?q=a%3Fb&tz=UTC')).toBe('/?q=a%3Fb');
    expect(inZone('/')).toBe('/');
  });

  test.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
    'a time typed in %s is the moment that is shown as it',
    (name) => {
      setZone(name);
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 37_800_000) {
        expect(localOf(momentOf(localOf(ms))!)).toBe(localOf(ms));
      }
      expect(momentOf('soon')).toBeUndefined();
      expect(momentOf('2026-13-45T99:99')).toBeUndefined();
    },
  );
});
