import type { EventHeaders, Micros } from '../../core/model/capture-event.ts';
import { headerOf } from '../../core/model/capture-event.ts';

const HOUR_US = 3_600_000_000;
const MINUTE_US = 60_000_000;
/** No place on earth is further from UTC. */
const MAX_OFFSET_MINUTES = 14 * 60;

const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?/;

/** The sender's time, or the arrival when the sender's clock cannot be right. */
export function senderTime(sentUs: Micros, arrivedUs: Micros, trustSenderClock: boolean): Micros {
  if (!Number.isSafeInteger(sentUs) || sentUs <= 0) return arrivedUs;
  return trustSenderClock || Math.abs(sentUs - arrivedUs) <= HOUR_US ? sentUs : arrivedUs;
}

/** "2026-11-21 10:21:38.736096 …" as if it were UTC; undefined when the text does not begin with a time. */
export function localTime(text: string): Micros | undefined {
  const found = LOCAL_TIME.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, micros] = found;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(micros ?? 0);
}

/** Minutes that a local time is ahead of UTC, to the quarter of an hour; undefined when the two are not of one moment. */
export function offsetByArrival(localUs: Micros, arrivedUs: Micros): number | undefined {
  const minutes = Math.round((localUs - arrivedUs) / MINUTE_US / 15) * 15;
  return Math.abs(minutes) <= MAX_OFFSET_MINUTES ? minutes : undefined;
}

/**
 * How far one node's wall clock is from UTC. Log lines carry local time without zone; every event carries the same
 * moment both ways (Event-Date-Local and Event-Date-Timestamp), so events teach it exactly, summer time included.
 */
export interface NodeClock {
  /** True when the event told it. */
  learn(headers: EventHeaders): boolean;
  /** Minutes ahead of UTC; undefined until the first event. */
  offsetMinutes(): number | undefined;
  /** Resolves true with the first event, or false after so many milliseconds without one. */
  known(timeoutMs: number): Promise<boolean>;
}

export function createNodeClock(configuredMinutes?: number): NodeClock {
  let offset = configuredMinutes;
  const waiting = new Set<() => void>();
  return {
    learn(headers) {
      if (configuredMinutes !== undefined) return true;
      const localUs = localTime(headerOf(headers, 'Event-Date-Local'));
      const sentUs = Number(headerOf(headers, 'Event-Date-Timestamp'));
      if (localUs === undefined || !Number.isSafeInteger(sentUs) || sentUs <= 0) return false;
      // Event-Date-Local has whole seconds, rounded down.
      const minutes = Math.round((localUs - sentUs) / MINUTE_US);
      if (Math.abs(minutes) > MAX_OFFSET_MINUTES) return false;
      offset = minutes;
      for (const wake of waiting) wake();
      waiting.clear();
      return true;
    },
    offsetMinutes: () => offset,
    known(timeoutMs) {
      if (offset !== undefined) return Promise.resolve(true);
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting.delete(wake);
          resolve(false);
        }, timeoutMs);
        waiting.add(wake);
      });
    },
  };
}
