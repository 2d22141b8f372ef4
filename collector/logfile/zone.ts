import type { Micros } from '../../core/model/capture-event.ts';

/** Turns the local time of a log line into UTC. */
export interface Zone {
  /**
   * @param localUs the time as written, read as if it were UTC
   * @param previousUs the moment of the line before it, in UTC: tells which of the two is meant when clocks were put back
   */
  toUtc(localUs: Micros, previousUs: Micros | undefined): Micros;
}

const MINUTE_MS = 60_000;
/** Longer than what lines of different threads are ever out of order. */
const TOLERANCE_US = 60_000_000;

/** Always the same number of minutes ahead of UTC. */
export function fixedZone(offsetMinutes: number): Zone {
  return { toUtc: (localUs) => localUs - offsetMinutes * MINUTE_MS * 1000 };
}

/** The zone of this machine, with the offset it had at the time: a file may reach back beyond the change of clocks. */
export function machineZone(): Zone {
  return {
    toUtc(localUs, previousUs) {
      const localMs = Math.floor(localUs / 1000);
      const restUs = localUs - localMs * 1000;
      const firstUs = earliest(localMs) * 1000 + restUs;
      if (previousUs === undefined || previousUs <= firstUs + TOLERANCE_US) return firstUs;
      // Lines follow each other: one that seems to be far before the last one may be of the hour that comes twice.
      return repeated(localMs) * 1000 + restUs;
    },
  };
}

/** Of a local time that came twice, the first. */
function earliest(localMs: number): number {
  const local = new Date(localMs);
  return new Date(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
    local.getUTCMilliseconds(),
  ).getTime();
}

/** Of a local time that came twice, the second; any other as it is. */
function repeated(localMs: number): number {
  const first = earliest(localMs);
  const later = new Date(first + 3 * 60 * MINUTE_MS);
  const putBackMs = (later.getTimezoneOffset() - new Date(first).getTimezoneOffset()) * MINUTE_MS;
  const second = first + putBackMs;
  const isSameLocalTime = second - new Date(second).getTimezoneOffset() * MINUTE_MS === localMs;
  return putBackMs > 0 && isSameLocalTime ? second : first;
}
