import { refused } from './refusal.ts';

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
  y: 31_536_000_000_000_000n,
};

const PART = /(\d{1,15})(?:\.(\d{1,9}))?(ns|us|µs|ms|s|m|h|d|w|y)/y;

/** A duration as Go and Prometheus write it ("5m", "1h30m", "0.5s") in ns; undefined for anything else. */
export function durationNs(text: string): bigint | undefined {
  let total = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const found = PART.exec(text);
    const unit = UNITS[found?.[3] ?? ''];
    if (found === null || unit === undefined) return undefined;
    total += BigInt(found[1] ?? '0') * unit;
    const fraction = found[2] ?? '';
    if (fraction !== '') total += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
  }
  return text === '' ? undefined : total;
}

const LAST_NS = 9_000_000_000_000_000_000n;
const SECOND = 1_000_000_000n;

/**
 * A time parameter in ns: an integer of at most ten digits is seconds, a longer one ns, a fraction seconds, and a date
 * RFC 3339, as Loki takes them. Undefined when absent.
 */
export function timeNs(name: string, text: string | undefined): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  let value: bigint | undefined;
  if (/^-?\d{1,19}$/.test(text)) value = text.length <= 10 ? BigInt(text) * SECOND : BigInt(text);
  else if (/^\d{1,10}\.\d{1,12}$/.test(text)) value = BigInt(Math.round(Number(text) * 1e6)) * 1000n;
  else if (/^\d{4}-\d{2}-\d{2}T/.test(text)) {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms)) value = BigInt(ms) * 1_000_000n;
  }
  if (value === undefined) throw refused(`could not parse '${name}' parameter: ${JSON.stringify(text.slice(0, 60))}`);
  return value < 0n ? 0n : value > LAST_NS ? LAST_NS : value;
}

export interface Window {
  /** Inclusive, in ns. */
  readonly startNs: bigint;
  /** Exclusive, in ns. */
  readonly endNs: bigint;
}

const HOUR = 3600n * SECOND;

/** The window of a query: the last hour where it is not said. */
export function windowOf(
  { start, end }: { readonly start?: string; readonly end?: string },
  defaultNs: bigint = HOUR,
): Window {
  const endNs = timeNs('end', end) ?? BigInt(Date.now()) * 1_000_000n;
  const startNs = timeNs('start', start) ?? (endNs > defaultNs ? endNs - defaultNs : 0n);
  if (startNs > endNs) throw refused('end timestamp must not be before or equal to start time');
  return { startNs, endNs };
}

/** The same in µs, as rows have it: a moment between two µs is the later one of both ends. */
export const microsOf = ({ startNs, endNs }: Window): { readonly since: number; readonly until: number } => ({
  since: Number((startNs + 999n) / 1000n),
  until: Number((endNs + 999n) / 1000n),
});

const DAY = 24n * HOUR;

/**
 * A window in pieces that do not overlap, in the order of the direction: a day, a week, seven weeks, the rest. The newest
 * lines of a year are as a rule those of its last day, and the other days need not be opened.
 */
export function piecesOf({ startNs, endNs }: Window, direction: 'forward' | 'backward'): Window[] {
  const pieces: Window[] = [];
  let [from, to] = [startNs, endNs];
  for (let length = DAY; to - from > length && pieces.length < MAX_PIECES - 1; length *= 7n) {
    if (direction === 'forward') {
      pieces.push({ startNs: from, endNs: from + length });
      from += length;
    } else {
      pieces.push({ startNs: to - length, endNs: to });
      to -= length;
    }
  }
  return [...pieces, { startNs: from, endNs: to }];
}

const MAX_PIECES = 4;
