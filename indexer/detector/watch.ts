/** What is known of somebody who is listened to: a HEP sensor, or a switch's stream of events. A plain value. */
export interface Listener {
  readonly name: string;
  /** Minutes in a row in which it was heard, and in which it was heard in each third. */
  whole: number;
  thirds: number;
  /** The minute since which it has been silent although it always talks; -1 while it has not. */
  silentSince: number;
  lastHeard: number;
  /** Hours of the last eight days, each in slot `hour % HOURS`: minutes that were looked at, and how many of them were full. */
  readonly at: number[];
  readonly seen: number[];
  readonly wholeIn: number[];
  readonly thirdsIn: number[];
}

const HOURS = 8 * 24;
/** Heard in each minute (or third) of the last hour: who talks so steadily does not fall silent by chance. */
const STEADY_MINUTES = 60;
/** Who comes back is believed again after so long; one whose pauses are shorter is only talking less. */
const AGAIN_MINUTES = 10;
/** One minute of an hour may be missing. */
const MISSING = 1;
/** After a day it is gone for good: a sensor that was taken down must not blind a site for ever. */
export const GIVEN_UP_MINUTES = 1440;
const FULL = 7;

export const newListener = (name: string): Listener => ({
  ...{ name, whole: 0, thirds: 0, silentSince: -1, lastHeard: -1 },
  at: new Array<number>(HOURS).fill(-1),
  seen: new Array<number>(HOURS).fill(0),
  wholeIn: new Array<number>(HOURS).fill(0),
  thirdsIn: new Array<number>(HOURS).fill(0),
});

/**
 * Takes a minute into what is known of a listener, in place, and says whether it was silent although it should have been
 * heard. Silence counts only of one who was heard in every minute of the last hour, and at this hour of yesterday or of a
 * week ago as well, as far as these are known: a small site's night falls by and by, or at the same hour each day. Of one
 * who was even heard in every third of each minute, a third is silence.
 *
 * @param thirds bit n for the n-th twenty seconds
 */
export function hear(listener: Listener, minute: number, thirds: number): boolean {
  if (thirds !== 0) listener.lastHeard = minute;
  const due = isDue(listener, minute, thirds);
  noteHour(listener, minute, thirds);
  if (due) {
    if (listener.silentSince < 0) listener.silentSince = minute;
    return true;
  }
  if (listener.silentSince >= 0) {
    listener.silentSince = -1;
    listener.whole = Math.min(listener.whole, STEADY_MINUTES - AGAIN_MINUTES);
    listener.thirds = Math.min(listener.thirds, STEADY_MINUTES - AGAIN_MINUTES);
  }
  listener.whole = thirds === 0 ? 0 : listener.whole + 1;
  listener.thirds = thirds === FULL ? listener.thirds + 1 : 0;
  return false;
}

function noteHour({ at, seen, wholeIn, thirdsIn }: Listener, minute: number, thirds: number): void {
  const hour = Math.floor(minute / 60);
  const slot = hour % HOURS;
  if (at[slot] !== hour) {
    at[slot] = hour;
    seen[slot] = 0;
    wholeIn[slot] = 0;
    thirdsIn[slot] = 0;
  }
  seen[slot]!++;
  if (thirds !== 0) wholeIn[slot]!++;
  if (thirds === FULL) thirdsIn[slot]!++;
}

/** Whether what was heard is less than it should be. One who is silent stays so until it is heard again, or given up. */
function isDue(listener: Listener, minute: number, thirds: number): boolean {
  if (thirds === FULL) return false;
  if (listener.silentSince >= 0) return minute - listener.silentSince < GIVEN_UP_MINUTES && thirds === 0;
  const byThirds = listener.thirds >= STEADY_MINUTES && wasFull(listener, minute, listener.thirdsIn);
  if (byThirds) return true;
  return thirds === 0 && listener.whole >= STEADY_MINUTES && wasFull(listener, minute, listener.wholeIn);
}

/** Whether this hour was full yesterday or a week ago; true when neither is known. */
function wasFull({ at, seen }: Listener, minute: number, full: readonly number[]): boolean {
  const hour = Math.floor(minute / 60);
  const known = [hour - 24, hour - 168].filter(
    (one) => one >= 0 && at[one % HOURS] === one && seen[one % HOURS]! >= 30,
  );
  return known.length === 0 || known.some((one) => full[one % HOURS]! >= seen[one % HOURS]! - MISSING);
}
