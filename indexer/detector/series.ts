import type { SeriesDimension } from '../../core/alert/incident.ts';
import type { AlertDimension } from '../../core/config/config.ts';
import { MINUTES_A_DAY } from '../../core/detect/minute.ts';
import { emptyState, type SeriesState } from '../../core/detect/state.ts';

/** Attempts of one minute that have the same labels. */
export interface CountedCalls {
  readonly tenant: string;
  readonly trunk: string;
  readonly node: string;
  /** One a line. */
  readonly sensors: string;
  readonly root: boolean;
  readonly attempts: number;
  readonly failed: number;
}

/** One series that is watched. A plain value. */
export interface Series {
  readonly dimension: SeriesDimension;
  /** "" for the site. */
  readonly name: string;
  readonly state: SeriesState;
  /** Who saw its attempts, by name, and all of them: of about the last day. */
  readonly carriers: Record<string, number>;
  carried: number;
  /** Attempts of about the last week. */
  weight: number;
}

/** Who else has calls, and how many in about a week: candidates for the places. */
export type Others = Map<string, number>;

/** All series, by key; the site is always the first. */
export type AllSeries = Map<string, Series>;

export const SITE = 'site:';
export const keyOf = (dimension: SeriesDimension, name: string): string => `${dimension}:${name}`;

/** What cannot be told apart is no series of its own; nor is the only tenant of a site that has none. */
const NO_SERIES = new Set(['', 'none', 'unknown', 'other']);
const A_DAY_LATER = 6 / 7;
/** Who saw a part smaller than this is of no weight: its silence changes no verdict. */
const CARRIER_PART = 0.05;
/** What takes a place must have so many times the attempts of who leaves it: places are not to change every day. */
const BETTER = 2;
const MAX_OTHERS = 1000;

export const newSeries = (dimension: SeriesDimension, name: string): Series => ({
  ...{ dimension, name, state: emptyState(), carriers: nameless(), carried: 0, weight: 0 },
});

/** Names of carriers may be any text, `__proto__` too. */
const nameless = (): Record<string, number> => Object.create(null) as Record<string, number>;

/** A series as JSON keeps it, whose carriers may have any name again. */
export const revived = (series: Series): Series => ({
  ...series,
  carriers: Object.assign(nameless(), series.carriers),
});

/** Attempts and failures of one minute by series: calls of the site and of tenants, each leg of trunks and nodes. */
export interface Sums {
  attempts: number;
  failed: number;
  readonly carriers: Map<string, number>;
}

export function sumsOf(rows: readonly CountedCalls[], dimensions: readonly AlertDimension[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  const add = (key: string, { attempts, failed, node, sensors }: CountedCalls): void => {
    const known = sums.get(key) ?? { attempts: 0, failed: 0, carriers: new Map<string, number>() };
    sums.set(key, known);
    known.attempts += attempts;
    known.failed += failed;
    for (const name of new Set([node, ...sensors.split('\n')])) {
      if (name !== '') known.carriers.set(name, (known.carriers.get(name) ?? 0) + attempts);
    }
  };
  for (const row of rows) {
    if (row.root) add(SITE, row);
    for (const dimension of dimensions) {
      const name = row[dimension];
      if (!NO_SERIES.has(name) && (row.root || dimension !== 'tenant')) add(keyOf(dimension, name), row);
    }
  }
  return sums;
}

/** Gives who has calls a place while there is one, in place; who has none is counted for the next day. */
export function admit(all: AllSeries, others: Others, sums: ReadonlyMap<string, Sums>, top: number): void {
  for (const [key, { attempts }] of sums) {
    if (all.has(key)) continue;
    const [dimension, name] = partsOf(key);
    if (placesOf(all, dimension) < top) all.set(key, newSeries(dimension, name));
    else if (others.has(key) || others.size < MAX_OTHERS) others.set(key, (others.get(key) ?? 0) + attempts);
  }
}

/** At midnight who has far more calls takes the place of who has least, and who had none for weeks leaves. */
export function changePlaces(all: AllSeries, others: Others): void {
  for (const [key, weight] of [...others].sort((a, b) => b[1] - a[1])) {
    const [dimension, name] = partsOf(key);
    const least = [...all].filter(([, one]) => one.dimension === dimension && isAtRest(one)).sort(byWeight)[0];
    if (least === undefined || weight < BETTER * least[1].weight + 1) continue;
    all.delete(least[0]);
    all.set(key, { ...newSeries(dimension, name), weight });
    others.delete(key);
  }
  for (const [key, weight] of others) {
    if (weight < 1) others.delete(key);
    else others.set(key, weight * A_DAY_LATER);
  }
  for (const [key, one] of all) {
    one.weight *= A_DAY_LATER;
    if (key !== SITE && one.weight < 0.1 && isAtRest(one)) all.delete(key);
  }
}

/** Adds a minute to who carries a series, in place. */
export function noteCarriers(series: Series, minute: number, sums: Sums | undefined): void {
  if (minute % MINUTES_A_DAY === 0) {
    series.carried /= 2;
    for (const [name, attempts] of Object.entries(series.carriers)) {
      if (attempts < 1) delete series.carriers[name];
      else series.carriers[name] = attempts / 2;
    }
  }
  if (sums === undefined) return;
  series.weight += sums.attempts;
  series.carried += sums.attempts;
  for (const [name, attempts] of sums.carriers) series.carriers[name] = (series.carriers[name] ?? 0) + attempts;
}

/** Those of the silent ones who see so much of the series that nothing can be said of it without them. */
export function missedBy({ carriers, carried }: Series, silent: ReadonlySet<string>): string[] {
  const missed = [...silent].filter((name) => (carriers[name] ?? 0) > 0);
  const part = missed.reduce((sum, name) => sum + carriers[name]!, 0);
  return part >= CARRIER_PART * carried && carried > 0 ? missed : [];
}

const isAtRest = ({ state }: Series): boolean => state.open === null && state.blindSince < 0;
const byWeight = (a: [string, Series], b: [string, Series]): number =>
  a[1].weight - b[1].weight || (a[0] < b[0] ? -1 : 1);

const placesOf = (all: AllSeries, dimension: SeriesDimension): number =>
  [...all.values()].reduce((count, one) => count + (one.dimension === dimension ? 1 : 0), 0);

function partsOf(key: string): [SeriesDimension, string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon) as SeriesDimension, key.slice(colon + 1)];
}
