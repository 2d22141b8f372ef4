/** Looks that are remembered; who is forgotten is written down again. */
const MAX_LOOKS = 10_000;

/** Whether somebody looks at the same call as a moment ago. */
export interface SameView {
  /**
   * @param key who, from where, at what, and with what success
   * @param nowMs a clock that does not go back
   */
  isRepeated(key: string, nowMs: number): boolean;
}

/** A look lasts so many ms from its first question, so that a page that is left open is written down again and again. */
export function createSameView(lastsMs: number): SameView {
  const since = new Map<string, number>();
  return {
    isRepeated(key, nowMs) {
      const before = since.get(key);
      if (before !== undefined && nowMs - before < lastsMs) return true;
      since.delete(key);
      since.set(key, nowMs);
      for (const [oldest, ms] of since) {
        if (since.size <= MAX_LOOKS && nowMs - ms < lastsMs) break;
        since.delete(oldest);
      }
      return false;
    },
  };
}
