import { type History, slotsOf } from './history.ts';
import { HOURS_A_WEEK, hourOfWeek } from './minute.ts';
import { clamp, median } from './numbers.ts';

/** What is usual for a series, as fitted once a day. */
export interface Profile {
  /** The hour since the epoch before which it was fitted. */
  readonly fittedAt: number;
  /** Attempts a minute, by hour of the week. */
  readonly rate: number[];
  /** Part of them that fails, by hour of the week. */
  readonly ratio: number[];
  /** Over-dispersion of failures (ρ of the beta-binomial): how much the ratio of an hour varies beyond chance. */
  readonly rho: number;
  /** Over-dispersion of attempts (1/k of the negative binomial, variance = mean + mean²/k) between minutes. */
  readonly spread: number;
}

export interface FitOptions {
  /** Weight of what an hour is compared with, in attempts. */
  readonly priorAttempts: number;
  /** Levels are taken from this hour on, as everything before is known to have been otherwise. */
  readonly levelSince: number;
  /** The series that this one is a part of: where there is little data, its shape counts. */
  readonly parent?: Profile;
}

/** Level and its drift are read off the last five days: a single odd day among them changes no median. */
const LEVEL_DAYS = 5;
/** An hour further off than so many standard deviations is an incident or a holiday, and not learnt from. */
const OUTLIER = 4;
const MIN_RATIO = 0.002;
const MIN_RATE = 1e-4;

/**
 * The expectation per hour of the week, from the hours before `hour`: robust (medians decide which hours are odd, and
 * those are left out), shrunk towards the same hour of other days or towards the parent, and moved to the level of the
 * last days. Undefined when no hour was seen.
 */
export function fitProfile(history: History, hour: number, options: FitOptions): Profile | undefined {
  const slots = slotsOf(history, 0, hour);
  if (slots.length === 0) return undefined;
  const prior = priorOf(history, slots, options);
  const rate: number[] = [];
  const ratio: number[] = [];
  const cells: number[][] = Array.from({ length: HOURS_A_WEEK }, () => []);
  for (const slot of slots) cells[hourOfWeek(history.at[slot]!)]!.push(slot);
  for (let cell = 0; cell < HOURS_A_WEEK; cell++) {
    const usual = prior.ratio[cell]!;
    const middle = cells[cell]!.length < 3 ? prior.rate[cell]! : median(cells[cell]!.map((s) => rateIn(history, s)));
    let [attempts, failed, counted, minutes] = [0, 0, 0, 0];
    for (const slot of cells[cell]!) {
      const n = history.attempts[slot]!;
      const seen = history.minutes[slot]!;
      const expected = middle * seen;
      if (Math.abs(n - expected) <= 0.5 * expected + OUTLIER * Math.sqrt(expected)) {
        counted += n;
        minutes += seen;
      }
      if (history.failed[slot]! > 1.5 * n * usual + OUTLIER * Math.sqrt(n * usual) + 1) continue;
      attempts += n;
      failed += history.failed[slot]!;
    }
    // As many minutes of the prior as hold a tenth of the attempts that weigh in a ratio: rates are known far sooner.
    const priorMinutes = Math.min(600, options.priorAttempts / 10 / prior.rate[cell]!);
    rate.push((counted + prior.rate[cell]! * priorMinutes) / (minutes + priorMinutes));
    ratio.push((failed + usual * options.priorAttempts) / (attempts + options.priorAttempts));
  }
  return levelled(history, hour, options.levelSince, rate, ratio);
}

const rateIn = (history: History, slot: number): number => history.attempts[slot]! / history.minutes[slot]!;

