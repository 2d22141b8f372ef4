/** One look at everything; of all processes together where not said otherwise. */
export interface Sample {
  readonly seconds: number;
  readonly sent: number;
  readonly taken: number;
  readonly stored: number;
  readonly waiting: number;
  readonly lost: number;
  /** Rows that wait the longest when they are stored, in seconds: the mean of the batches since the last look. */
  readonly lagSeconds: number;
  /** How long the oldest thing waits that the linker has not put together; it does so when a call has been quiet for 20 s. */
  readonly linkerLagSeconds: number;
  readonly processMb: number;
  readonly engineMb: number;
  readonly files: number;
  readonly searches: number;
  readonly slowestSearchMs: number;
}

/** How much a thing may grow over the second half, by the line through its samples. */
const BOUNDS: readonly {
  readonly what: 'processMb' | 'engineMb' | 'files' | 'lagSeconds' | 'linkerLagSeconds';
  readonly share: number;
  readonly least: number;
}[] = [
  // Of the mean, but at least so much: garbage and merges come and go.
  { what: 'processMb', share: 0.1, least: 40 },
  { what: 'engineMb', share: 0.1, least: 150 },
  { what: 'files', share: 0.1, least: 8 },
  { what: 'lagSeconds', share: 0.25, least: 1 },
  // It works in passes, and a look may come at the beginning or at the end of one.
  { what: 'linkerLagSeconds', share: 0.25, least: 10 },
];

/** How one of them went over the second half, in its own unit. */
export interface Growth {
  readonly what: string;
  readonly mean: number;
  readonly growth: number;
  readonly bound: number;
  readonly isSteady: boolean;
}

/** What of it grew over the second half of the samples. @param samples at least four */
export function growthOf(samples: readonly Sample[]): Growth[] {
  const half = samples.slice(Math.floor(samples.length / 2));
  return BOUNDS.map(({ what, share, least }) => {
    const mean = half.reduce((sum, sample) => sum + sample[what], 0) / half.length;
    const growth =
      slopeOf(half.map((sample) => [sample.seconds, sample[what]])) * (half.at(-1)!.seconds - half[0]!.seconds);
    const bound = Math.max(mean * share, least);
    return { what, mean, growth, bound, isSteady: growth <= bound };
  });
}

/** Of the line with the least squares. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const across = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return across === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / across;
}
