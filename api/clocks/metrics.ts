import { Gauge, type Registry } from 'prom-client';
import type { SiteClocks } from '../../core/clock/site.ts';
import type { Log } from '../../core/runtime/log.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { EVERYTHING } from '../../core/runtime/sight.ts';
import type { Store } from '../../core/store/store.ts';
import { readClocks } from './clocks.ts';

/** What is shown was learnt from this time before, and is learnt anew so often. */
const WINDOW_US = 900_000_000;
const AGAIN_MS = 60_000;
/** Nodes that are told of; a sender can invent as many as it likes. */
const MAX_NODES = 256;

/**
 * How far the clock of each node is ahead of that of the reference. A scrape shows what is known and has it learnt anew when
 * that is old; it waits for nobody.
 */
export function exportClocks(registry: Registry, store: Store, log: Log): void {
  let known: SiteClocks | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  const learn = async (): Promise<void> => {
    const untilUs = Date.now() * 1000;
    try {
      known = await readClocks(store, { sinceUs: untilUs - WINDOW_US, untilUs }, { sight: EVERYTHING });
    } catch (error) {
      known = undefined;
      log.warn(`the clocks of the nodes could not be compared: ${reasonOf(error)}`);
    }
  };
  new Gauge({
    name: 'calltrail_clock_offset_seconds',
    help: 'How far the clock of a node is ahead of that of the reference, at least (bound="lower") and at most.',
    labelNames: ['node', 'reference', 'bound'],
    registers: [registry],
    collect() {
      if (performance.now() - askedMs > AGAIN_MS) {
        askedMs = performance.now();
        void learn();
      }
      this.reset();
      const { reference, nodes } = known ?? { reference: undefined, nodes: [] };
      if (reference === undefined) return;
      for (const { node, ahead } of nodes.slice(0, MAX_NODES)) {
        if (ahead === undefined || node === reference) continue;
        this.set({ node, reference, bound: 'lower' }, ahead.lowerUs / 1e6);
        this.set({ node, reference, bound: 'upper' }, ahead.upperUs / 1e6);
      }
    },
  });
}
