import { microsOf } from '../core/ladder/moment.ts';
import { LOCALE } from './texts/language.ts';
import { aheadMs, browserZone, chosenZone } from './zone.ts';

export { microsOf } from '../core/ladder/moment.ts';
export { delta, duration } from '../core/ladder/span.ts';

/** Times, durations and numbers as text. All clock times are in the zone that was chosen (zone.ts), which {@link zone} names. */

const two = (value: number): string => String(value).padStart(2, '0');

/** What the clock of the zone shows, to be read as if it were UTC. */
function wallOf(us: number): Date {
  const ms = Math.floor(us / 1000);
  return new Date(ms + aheadMs(ms));
}

/** "10:21:38.752", or with six decimals. */
export function clock(us: number, decimals: 0 | 3 | 6 = 3): string {
  const date = wallOf(us);
  const text = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  if (decimals === 0) return text;
  const fraction = String(((us % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${text}.${fraction.slice(0, decimals)}`;
}

/** "2026-11-21" */
export function day(us: number): string {
  const date = wallOf(us);
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** "2026-11-21 10:21:38 GMT+1"; the text itself when it is no time, "–" for null. */
export function dateTime(iso: string | null, decimals: 0 | 3 | 6 = 0): string {
  if (iso === null) return '–';
  const us = microsOf(iso);
  return us === undefined ? iso : `${day(us)} ${clock(us, decimals)} ${offset(us)}`;
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

/** "GMT+1", "GMT+5:30", "UTC": how the clock of the zone differs from UTC at a time, which need not be as it is today. */
export function offset(us: number): string {
  const minutes = Math.round(aheadMs(Math.floor(us / 1000)) / 60_000);
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `GMT${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
}

/** "Europe/Berlin (GMT+1)": the zone of every clock time on the page, as it is at `us`. */
export function zone(us: number): string {
  const name = chosenZone() === '' ? browserZone() : chosenZone();
  return name === offset(us) ? name : `${name} (${offset(us)})`;
}

const numbers = new Intl.NumberFormat(LOCALE);

/** "1 234 567": a space between groups, whatever sign the language has. */
export const number = (count: number): string =>
  numbers
    .formatToParts(count)
    .map(({ type, value }) => (type === 'group' ? ' ' : value))
    .join('');

/** "+0.1234", "−3.2": with so many decimals. */
export const signed = (value: number, decimals: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(decimals)}`;

/** "+1.234 s" */
export const seconds = (value: number, decimals: number): string => `${signed(value, decimals)} s`;
