/** A page asks for a call, its ladder, its diagnosis and each step that is opened: that is one look at it. */
const ONE_LOOK_MS = 60_000;
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

/** A look lasts a minute from its first question, so that a page that is left open is written down again and again. */
export function createSameView(): SameView {
  const since = new Map<string, number>();
  return {
    isRepeated(key, nowMs) {
      const before = since.get(key);
      if (before !== undefined && nowMs - before < ONE_LOOK_MS) return true;
      since.delete(key);
      since.set(key, nowMs);
      for (const [oldest, ms] of since) {
        if (since.size <= MAX_LOOKS && nowMs - ms < ONE_LOOK_MS) break;
        since.delete(oldest);
      }
      return false;
    },
  };
}
