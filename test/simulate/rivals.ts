import type { Traffic } from './traffic.ts';

/**
 * What others page by, as one score a minute of one series: the threshold is calibrated, not guessed. They look at the
 * ratio of failed calls and know nothing of sensors, as they come.
 */
export const RIVALS = ['fixed ratio', 'z-score', 'burn rate'] as const;
export type Rival = (typeof RIVALS)[number];

/** Fewer attempts in five minutes are not judged: the customary guard of a fixed ratio. */
const MIN_ATTEMPTS = 20;
/** A z-score needs some calls to be a ratio at all, and a floor below which no spread is believed. */
const Z_ATTEMPTS = 10;
const Z_FLOOR = 0.01;
const DAY = 1440;
/** The same for the burn rate, in its short window. */
const BURN_ATTEMPTS = 10;
/** Google's SRE workbook, "Alerting on SLOs": short and long window of the two paging conditions, and their factors. */
const BURN = [
  { short: 5, long: 60, factor: 14.4 },
  { short: 30, long: 360, factor: 6 },
] as const;

export function rivalScores(rival: Rival, traffic: Traffic, series: number): Float32Array {
  const attempts = sums(traffic.attempts[series]!);
  const failed = sums(traffic.failed[series]!);
  const scores = new Float32Array(traffic.minutes);
  const ratio = (minute: number, window: number, least: number): number => {
    const from = Math.max(0, minute + 1 - window);
    const n = attempts[minute + 1]! - attempts[from]!;
    return n < least || n === 0 ? Number.NaN : (failed[minute + 1]! - failed[from]!) / n;
  };
  if (rival === 'fixed ratio') {
    for (let minute = 0; minute < traffic.minutes; minute++) scores[minute] = ratio(minute, 5, MIN_ATTEMPTS) || 0;
    return scores;
  }
  if (rival === 'burn rate') {
    for (let minute = 0; minute < traffic.minutes; minute++) {
      for (const { short, long, factor } of BURN) {
        const both = Math.min(ratio(minute, short, BURN_ATTEMPTS) || 0, ratio(minute, long, 1) || 0);
        scores[minute] = Math.max(scores[minute]!, both / factor);
      }
    }
    return scores;
  }
  const ratios = new Float32Array(traffic.minutes);
  let [count, sum, squares] = [0, 0, 0];
  const take = (value: number, sign: number): void => {
    if (Number.isNaN(value)) return;
    count += sign;
    sum += sign * value;
    squares += sign * value * value;
  };
  for (let minute = 0; minute < traffic.minutes; minute++) {
    const now = ratio(minute, 5, Z_ATTEMPTS);
    ratios[minute] = now;
    if (count > 60 && !Number.isNaN(now)) {
      const mean = sum / count;
      const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
      scores[minute] = Math.max(0, (now - mean) / Math.max(Z_FLOOR, deviation));
    }
    take(now, 1);
    if (minute >= DAY) take(ratios[minute - DAY]!, -1);
  }
  return scores;
}

/** Sums of all before each minute. */
function sums(values: Uint16Array): Float64Array {
  const total = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) total[i + 1] = total[i]! + values[i]!;
  return total;
}