/** What to expect of an hour of which nothing is known: its hour of the day, or the parent's shape at our size. */
function priorOf(history: History, slots: readonly number[], { parent }: FitOptions): Pick<Profile, 'rate' | 'ratio'> {
  const hours: number[][] = Array.from({ length: 24 }, () => []);
  for (const slot of slots) hours[history.at[slot]! % 24]!.push(slot);
  const all = slots.map((slot) => rateIn(history, slot));
  const overall = Math.max(MIN_RATIO, trimmedRatio(history, hours));
  const size = mean(all);
  const rate: number[] = [];
  const ratio: number[] = [];
  const parentSize = parent === undefined ? 0 : mean(slots.map((slot) => parent.rate[hourOfWeek(history.at[slot]!)]!));
  const parentRatio = parent === undefined ? 0 : mean(parent.ratio);
  for (let cell = 0; cell < HOURS_A_WEEK; cell++) {
    const same = hours[cell % 24]!;
    if (parent !== undefined && parentSize > 0) {
      rate.push(Math.max(MIN_RATE, (parent.rate[cell]! / parentSize) * size));
      ratio.push(clamp((parent.ratio[cell]! / parentRatio) * overall, MIN_RATIO, 0.9));
    } else {
      rate.push(Math.max(MIN_RATE, same.length === 0 ? size : median(same.map((slot) => rateIn(history, slot)))));
      ratio.push(clamp(same.length === 0 ? overall : trimmedRatio(history, [same]), MIN_RATIO, 0.9));
    }
  }
  return { rate, ratio };
}

/** The part that failed in groups of hours, without the best and the worst tenth of the hours of each group. */
function trimmedRatio(history: History, groups: readonly (readonly number[])[]): number {
  let [attempts, failed] = [0, 0];
  for (const group of groups) {
    const busy = group
      .filter((slot) => history.attempts[slot]! > 0)
      .map((slot) => ({ slot, ratio: history.failed[slot]! / history.attempts[slot]! }))
      .sort((a, b) => a.ratio - b.ratio);
    const cut = Math.floor(busy.length / 10);
    for (const { slot } of busy.slice(cut, busy.length - cut)) {
      attempts += history.attempts[slot]!;
      failed += history.failed[slot]!;
    }
  }
  return attempts === 0 ? 0 : failed / attempts;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

/** Moves shapes to the level of the last days, and learns how far hours and minutes stray from them. */
function levelled(history: History, hour: number, since: number, rate: number[], ratio: number[]): Profile {
  const rates: number[] = [];
  const ratios: number[] = [];
  // Twenty of each, as expected, so that a handful of calls moves no level; a level that was accepted needs no doubt.
  const doubt = since > hour - 24 ? 2 : 20;
  for (let day = 0; day < LEVEL_DAYS; day++) {
    const slots = slotsOf(history, Math.max(since, hour - 24 * (day + 1)), hour - 24 * day);
    let [attempts, expected, failed, expectedFailed] = [0, 0, 0, 0];
    for (const slot of slots) {
      const cell = hourOfWeek(history.at[slot]!);
      attempts += history.attempts[slot]!;
      expected += rate[cell]! * history.minutes[slot]!;
      failed += history.failed[slot]!;
      expectedFailed += history.attempts[slot]! * ratio[cell]!;
    }
    if (expected === 0) continue;
    rates.push((attempts + doubt) / (expected + doubt));
    ratios.push((failed + doubt) / (expectedFailed + doubt));
  }
  const rateLevel = rates.length === 0 ? 1 : median(rates);
  const ratioLevel = ratios.length === 0 ? 1 : median(ratios);
  const movedRate = rate.map((value) => Math.max(MIN_RATE, value * rateLevel));
  const movedRatio = ratio.map((value) => clamp(value * ratioLevel, MIN_RATIO, 0.9));
  return { fittedAt: hour, rate: movedRate, ratio: movedRatio, ...spreads(history, slotsOf(history, 0, hour), ratio) };
}

/** Moment estimators, each residual bounded so that one outage does not make the series deaf. */
function spreads(
  history: History,
  slots: readonly number[],
  ratio: readonly number[],
): Pick<Profile, 'rho' | 'spread'> {
  let [excess, pairs, minuteExcess, means] = [0, 0, 0, 0];
  for (const slot of slots) {
    const n = history.attempts[slot]!;
    const p = ratio[hourOfWeek(history.at[slot]!)]!;
    const variance = n * p * (1 - p);
    excess += Math.min((history.failed[slot]! - n * p) ** 2, variance * 16 + (0.5 * n * p) ** 2) - variance;
    pairs += n * (n - 1) * p * (1 - p);
    const minutes = history.minutes[slot]!;
    const average = n / minutes;
    const between = (history.squares[slot]! - minutes * average * average) / (minutes - 1);
    minuteExcess += Math.min(between, 4 * average + average * average) - average;
    means += average * average;
  }
  return {
    rho: pairs === 0 ? 0 : clamp(excess / pairs, 0, 0.05),
    spread: means === 0 ? 0 : clamp(minuteExcess / means, 0.001, 1),
  };
}
