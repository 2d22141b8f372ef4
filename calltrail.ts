import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer, createStatusServer } from './api/server.ts';
import { createTraceExporter } from './api/tempo/exporter.ts';
import { createSources, type Sources } from './collector/sources.ts';
import type { Bus } from './core/bus/bus.ts';
import { BUS_LINGER_MS, openWays, type Ways } from './core/bus/open.ts';
import type { Config, Endpoint, Role } from './core/config/config.ts';
import { needsStore } from './core/config/roles.ts';
import { switchAddresses } from './core/config/switches.ts';
import { createLive } from './core/runtime/live.ts';
import type { Log } from './core/runtime/log.ts';
import { createMetrics, type Metrics } from './core/runtime/metrics.ts';
import { createNameMatcher } from './core/runtime/name-matcher.ts';
import { createNews } from './core/runtime/news.ts';
import { createReload, type Reload } from './core/runtime/reload.ts';
import { createTenants } from './core/runtime/tenants.ts';
import { createUnmask } from './core/sip/topology-hiding.ts';
import { openStore } from './core/store/open.ts';
import { limitQuestions } from './core/store/question-limit.ts';
import { applyRetention } from './core/store/retention.ts';
import { startIndexer } from './indexer/indexer.ts';
import { createLinkerRole } from './indexer/linker-role.ts';
import { createRegistrationRows } from './indexer/registrations/registration-rows.ts';
import { createRegistrations } from './indexer/registrations/registrations.ts';

/** The one place that knows every part: it builds, starts and stops the roles of one process. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const VERSION = (JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string }).version;

export interface RunningProcess {
  readonly httpUrl: string;
  /** Where HEP is taken, by a process with the role of a collector. */
  readonly hep?: { readonly udp: Endpoint; readonly tcp: Endpoint };
  /** Resolves when everything that was received so far is stored; by a collector without an indexer, sent. */
  settled(): Promise<void>;
  /** Takes over what can be changed while it runs. */
  readonly reload: Pick<Reload, 'from' | 'look'>;
  /** Stops taking, stores what was taken, closes. Safe to call twice. */
  stop(): Promise<void>;
}

export interface RunningCalltrail extends RunningProcess {
  readonly hepUdp: Endpoint;
  readonly hepTcp: Endpoint;
}

/** The same while somebody watches: a live tail shows a line within a second. */
const WATCHED_LINGER_MS = 100;

type OpenWays<T> = (metrics: Metrics, lingerMs: () => number) => T | Promise<T>;

interface Outgoing {
  readonly outOf?: Pick<Bus, 'subscribe'>;
  close(): Promise<void>;
}

/** Bus, indexer and store: what an import and a running product share. */
export async function openPipeline<T extends Outgoing>(config: Config, log: Log, open: OpenWays<T>) {
  const metrics = createMetrics();
  const store = await openStore(config.store, log);
  await applyRetention(store, config.retention);
  // The embedded engine belongs to one process, a server to anybody.
  const news = createNews(config.store.kind === 'embedded');
  const bus = await open(metrics, () => (news.watched() ? WATCHED_LINGER_MS : BUS_LINGER_MS));
  const { correlationHeaders, correlationVariables } = config;
  const unmask = createUnmask(config.topologyHiding);
  const isCallbackRoom = createNameMatcher(config.callbackRooms);
  const tenants = createTenants(config.tenants);
  const correlation = {
    correlationHeaders,
    correlationVariables,
    ...(config.topologyHiding.length === 0 ? {} : { unmask }),
    isCallbackRoom,
    guesses: config.guesses,
    ...(tenants === undefined ? {} : { tenants }),
  };
  const { maxLabelValues } = config.metrics;
  const registrations = createRegistrations({
    ...{ registry: metrics.registry, maxLabelValues, rows: createRegistrationRows(store, metrics, log) },
    ...(tenants === undefined ? {} : { tenants }),
  });
  if (bus.outOf !== undefined) {
    const { stored } = news;
    startIndexer({ bus: bus.outOf, store, metrics, log, correlation, registrations, stored });
  }
  const close = async (): Promise<void> => {
    await bus.close();
    await store.close();
  };
  return { metrics, store, bus, unmask, news, close };
}

/** Starts every role in this process. Rejects with a sentence when a port is in use or the store cannot be opened. */
export async function startCalltrail(config: Config, log: Log): Promise<RunningCalltrail> {
  const running = await startProcess(config, log);
  if (running.hep === undefined) throw new Error('Calltrail was started without the role of a collector');
  return { ...running, hepUdp: running.hep.udp, hepTcp: running.hep.tcp };
}

