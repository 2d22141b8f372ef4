import type { Metric, Registry } from 'prom-client';

/** Waits by trunk and direction, as a Prometheus histogram. */
export interface WaitHistogram {
  observe(trunk: string, direction: string, seconds: number): void;
}

interface Waits {
  readonly labels: { readonly trunk: string; readonly direction: string };
  /** Of each bucket alone; the last one is beyond all bounds. */
  readonly counts: number[];
  sum: number;
}

/**
 * prom-client's own histogram hashes the labels of each observation and keeps buckets in an object; at a thousand calls a
 * second that shows. This one is a map and an array, and is put into Prometheus' form when it is scraped.
 */
export function createWaitHistogram(
  registry: Registry,
  { name, help, buckets }: { readonly name: string; readonly help: string; readonly buckets: readonly number[] },
): WaitHistogram {
  const byTrunk = new Map<string, Map<string, Waits>>();
  const waitsOf = (trunk: string, direction: string): Waits => {
    let directions = byTrunk.get(trunk);
    if (directions === undefined) {
      directions = new Map();
      byTrunk.set(trunk, directions);
    }
    let waits = directions.get(direction);
    if (waits === undefined) {
      waits = { labels: { trunk, direction }, counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 };
      directions.set(direction, waits);
    }
    return waits;
  };
  const valuesOf = ({ labels, counts, sum }: Waits) => {
    let total = 0;
    const cumulative = counts.map((count, i) => {
      total += count;
      return { labels: { le: buckets[i] ?? '+Inf', ...labels }, value: total, metricName: `${name}_bucket` };
    });
    return [
      ...cumulative,
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: total, metricName: `${name}_count` },
    ];
  };
  const metric = {
    ...{ name, help, type: 'histogram', aggregator: 'sum' },
    get: async () => ({
      ...{ name, help, type: 'histogram', aggregator: 'sum' },
      values: [...byTrunk.values()].flatMap((directions) => [...directions.values()].flatMap(valuesOf)),
    }),
    reset: () => byTrunk.clear(),
  };
  // The registry asks a metric for its name and for what `get` answers, whatever class it is of.
  registry.registerMetric(metric as unknown as Metric);
  return {
    observe(trunk, direction, seconds) {
      const waits = waitsOf(trunk, direction);
      let bucket = 0;
      while (bucket < buckets.length && seconds > buckets[bucket]!) bucket++;
      waits.counts[bucket]!++;
      waits.sum += seconds;
    },
  };
}
