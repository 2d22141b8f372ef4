import { microsOf } from '../core/ladder/moment.ts';

export { microsOf } from '../core/ladder/moment.ts';
export { delta, duration } from '../core/ladder/span.ts';

/** Times and durations as text. All clock times are in the zone of the browser, which {@link zone} names. */

const two = (value: number): string => String(value).padStart(2, '0');

/** "10:21:38.752", or with six decimals. */
export function clock(us: number, decimals: 0 | 3 | 6 = 3): string {
  const date = new Date(Math.floor(us / 1000));
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (decimals === 0) return text;
  const fraction = String(((us % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${text}.${fraction.slice(0, decimals)}`;
}

/** "2026-11-21" */
export function day(us: number): string {
  const date = new Date(Math.floor(us / 1000));
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** "2026-11-21 10:21:38" in the browser's zone; the text itself when it is no time, "–" for null. */
export function dateTime(iso: string | null, decimals: 0 | 3 | 6 = 0): string {
  if (iso === null) return '–';
  const us = microsOf(iso);
  return us === undefined ? iso : `${day(us)} ${clock(us, decimals)}`;
}

/** "10:21:38.752" of an ISO time; the text itself when it is no time, "–" for null. */
export function timeOf(iso: string | null, decimals: 0 | 3 | 6 = 3): string {
  if (iso === null) return '–';
  const us = microsOf(iso);
  return us === undefined ? iso : clock(us, decimals);
}

/** µs between two ISO times; undefined when one is missing. */
export function between(from: string | null, until: string | null): number | undefined {
  if (from === null || until === null) return undefined;
  const a = microsOf(from);
  const b = microsOf(until);
  return a === undefined || b === undefined ? undefined : b - a;
}

/** "GMT+1": how the clock times of the page differ from UTC on `at`. */
export function offset(at: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' }).formatToParts(at);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** "Europe/Berlin (GMT+1)": the zone of every clock time on the page, as it is on `at`. */
export function zone(at: Date): string {
  const name = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === offset(at) ? name : `${name} (${offset(at)})`;
}
