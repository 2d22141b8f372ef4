/**
 * The time zone of every clock time on the page: chosen once, kept by the browser, and in the address where it is not the
 * browser's own, so that a link shows another reader the same times.
 */

/** "" for the zone of the browser, "UTC", or a name of the IANA time zone database. */
let chosen = '';
let names: Intl.DateTimeFormat | undefined;
/** The difference from UTC, by quarter of an hour: no zone changes between two of them. */
const known = new Map<number, number>();

const KEY = 'calltrail-zone';
const QUARTER_MS = 900_000;
/** A ladder of some hours has a few; a list of years some thousand. */
const MOST_KNOWN = 10_000;

export const chosenZone = (): string => chosen;

/** "Europe/Berlin" */
export const browserZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone under its name; `undefined` for a text that names none. */
export function readZone(text: string | null): string | undefined {
  if (text === null || text === '' || text.length > 64) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    // What is no zone is a RangeError; whoever wrote the address meant something else.
    return undefined;
  }
}

/** Shows times in this zone from now on. */
export function setZone(zone: string): void {
  chosen = zone;
  known.clear();
  names =
    zone === ''
      ? undefined
      : new Intl.DateTimeFormat('en', {
          ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
          ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
        });
}

/** The zone that an address asks for, else the one that was kept, else the browser's. */
export function zoneOf(options: URLSearchParams, store: Pick<Storage, 'getItem'> | undefined): string {
  return readZone(options.get('tz')) ?? readZone(store?.getItem(KEY) ?? null) ?? '';
}

export function keepZone(zone: string, store: Pick<Storage, 'setItem' | 'removeItem'> | undefined): void {
  if (zone === '') store?.removeItem(KEY);
  else store?.setItem(KEY, zone);
}

/** A local address with the zone that is shown, or without one where that is the browser's. */
export function inZone(address: string): string {
  const [path = ''] = address.split('?', 1);
  const options = new URLSearchParams(address.slice(path.length));
  if (chosen === '') options.delete('tz');
  else options.set('tz', chosen);
  const text = options.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** ms that the clock of the zone is ahead of UTC at an instant. */
export function aheadMs(ms: number): number {
  const quarter = Math.floor(ms / QUARTER_MS);
  const before = known.get(quarter);
  if (before !== undefined) return before;
  const ahead = askAhead(ms);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(quarter, ahead);
  return ahead;
}

function askAhead(ms: number): number {
  if (names === undefined) return -new Date(ms).getTimezoneOffset() * 60_000;
  const parts = Object.fromEntries(names.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

/** Epoch ms of what a clock of the zone shows as "2026-11-21T10:21"; undefined for what is no such text. */
export function momentOf(local: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local) ? Date.parse(`${local}Z`) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  // Near a change of the clock the first guess is an hour off.
  return ms - aheadMs(ms - aheadMs(ms));
}

/** "2026-11-21T10:21", as a field for date and time has it. */
export const localOf = (ms: number): string => new Date(ms + aheadMs(ms)).toISOString().slice(0, 16);
