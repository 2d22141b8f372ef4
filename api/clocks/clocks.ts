import { clocksOf, type SiteClocks } from '../../core/clock/site.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { Window } from '../near/near.ts';
import { readSightings } from '../near/sightings.ts';
import { isoOf } from '../time.ts';
import type { Clocks } from './schema.ts';

/** How far the clocks of all nodes were apart at the end of a window, from what they saw in it. */
export const readClocks = async (store: Store, window: Window, options: SelectOptions): Promise<SiteClocks> =>
  clocksOf(await readSightings(store, window, options), window.untilUs);

export function presentClocks({ reference, nodes, pairs }: SiteClocks, { sinceUs, untilUs }: Window): Clocks {
  return {
    since: isoOf(sinceUs),
    until: isoOf(untilUs),
    reference: reference ?? null,
    nodes: nodes.map(({ node, ahead }) => ({ node, ahead: secondsOf(ahead) })),
    pairs: pairs.map(({ first, second, exchanges, strays, ahead, drift, steps }) => ({
      ...{ first, second, exchanges, strays },
      ahead: secondsOf(ahead),
      driftPpm: drift === undefined ? null : { lower: round(drift.lowerPpm, 1), upper: round(drift.upperPpm, 1) },
      steps: steps.map((step) => ({ since: isoOf(step.sinceUs), until: isoOf(step.untilUs), by: secondsOf(step.by) })),
    })),
  };
}

const secondsOf = (interval: { lowerUs: number; upperUs: number } | undefined): Clocks['nodes'][number]['ahead'] =>
  interval === undefined ? null : { lower: interval.lowerUs / 1e6, upper: interval.upperUs / 1e6 };

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
