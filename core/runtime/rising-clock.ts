import type { Micros } from '../model/capture-event.ts';

/**
 * Epoch µs that rise from one question to the next, by which what is written is put in order. A clock that is put back does
 * not take them back: they go on from where they were, as fast as time passes, until the process ends. One that is put
 * forward takes them along. What the machine's clock does not tell, below the millisecond, is chosen at random, so that two
 * processes seldom write at the same moment.
 *
 * @param wall ms since the epoch
 * @param steady ms since whenever, never set
 */
export function createRisingClock(
  wall: () => number = Date.now,
  steady: () => number = () => performance.now(),
): () => Micros {
  let lastUs = 0;
  let lastMs = steady();
  return () => {
    const nowMs = steady();
    const passedUs = Math.max(1, Math.round((nowMs - lastMs) * 1000));
    lastMs = nowMs;
    lastUs = Math.max(wall() * 1000 + Math.floor(Math.random() * 1000), lastUs + passedUs);
    return lastUs;
  };
}

/**
 * The one of this process: what one part of it writes is never ahead of the time of another that was begun later, as a linker is
 * that takes over after the machine's clock was put back.
 */
export const risingNow: () => Micros = createRisingClock();
