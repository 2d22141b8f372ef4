const MASK = (1n << 64n) - 1n;

/** splitmix64: a stream of numbers for each dialog, so that any dialog can be made on its own. */
export interface Random {
  next(): bigint;
  /** From 0 to below `n`. */
  below(n: number): number;
  /** From 0 to below 1. */
  share(): number;
}

export function stream(seed: bigint, kind: bigint, index: bigint): Random {
  let state = (seed * 0x100000001b3n + kind * 0x9e37n + index * 0xd1b54a32d192ed03n) & MASK;
  const next = (): bigint => {
    state = (state + 0x9e3779b97f4a7c15n) & MASK;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  };
  next();
  return {
    next,
    below: (n) => Number(next() % BigInt(n)),
    share: () => Number(next() >> 11n) / 2 ** 53,
  };
}
