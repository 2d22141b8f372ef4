import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer, createStatusServer } from './api/server.ts';
import { createTraceExporter } from './api/tempo/exporter.ts';
import { importCapture } from './collector/pcap/import.ts';
import { createSources, type Sources } from './collector/sources.ts';
import type { Bus } from './core/bus/bus.ts';
import { createMemoryBus } from './core/bus/memory.ts';
import { BUS_CAPACITY, BUS_LINGER_MS, openWays, type Ways } from './core/bus/open.ts';
import type { Config, Endpoint, Role } from './core/config/config.ts';
import { ConfigError } from './core/config/config-error.ts';
import { loadConfig } from './core/config/load.ts';
import { resolveConfig } from './core/config/resolve.ts';
import { needsStore } from './core/config/roles.ts';
import { switchAddresses } from './core/config/switches.ts';
import { createLive } from './core/runtime/live.ts';
import { createLog, type Log } from './core/runtime/log.ts';
import { createMetrics, type Metrics } from './core/runtime/metrics.ts';
import { createNameMatcher } from './core/runtime/name-matcher.ts';
import { createNews } from './core/runtime/news.ts';
import { createProgress } from './core/runtime/progress.ts';
import { createReload, type Reload } from './core/runtime/reload.ts';
import { placesOf, textOf } from './core/runtime/sentences.ts';
import { createTenants } from './core/runtime/tenants.ts';
import { createUnmask } from './core/sip/topology-hiding.ts';
import { openStore } from './core/store/open.ts';
import { limitQuestions } from './core/store/question-limit.ts';
import { applyRetention } from './core/store/retention.ts';
import { startIndexer } from './indexer/indexer.ts';
import { createLinkerRole } from './indexer/linker-role.ts';
import { createRegistrationRows } from './indexer/registrations/registration-rows.ts';
import { createRegistrations } from './indexer/registrations/registrations.ts';

/** The one place that knows every part: it reads the command line, builds, starts and stops. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const VERSION = (JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string }).version;

const USAGE = `Calltrail shows the whole call.

  npm start                              listen on loopback, store in ./data
  npm start -- --config FILE             with a configuration (docs/configuration.md)
  npm start -- --config FILE --watch     take over what changes in it; without, at SIGHUP
  npm start -- --sample                  start, and play a recording that ships with it
  npm run import -- FILE… [--config F]   read capture files (pcap, pcapng, .gz) into the store
  npm run doctor [-- --url URL]          tell which settings of the switches and sensors are missing
  npm run replay -- DIR [options]        play a recording into a running Calltrail
  npm run truth -- DIR…                  compare what is found with what really happened
`;

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

/** How often a watched configuration, with the files that it names, is looked at. */
const WATCH_MS = 5_000;

/** The same while somebody watches: a live tail shows a line within a second. */
const WATCHED_LINGER_MS = 100;

type OpenWays<T> = (metrics: Metrics, lingerMs: () => number) => T | Promise<T>;

interface Outgoing {
  readonly outOf?: Pick<Bus, 'subscribe'>;
  close(): Promise<void>;
}

/** Bus, indexer and store: what an import and a running product share. */
async function openPipeline<T extends Outgoing>(config: Config, log: Log, open: OpenWays<T>) {
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

async function runStart(args: readonly string[], log: Log): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      watch: { type: 'boolean' },
      sample: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const config = values.config === undefined ? resolveConfig({}) : loadConfig(values.config);
  const sample = values.sample === true ? await openSample(config) : undefined;
  const running = await startProcess(sample?.config ?? config, log);
  log.info(`Calltrail ${VERSION} is at ${placesOf(running, config)}`);
  const { config: file } = values;
  if (file !== undefined) {
    const load = (): Config => loadConfig(file);
    process.on('SIGHUP', () => void running.reload.from(load));
    if (values.watch === true) setInterval(() => void running.reload.look(load), WATCH_MS).unref();
  }
  const stopped = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info(`${signal}: storing what was received, then stopping`);
      running.stop().then(
        () => stopped.resolve(0),
        (error: unknown) => {
          log.error(textOf(error));
          stopped.resolve(1);
        },
      );
    });
  }
  if (sample !== undefined) {
    const number = await sample.play(running);
    log.info(`the sample is in: open ${running.httpUrl}/?q=${encodeURIComponent(number)}`);
  }
  const code = await stopped.promise;
  await sample?.close();
  return code;
}

/** A recording that ships with the project, and the configuration under which its old times are believed. */
async function openSample(config: Config) {
  const { createPlayer } = await import('./test/replay/player.ts');
  const { readRecording } = await import('./test/replay/recording.ts');
  const player = await createPlayer(await readRecording(here('test/recordings/01-basic')));
  return {
    config: { ...config, trustSenderClock: true, freeswitch: [...config.freeswitch, ...player.freeswitch] },
    play: async ({ hep, settled }: RunningProcess): Promise<string> => {
      if (hep === undefined) throw new Error('--sample plays to a collector: this process is none');
      await player.play({ hep: hep.udp, transport: 'udp', speed: 4, order: 'recorded' });
      await settled();
      return '+14155550101';
    },
    close: () => player.close(),
  };
}

async function runImport(args: readonly string[], log: Log): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { config: { type: 'string' } },
  });
  if (positionals.length === 0) {
    process.stderr.write('Which file? npm run import -- FILE…\n');
    return 2;
  }
  const config = values.config === undefined ? resolveConfig({}) : loadConfig(values.config);
  // A file that is read can be read again: nothing of it need be kept beside it.
  const { bus, metrics, close } = await openPipeline(config, log, (metrics, lingerMs) => {
    const bus = createMemoryBus({
      ...{ capacity: BUS_CAPACITY, lingerMs, metrics },
      onReject: (error) => log.error(`a batch could not be stored and will be tried again: ${textOf(error)}`),
    });
    return { ...bus, outOf: bus };
  });
  try {
    for (const file of positionals) {
      const progress = createProgress(`import ${file}`);
      const result = await importCapture(file, { bus, metrics, onProgress: progress.update });
      await bus.drained();
      progress.end();
      const skipped = Object.entries(result.skipped).filter(([, count]) => count > 0);
      const rest = skipped.map(([reason, count]) => `${count} ${reason}`).join(', ');
      process.stdout.write(
        `${file}: ${result.sip} SIP messages of ${result.packets} packets${rest === '' ? '' : `; not used: ${rest}`}` +
          `${result.ended === 'whole' ? '' : `; the file is ${result.ended}`}\n`,
      );
    }
    return 0;
  } finally {
    await close();
  }
}

async function runCommand(argv: readonly string[]): Promise<number> {
  const log = createLog();
  const [command = 'start', ...rest] = argv[0]?.startsWith('-') === true ? ['start', ...argv] : argv;
  switch (command) {
    case 'start':
      return runStart(rest, log);
    case 'import':
      return runImport(rest, log);
    case 'replay': {
      const { runReplay } = await import('./test/replay/cli.ts');
      const interrupted = new AbortController();
      process.once('SIGINT', () => interrupted.abort());
      return runReplay(rest, process, interrupted.signal);
    }
    default:
      process.stderr.write(`There is no command "${command}".\n\n${USAGE}`);
      return 2;
  }
}

if (import.meta.main) {
  runCommand(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      const problems = error instanceof ConfigError ? error.problems : [textOf(error)];
      for (const problem of problems) process.stderr.write(`${problem}\n`);
      process.exit(1);
    },
  );
}
