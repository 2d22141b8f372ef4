import { Counter } from 'prom-client';
import type { Bus } from '../core/bus/bus.ts';
import type { Config, DiscoverConfig, Endpoint } from '../core/config/config.ts';
import { countAll } from '../core/model/capture-event.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Source, SourceState } from '../core/runtime/source.ts';
import type { UnknownSender } from '../core/runtime/unknown-sender.ts';
import { createDiscovery, type Discovery, listName } from './discovery/discovery.ts';
import type { HepSource } from './hep/hep-source.ts';
import { createStrangers } from './hep/strangers.ts';
import { createHepTcpSource } from './hep/tcp.ts';
import { createHepUdpSource } from './hep/udp.ts';
import { freeswitchKey, makeNode, type NodeLike, type WantedNode, wantedNodes } from './nodes.ts';
import { createReconciled } from './reconcile.ts';

/** Everything that the configuration lets a collector hear. */
export interface Sources {
  /** Resolves when all of it listens or has begun to connect. Rejects when an address is in use. */
  start(): Promise<void>;
  stop(): Promise<void>;
  states(): readonly SourceState[];
  /**
   * Takes over what a collector may change while it runs: who may send HEP, switches, files and lists of switches. What is
   * described as before is not touched.
   */
  change(config: Config): Promise<void>;
  /** Where HEP is taken, once they have started. */
  hep(): { readonly udp: Endpoint; readonly tcp: Endpoint };
  /** Those whose HEP packets are not taken, the last seen first. */
  unknownSenders(): readonly UnknownSender[];
  /** Resolves when what HEP listeners hold back for company is published. */
  flush(): Promise<void>;
}

export interface SourcesDeps {
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What sources hand to the bus, gaps and unreadable bytes that are kept included: what it has to account for. */
function countOffered(bus: Bus, { registry }: Metrics): Bus {
  const offered = new Counter({
    name: 'calltrail_offered_total',
    help: 'Events that sources handed to the bus.',
    registers: [registry],
  });
  return {
    ...bus,
    publish(events) {
      offered.inc(countAll(events));
      return bus.publish(events);
    },
  };
}

export function createSources(first: Config, { bus: to, metrics, log }: SourcesDeps): Sources {
  const { trustSenderClock } = first;
  const bus = countOffered(to, metrics);
  let config = first;
  const strangers = createStrangers();
  const common = { trustSenderClock, bus, metrics, rules: first.hep, strangers, limits: first.hep };
  const udp = createHepUdpSource({ ...common, listen: first.hep.udp });
  const tcp = createHepTcpSource({ ...common, listen: first.hep.tcp });
  const hep: HepSource[] = [udp, tcp];
  if (first.hep.tls !== undefined) {
    const { listen, ...tls } = first.hep.tls;
    hep.push(createHepTcpSource({ ...common, listen, tls }));
  }

  const stateDir = first.store.kind === 'embedded' ? first.store.path : 'data';
  const nodeDeps = { trustSenderClock, stateDir, bus, metrics, log };
  const nodes = createReconciled<WantedNode, NodeLike>({
    make: (wanted, before) => makeNode(wanted, before, nodeDeps),
    ...{ metrics, log },
  });
  const lists = createReconciled<DiscoverConfig & { readonly servers: readonly string[] }, Discovery>({
    make: ({ servers, ...list }, before) =>
      createDiscovery({
        ...{ config: list, dnsServers: servers, known: before?.nodes() ?? [], metrics, log },
        isUp: (name) => nodes.of(freeswitchKey(name))?.state().state === 'up',
        onChange: () => void listenToNodes(),
      }),
    ...{ metrics, log },
  });
  const listenToNodes = (): Promise<void> =>
    nodes.become(
      wantedNodes(
        config,
        lists.all().flatMap((list) => list.nodes()),
      ),
    );
  const lookAtLists = (): Promise<void> =>
    lists.become(
      new Map(config.discover.map((list) => [`discover:${listName(list)}`, { ...list, servers: config.dnsServers }])),
    );

  const all = (): Source[] => [...hep, ...nodes.all(), ...lists.all()];
  return {
    async start() {
      for (const source of hep) await source.start();
      await listenToNodes();
      await lookAtLists();
    },
    async stop() {
      await lists.stop();
      await Promise.all([nodes.stop(), ...hep.map((source) => source.stop())]);
    },
    states: () => all().map((source) => source.state()),
    async change(next) {
      config = next;
      const { tls } = next.hep;
      for (const source of hep)
        source.change({ rules: next.hep, limits: next.hep, ...(tls === undefined ? {} : { tls }) });
      await lookAtLists();
      await listenToNodes();
    },
    hep: () => ({ udp: udp.address(), tcp: tcp.address() }),
    unknownSenders: strangers.list,
    async flush() {
      await Promise.all(hep.map((source) => source.flush()));
    },
  };
}
