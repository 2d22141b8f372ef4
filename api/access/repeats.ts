/** What is remembered at a time; who is forgotten is written down again. */
const MOST = 10_000;

/** Tells what is asked again and again, so that it is written down once. */
export interface Repeats {
  /**
   * Whether the same was said a moment ago. What goes on is said anew when the time is over, counted from when it was first
   * said.
   *
   * @param nowMs a clock that does not go back
   */
  has(said: readonly string[], nowMs: number): boolean;
}

/** @param forMs how long the same is a repetition */
export function createRepeats(forMs: number): Repeats {
  const since = new Map<string, number>();
  return {
    has(said, nowMs) {
      const key = JSON.stringify(said);
      const before = since.get(key);
      if (before !== undefined && nowMs - before < forMs) return true;
      since.delete(key);
      since.set(key, nowMs);
      for (const [oldest, ms] of since) {
        if (since.size <= MOST && nowMs - ms < forMs) break;
        since.delete(oldest);
      }
      return false;
    },
  };
}
