import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../core/config/config.ts';
import { switchAddresses } from '../core/config/switches.ts';
import { createHostNames } from '../core/model/host-names.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { SourceState } from '../core/runtime/source.ts';
import { heldStore } from '../core/store/lease/held-store.ts';
import { createLease } from '../core/store/lease/lease.ts';
import { watchLease } from '../core/store/lease/lease-metrics.ts';
import type { Store } from '../core/store/store.ts';
import { createDetector } from './detector/detector.ts';
import { createLinker } from './linker/linker.ts';
import { createOutcomes } from './outcomes/outcomes.ts';
import { createKeeper } from './privacy/keeper.ts';

/** Everything that looks at calls in the background: they are put together, counted, and judged. */
export interface LinkerRole {
  start(): void;
  /** Resolves when what runs has ended. Safe to call twice. */
  stop(): Promise<void>;
  /** Who does it, where several processes may. */
  states(): readonly SourceState[];
}

export interface LinkerRoleDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Told of calls, by id, that are over. */
  readonly over?: (ids: readonly string[]) => void;
}

type Work = Omit<LinkerRole, 'states'>;

/** The linker remembers a call for a while after it was put together. */
const SETTLE_MS = 60_000;
const LEASE = 'linker';
/** Machines whose clocks are further apart than this are ill; the store is asked once more about what is younger. */
const SKEW_US = 300_000_000;

/** With an embedded store this process is the only one; over a server one of all that have the role works. */
export function createLinkerRole(config: Config, deps: LinkerRoleDeps): LinkerRole {
  if (config.store.kind === 'embedded') return { ...createWork(config, deps), states: () => [] };
  const { store, metrics, log } = deps;
  let working: (Work & { removeMetrics(): void }) | undefined;
  const lease = createLease({
    ...{ store, log, name: LEASE, leaseMs: config.linker.leaseSeconds * 1000 },
    me: `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`,
    gained(hold) {
      const { made, remove } = recordMetrics(metrics, () =>
        createWork(config, { ...deps, store: heldStore(store, hold) }, hold.term),
      );
      working = { ...made, removeMetrics: remove };
      made.start();
    },
    async lost() {
      const ended = working;
      working = undefined;
      await ended?.stop();
      ended?.removeMetrics();
    },
  });
  watchLease(lease, LEASE, metrics.registry);
  return {
    start: () => lease.start(),
    stop: () => lease.stop(),
    states() {
      const holder = lease.holder();
      const detail = lease.isHeld()
        ? 'this process puts calls together'
        : `stands by, ${holder === undefined ? 'as it is not known yet who' : `while ${holder}`} puts calls together`;
      return [{ name: LEASE, state: 'up', detail, lastSeenMs: 0 }];
    },
  };
}

function createWork(config: Config, { store, metrics, log, over }: LinkerRoleDeps, term?: number): Work {
  const { hosts, alerts } = config;
  const { quietSeconds, intervalSeconds } = config.linker;
  const places = { names: createHostNames(hosts), nodes: switchAddresses(config) };
  const watched = createOutcomes({
    ...{ store, log, metrics, places },
    maxLabelValues: config.metrics.maxLabelValues,
    sinceUs: Date.now() * 1000,
  });
  const linker = createLinker({
    ...{ store, metrics, log, watched, places },
    ...{ quietMs: quietSeconds * 1000, intervalMs: intervalSeconds * 1000 },
    ...(term === undefined ? {} : { term, skewUs: SKEW_US }),
    ...(over === undefined ? {} : { over }),
  });
  const detector = alerts.enabled
    ? createDetector({ store, log, registry: metrics.registry, config: alerts, linker: config.linker })
    : undefined;
  const keeper = createKeeper({
    ...{ store, log, registry: metrics.registry, retention: config.retention, tenants: config.tenants },
    // Until then all that was taken is stored, and the linker has written what it remembered.
    settleMs: 2 * (quietSeconds + intervalSeconds) * 1000 + SETTLE_MS,
  });
  return {
    start() {
      linker.start();
      keeper.start();
      detector?.start();
    },
    async stop() {
      await linker.stop();
      await detector?.stop();
      await keeper.stop();
    },
  };
}

/** A process that stands by shows no counters of the work: it would go on showing what it knew last. */
function recordMetrics<T>({ registry, linkerLag }: Metrics, make: () => T): { made: T; remove(): void } {
  const names = (): string[] => registry.getMetricsAsArray().map(({ name }) => name);
  const before = new Set(names());
  const made = make();
  const own = names().filter((name) => !before.has(name));
  return {
    made,
    remove() {
      for (const name of own) registry.removeSingleMetric(name);
      linkerLag(() => 0);
    },
  };
}
