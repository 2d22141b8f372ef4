import type { Incident } from './incidents.ts';

/** A time in which a series was firing. */
export interface Alarm {
  readonly series: number;
  readonly opened: number;
  readonly closed: number;
  /** Which test opened it, where there are several. */
  readonly test?: string;
}

/** As long as the detector's own: so many minutes below the threshold close an alarm. */
const CALM = 15;
/** What fires again within half an hour is the same page to the one who is called. */
const SAME_PAGE = 30;

/** When a series fires by a score and a threshold, in [from, to). */
export function alarmsOf(scores: Float32Array, threshold: number, series: number, from: number, to: number): Alarm[] {
  const alarms: Alarm[] = [];
  let [opened, last] = [-1, 0];
  for (let minute = from; minute < to; minute++) {
    if (scores[minute]! >= threshold) {
      if (opened < 0) opened = minute;
      last = minute;
    } else if (opened >= 0 && minute - last >= CALM) {
      alarms.push({ series, opened, closed: minute });
      opened = -1;
    }
  }
  if (opened >= 0) alarms.push({ series, opened, closed: to });
  return alarms;
}

/** Pages that a person gets: series that fire together, or again at once, are one. Answers the minute of each. */
export function pagesOf(alarms: readonly Alarm[]): number[] {
  const pages: number[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const { opened, closed } of [...alarms].sort((a, b) => a.opened - b.opened)) {
    if (opened > until + SAME_PAGE) pages.push(opened);
    until = Math.max(until, closed);
  }
  return pages;
}

/** Minutes from the beginning of an incident to the first alarm that opens in it; undefined when none does. */
export function delayOf(
  alarms: readonly Alarm[],
  { from, until }: Pick<Incident, 'from' | 'until'>,
): number | undefined {
  let first: number | undefined;
  for (const { opened } of alarms) {
    if (opened >= from && opened < until && (first === undefined || opened < first)) first = opened;
  }
  // A minute is judged when it is over.
  return first === undefined ? undefined : first - from + 1;
}
