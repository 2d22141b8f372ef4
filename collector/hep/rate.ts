/** What one sender may send a second, with as much at once as it may send in one. */
export interface Rate {
  /** Counts packets that were taken. */
  spend(packets: number): void;
  /** How long until the next packet is in order, in ms; 0 when it is now. */
  waitMs(): number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): one number, the time up to which everything taken is paid for.
 *
 * @param now milliseconds that never step back
 */
export function createRate(perSecond: number, now: () => number = () => performance.now()): Rate {
  const costMs = 1000 / perSecond;
  let paidUntilMs = Number.NEGATIVE_INFINITY;
  return {
    spend(packets) {
      paidUntilMs = Math.max(paidUntilMs, now() - 1000) + packets * costMs;
    },
    waitMs: () => Math.max(0, paidUntilMs - now()),
  };
}
