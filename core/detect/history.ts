import type { SeriesMinute } from './minute.ts';

/** Six weeks: enough for the median of an hour of the week to survive two odd weeks, and short enough to forget. */
export const HISTORY_HOURS = 6 * 168;

/** Sums of the hours of the last six weeks, each in slot `hour % HISTORY_HOURS`; `at` is the hour that a slot holds. */
export interface History {
  readonly at: number[];
  readonly attempts: number[];
  readonly failed: number[];
  /** Sum of the squares of each minute's attempts, which tells how much more than chance they vary. */
  readonly squares: number[];
  /** Minutes that were seen; blind ones are not. */
  readonly minutes: number[];
}

const zeros = (): number[] => new Array<number>(HISTORY_HOURS).fill(0);

export const emptyHistory = (): History => ({
  at: new Array<number>(HISTORY_HOURS).fill(-1),
  attempts: zeros(),
  failed: zeros(),
  squares: zeros(),
  minutes: zeros(),
});

/** Counts a minute that was seen into its hour, in place. */
export function remember(history: History, { minute, attempts, failed }: SeriesMinute): void {
  const hour = Math.floor(minute / 60);
  const slot = hour % HISTORY_HOURS;
  if (history.at[slot] !== hour) {
    history.at[slot] = hour;
    history.attempts[slot] = 0;
    history.failed[slot] = 0;
    history.squares[slot] = 0;
    history.minutes[slot] = 0;
  }
  history.attempts[slot]! += attempts;
  history.failed[slot]! += failed;
  history.squares[slot]! += attempts * attempts;
  history.minutes[slot]! += 1;
}

/** Slots that hold at least half an hour, of hours in [from, to), oldest first. */
export function slotsOf(history: History, from: number, to: number): number[] {
  const slots: number[] = [];
  for (let hour = Math.max(from, to - HISTORY_HOURS, 0); hour < to; hour++) {
    const slot = hour % HISTORY_HOURS;
    if (history.at[slot] === hour && history.minutes[slot]! >= 30) slots.push(slot);
  }
  return slots;
}
