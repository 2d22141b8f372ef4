import { Counter } from 'prom-client';
import type { Bus } from '../core/bus/bus.ts';
import type { Config, Endpoint } from '../core/config/config.ts';
import { countAll } from '../core/model/capture-event.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Source } from '../core/runtime/source.ts';
import { createAmiSource } from './ami/client.ts';
import { createEslSource } from './esl/client.ts';
import { createHepTcpSource } from './hep/tcp.ts';
import { createHepUdpSource } from './hep/udp.ts';
import { createLogFileSource } from './logfile/source.ts';

/** Everything that the configuration lets a collector hear. */
export interface Sources {
  readonly all: readonly Source[];
  /** Where HEP is taken, once they have started. */
  hep(): { readonly udp: Endpoint; readonly tcp: Endpoint };
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

export function createSources(config: Config, { bus: to, metrics, log }: SourcesDeps): Sources {
  const { trustSenderClock, hep } = config;
  const bus = countOffered(to, metrics);
  const common = { trustSenderClock, bus, metrics, ...(hep.key === undefined ? {} : { authKey: hep.key }) };
  const udp = createHepUdpSource({ ...common, listen: hep.udp });
  const tcp = createHepTcpSource({ ...common, listen: hep.tcp });
  const hepSources = [udp, tcp];
  if (hep.tls !== undefined) {
    const { listen, cert, key } = hep.tls;
    hepSources.push(createHepTcpSource({ ...common, listen, tls: { cert, key } }));
  }
  const all: Source[] = [...hepSources];
  const say = (level: 'info' | 'warn' | 'error', message: string): void => log[level](message);
  for (const node of config.freeswitch) {
    all.push(createEslSource({ node, trustSenderClock, bus, metrics, log: say }));
  }
  const stateDir = config.store.kind === 'embedded' ? config.store.path : 'data';
  for (const file of config.logFiles) {
    all.push(createLogFileSource({ file, stateDir, bus, metrics, log, trustSenderClock }));
  }
  for (const node of config.asterisk) {
    all.push(createAmiSource({ node, trustSenderClock, bus, metrics, log: say }));
  }
  return {
    all,
    hep: () => ({ udp: udp.address(), tcp: tcp.address() }),
    async flush() {
      await Promise.all(hepSources.map((source) => source.flush()));
    },
  };
}
