import { Counter, type Registry } from 'prom-client';

/** A counter whose every series is seen at 0 before it moves. */
export interface SteadyCounter<L extends string> {
  inc(labels: Readonly<Record<L, string>>, by?: number): void;
  /** Shows a series at 0. */
  show(labels: Readonly<Record<L, string>>): void;
}

interface Held<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  count: number;
  shown: boolean;
}

/**
 * Prometheus' rate() and increase() see the difference of two samples: of a series whose first sample is 20 they never
 * learn that 20 things happened. So what a new series counts is held back until it was scraped once at 0.
 */
export function createSteadyCounter<L extends string>(
  registry: Registry,
  { name, help, labelNames }: { readonly name: string; readonly help: string; readonly labelNames: readonly L[] },
): SteadyCounter<L> {
  const known = new Set<string>();
  const held = new Map<string, Held<L>>();
  const counter = new Counter<L>({
    name,
    help,
    labelNames,
    registers: [registry],
    // Called for each scrape, before the values are read.
    collect() {
      for (const [key, one] of held) {
        if (!one.shown) one.shown = true;
        else {
          held.delete(key);
          if (one.count > 0) this.inc(one.labels, one.count);
        }
      }
    },
  });
  const hold = (key: string, labels: Readonly<Record<L, string>>): void => {
    if (known.has(key)) return;
    known.add(key);
    counter.inc(labels, 0);
    held.set(key, { labels, count: 0, shown: false });
  };
  const keyOf = (labels: Readonly<Record<L, string>>): string =>
    JSON.stringify(labelNames.map((label) => labels[label]));
  return {
    show: (labels) => hold(keyOf(labels), labels),
    inc(labels, by = 1) {
      const key = keyOf(labels);
      hold(key, labels);
      const one = held.get(key);
      if (one === undefined) counter.inc(labels, by);
      else one.count += by;
    },
  };
}
