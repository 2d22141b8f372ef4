/** Times and durations as text. All clock times are in the zone of the browser, which {@link zone} names. */

const two = (value: number): string => String(value).padStart(2, '0');

/** Epoch µs of an ISO time with up to six decimals; undefined for what is none. */
export function microsOf(iso: string): number | undefined {
  const parts = /^(.*?)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)$/.exec(iso);
  if (parts === null) return undefined;
  const ms = Date.parse(`${parts[1]}${parts[3]}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number((parts[2] ?? '').padEnd(6, '0'));
}

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

/** A length of time for reading: "65 ms", "4.2 s", "34 s", "2 min 05 s", "1 h 02 min". */
export function duration(us: number): string {
  const seconds = Math.abs(us) / 1_000_000;
  const sign = us < 0 ? '−' : '';
  if (seconds < 0.9995) return `${sign}${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${sign}${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${sign}${whole} s`;
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${sign}${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** A difference for comparing: "+340 µs", "+12.3 ms", "+3.214 s", "+2:05 min"; "−" when a clock runs behind. */
export function delta(us: number): string {
  const sign = us < 0 ? '−' : '+';
  const size = Math.abs(us);
  if (size < 1000) return `${sign}${size} µs`;
  if (size < 999_950) return `${sign}${(size / 1000).toFixed(1)} ms`;
  if (size < 59_999_500) return `${sign}${(size / 1_000_000).toFixed(3)} s`;
  const seconds = Math.round(size / 1_000_000);
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}:${two(seconds % 60)} min`;
  return `${sign}${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))} h`;
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
