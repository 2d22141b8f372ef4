import type { Micros } from '../../model/capture-event.ts';

/** Who was heard in a minute, as the table `heard` has it: bit n of `thirds` for something in the n-th twenty seconds. */
export interface HeardFact {
  readonly minute: number;
  readonly kind: 'sensor' | 'switch';
  readonly name: string;
  readonly thirds: number;
}

export interface Outage {
  readonly kind: HeardFact['kind'];
  readonly name: string;
  readonly sinceUs: Micros;
  readonly untilUs: Micros;
}

/** Who was heard is noted by these. */
export const THIRD_US = 20_000_000;
/** Before a call so long is looked at to learn how regularly somebody is heard. */
export const LEARN_US = 3_600_000_000;
/** Somebody who is usually heard in nearly each third is silent when he is not heard in two of them. */
const REGULAR = 0.95;
const LEAST_THIRDS = 2;
/** Thirds that are looked at before silence is told from a site that has just begun. */
const LEAST_LEARNT = 30;

/**
 * When those who are usually heard all the time were not heard at all while a call lasted. Times are of arrival, by the
 * collector's clock. Of somebody who reports now and then silence says nothing, and nothing is said.
 */
export function outagesOf(heard: readonly HeardFact[], sinceUs: Micros, untilUs: Micros): readonly Outage[] {
  const byName = new Map<string, { kind: HeardFact['kind']; name: string; thirds: Set<number> }>();
  for (const { minute, kind, name, thirds } of heard) {
    const key = `${kind}\0${name}`;
    const own = byName.get(key) ?? { kind, name, thirds: new Set<number>() };
    byName.set(key, own);
    for (let n = 0; n < 3; n++) if ((thirds & (1 << n)) !== 0) own.thirds.add(minute * 3 + n);
  }
  const [first, last] = [Math.floor(sinceUs / THIRD_US), Math.floor(untilUs / THIRD_US)];
  const begin = Math.floor((sinceUs - LEARN_US) / THIRD_US);
  return [...byName.values()].flatMap(({ kind, name, thirds }): Outage[] => {
    const learnt = [...thirds].filter((third) => third >= begin && third < first).sort((a, b) => a - b);
    const since = learnt[0];
    if (since === undefined || first - since < LEAST_LEARNT || learnt.length < REGULAR * (first - since)) return [];
    const outages: Outage[] = [];
    for (let from = first; from <= last; from++) {
      if (thirds.has(from)) continue;
      let to = from;
      while (to < last && !thirds.has(to + 1)) to++;
      if (to - from + 1 >= LEAST_THIRDS)
        outages.push({ kind, name, sinceUs: from * THIRD_US, untilUs: (to + 1) * THIRD_US });
      from = to;
    }
    return outages;
  });
}
