import type { Random } from '../generate/random.ts';

/** Random numbers of the distributions that traffic is made of. */
export interface Sampling {
  uniform(): number;
  normal(): number;
  poisson(mean: number): number;
  binomial(n: number, p: number): number;
}

const EXACT = 40;

export function createSampling(random: Random): Sampling {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  /** Rounded normal where the mean is large: the difference is far below the noise. */
  const near = (mean: number, variance: number): number =>
    Math.max(0, Math.round(mean + Math.sqrt(variance) * normal()));
  const poisson = (mean: number): number => {
    if (mean <= 0) return 0;
    if (mean > EXACT) return near(mean, mean);
    const limit = Math.exp(-mean);
    let product = random.next();
    let count = 0;
    while (product > limit) {
      product *= random.next();
      count++;
    }
    return count;
  };
  const binomial = (n: number, p: number): number => {
    if (p <= 0 || n === 0) return 0;
    if (p >= 1) return n;
    if (n <= EXACT) {
      let hits = 0;
      for (let i = 0; i < n; i++) if (random.next() < p) hits++;
      return hits;
    }
    if (p > 0.5) return n - binomial(n, 1 - p);
    const mean = n * p;
    return Math.min(n, mean < EXACT ? poisson(mean) : near(mean, mean * (1 - p)));
  };
  return { uniform: random.next, normal, poisson, binomial };
}
