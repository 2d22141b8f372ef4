import type { Config } from '../core/config/config.ts';
import { createHostNames } from '../core/model/host-names.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Store } from '../core/store/store.ts';
import { createDetector } from './detector/detector.ts';
import { createLinker } from './linker/linker.ts';
import { createOutcomes } from './outcomes/outcomes.ts';

/** Everything that looks at calls in the background: they are put together, counted, and judged. */
export interface LinkerRole {
  start(): void;
  /** Resolves when what runs has ended. Safe to call twice. */
  stop(): Promise<void>;
}

export interface LinkerRoleDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Told of calls, by id, that are over. */
  readonly over?: (ids: readonly string[]) => void;
}

export function createLinkerRole(config: Config, { store, metrics, log, over }: LinkerRoleDeps): LinkerRole {
  const { hosts, freeswitch, asterisk, alerts } = config;
  const { quietSeconds, intervalSeconds } = config.linker;
  const watched = createOutcomes({
    ...{ store, log, metrics },
    places: { names: createHostNames(hosts), nodes: new Set([...freeswitch, ...asterisk].map(({ host }) => host)) },
    maxLabelValues: config.metrics.maxLabelValues,
    sinceUs: Date.now() * 1000,
  });
  const linker = createLinker({
    ...{ store, metrics, log, watched },
    ...{ quietMs: quietSeconds * 1000, intervalMs: intervalSeconds * 1000 },
    ...(over === undefined ? {} : { over }),
  });
  const detector = alerts.enabled
    ? createDetector({ store, log, registry: metrics.registry, config: alerts, linker: config.linker })
    : undefined;
  return {
    start() {
      linker.start();
      detector?.start();
    },
    async stop() {
      await linker.stop();
      await detector?.stop();
    },
  };
}