/** Starts the roles that the configuration names. Rejects as {@link startCalltrail} does. */
export async function startProcess(config: Config, log: Log): Promise<RunningProcess> {
  const has = (role: Role): boolean => config.roles.includes(role);
  if (!needsStore(config)) return startCollector(config, log);
  const { metrics, store, bus, unmask, news, close } = await openPipeline(config, log, (metrics, lingerMs) =>
    openWays(config, metrics, log, lingerMs),
  );
  const sources = bus.into && createSources(config, { bus: bus.into, metrics, log });
  const page = here('web/dist');
  const { reload, access, hosts } = followConfig(config, { sources, metrics, log });
  const phase = { stopping: false };
  const states = () => [...statesOf(sources, bus, reload)(), ...(linker?.states() ?? [])];
  const shown = { store, metrics, log, hosts, unmask, guesses: config.guesses, version: VERSION };
  const senders = sources === undefined ? {} : { unknownSenders: sources.unknownSenders };
  const { privacy, tenants } = config;
  const asked = {
    ...shown,
    store: limitQuestions(store, metrics.registry),
    news,
    access,
    privacy,
    tenants,
    sources: states,
    switches: switchAddresses(config),
    ...senders,
    stopping: () => phase.stopping,
  };
  const server = has('api')
    ? await createServer({ ...asked, ...(existsSync(page) ? { pageDir: page } : {}) })
    : await createStatusServer(asked);

  const exporter = config.otlp === undefined ? undefined : createTraceExporter({ ...shown, otlp: config.otlp });
  const over = exporter === undefined ? {} : { over: exporter.offer };
  const linker = has('linker') ? createLinkerRole(config, { ...{ store, metrics, log }, ...over }) : undefined;
  const begin = (): void => linker?.start();
  const end = async (): Promise<void> => {
    await linker?.stop();
    await exporter?.stop();
    await server.close();
    await close();
  };
  return run({ config, sources, bus, server, reload, phase, begin, end });
}

/** A process that takes and sends on, and opens no store. */
async function startCollector(config: Config, log: Log): Promise<RunningProcess> {
  const metrics = createMetrics();
  const bus = await openWays(config, metrics, log);
  const sources = bus.into && createSources(config, { bus: bus.into, metrics, log });
  const { reload, access } = followConfig(config, { sources, metrics, log });
  const phase = { stopping: false };
  const server = await createStatusServer({
    ...{ metrics, log, version: VERSION, access, privacy: config.privacy, tenants: config.tenants },
    stopping: () => phase.stopping,
    sources: statesOf(sources, bus, reload),
    ...(sources === undefined ? {} : { unknownSenders: sources.unknownSenders }),
  });
  const end = async (): Promise<void> => {
    await server.close();
    await bus.close();
  };
  return run({ config, sources, bus, server, reload, phase, begin: () => {}, end });
}

interface Following {
  readonly sources: Sources | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What of the configuration is looked at anew each time, and what changes it. */
function followConfig(config: Config, { sources, metrics, log }: Following) {
  const access = createLive(config.access);
  const hosts = createLive(config.hosts);
  const change = async (next: Config): Promise<void> => {
    access.become(next.access);
    hosts.become(next.hosts);
    await sources?.change(next);
  };
  const reload = createReload({ config, change, metrics, log });
  return { reload, access: access.current, hosts: hosts.current };
}

const statesOf = (sources: Sources | undefined, bus: Ways, reload: Reload) => () => [
  ...reload.states(),
  ...(sources?.states() ?? []),
  ...bus.states(),
];

interface Parts {
  readonly config: Config;
  readonly sources: Sources | undefined;
  readonly bus: Ways;
  readonly server: Awaited<ReturnType<typeof createStatusServer>>;
  readonly reload: Reload;
  readonly phase: { stopping: boolean };
  begin(): void;
  /** After the sources. */
  end(): Promise<void>;
}

/** Starts what was built; when a part of it does not start, none of it is left. */
async function run({ config, sources, bus, server, reload, phase, begin, end }: Parts): Promise<RunningProcess> {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    phase.stopping = true;
    await sources?.stop();
    await end();
  };
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  try {
    await sources?.start();
    begin();
    const { host, port } = config.http;
    const httpUrl = await server.listen({ host, port });
    const settled = async (): Promise<void> => {
      await sources?.flush();
      await bus.drained();
    };
    return { httpUrl, ...(sources === undefined ? {} : { hep: sources.hep() }), settled, reload, stop: stopOnce };
  } catch (error) {
    await stopOnce();
    throw error;
  }
}
