/** Wrong tries of one address in a minute, after which it waits for the next. */
const MOST = 20;
const MINUTE_MS = 60_000;
/** Addresses that are remembered; more of them than these in one minute are not told apart. */
const MAX_ADDRESSES = 10_000;

/** Slows guessing down. Whoever is right is never counted. */
export interface Tries {
  /** Seconds that the address must wait; 0 when it may try. */
  mustWait(address: string): number;
  wasWrong(address: string): void;
}

export function createTries(now: () => number = Date.now): Tries {
  let wrong = new Map<string, number>();
  let fromMs = 0;
  const counts = (): Map<string, number> => {
    if (now() - fromMs >= MINUTE_MS || now() < fromMs) {
      wrong = new Map();
      fromMs = now();
    }
    return wrong;
  };
  return {
    mustWait: (address) => ((counts().get(address) ?? 0) < MOST ? 0 : Math.ceil((fromMs + MINUTE_MS - now()) / 1000)),
    wasWrong(address) {
      const all = counts();
      const count = all.get(address);
      if (count !== undefined || all.size < MAX_ADDRESSES) all.set(address, (count ?? 0) + 1);
    },
  };
}
