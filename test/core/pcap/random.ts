/** mulberry32: small, seeded, good enough to choose what to damage. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A seed for this run; CALLTRAIL_SEED repeats one that failed. */
export const seed = Number(process.env.CALLTRAIL_SEED ?? Date.now() % 2 ** 31);
