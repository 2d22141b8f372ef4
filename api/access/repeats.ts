/** How long the same question is not written down again. */
const QUIET_MS = 600_000;
/** Questions that are remembered; of more the oldest are forgotten, and written down again. */
const MOST = 10_000;

/** Tells what a page asks again and again, as a list of the newest calls does every few seconds. */
export interface Repeats {
  /** Whether the same was said within ten minutes, by the clock of `nowMs`; if not, it is remembered. */
  has(said: readonly string[], nowMs: number): boolean;
}

export function createRepeats(): Repeats {
  const known = new Map<string, number>();
  return {
    has(said, nowMs) {
      const key = JSON.stringify(said);
      const last = known.get(key);
      if (last !== undefined && Math.abs(nowMs - last) < QUIET_MS) return true;
      known.delete(key);
      known.set(key, nowMs);
      const [oldest] = known.keys();
      if (known.size > MOST && oldest !== undefined) known.delete(oldest);
      return false;
    },
  };
}
