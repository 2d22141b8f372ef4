import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from './api/server.ts';
import { createTraceExporter } from './api/tempo/exporter.ts';
import { createAmiSource } from './collector/ami/client.ts';
import { createEslSource } from './collector/esl/client.ts';
import { createHepTcpSource } from './collector/hep/tcp.ts';
import { createHepUdpSource } from './collector/hep/udp.ts';
import { createLogFileSource } from './collector/logfile/source.ts';
import { importCapture } from './collector/pcap/import.ts';
import type { Bus } from './core/bus/bus.ts';
import { createJournalBus } from './core/bus/journal/bus.ts';
import { createMemoryBus, type MemoryBusOptions } from './core/bus/memory.ts';
import { ConfigError, loadConfig, resolveConfig } from './core/config/load.ts';
import type { Config, Endpoint } from './core/config/schema.ts';
import { hostAndPort } from './core/model/host-and-port.ts';
import { createLog, type Log } from './core/runtime/log.ts';
import { createMetrics } from './core/runtime/metrics.ts';
import { createNameMatcher } from './core/runtime/name-matcher.ts';
import { createNews } from './core/runtime/news.ts';
import { createProgress } from './core/runtime/progress.ts';
import type { Source } from './core/runtime/source.ts';
import { createTenants } from './core/runtime/tenants.ts';
import { createUnmask } from './core/sip/topology-hiding.ts';
import { openStore } from './core/store/open.ts';
import { applyRetention } from './core/store/retention.ts';
import { createDetector } from './indexer/detector/detector.ts';
import { startIndexer } from './indexer/indexer.ts';
import { createLinker } from './indexer/linker/linker.ts';
import { createOutcomes } from './indexer/outcomes/outcomes.ts';
import { createRegistrations } from './indexer/registrations/registrations.ts';

/** The one place that knows every part: it reads the command line, builds, starts and stops. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const VERSION = (JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string }).version;

const USAGE = `Calltrail shows the whole call.

  npm start                              listen on loopback, store in ./data
  npm start -- --config FILE             with a configuration (docs/configuration.md)
  npm start -- --sample                  start, and play a recording that ships with it
  npm run import -- FILE… [--config F]   read capture files (pcap, pcapng, .gz) into the store
  npm run replay -- DIR [options]        play a recording into a running Calltrail
  npm run truth -- DIR…                  compare what is found with what really happened
`;

/** About two seconds of what two cores store; beyond it TCP and ESL wait while the store works. */
export const BUS_CAPACITY = 60_000;
/** Rows wait this long for company: larger batches cost the engine less. */
export const BUS_LINGER_MS = 800;
/** The same while somebody watches: a live tail shows a line within a second. */
const WATCHED_LINGER_MS = 100;

export interface RunningCalltrail {
  readonly httpUrl: string;
  readonly hepUdp: Endpoint;
  readonly hepTcp: Endpoint;
  /** Resolves when everything that was received so far is stored. */
  settled(): Promise<void>;
  /** Stops taking, stores what was taken, closes. Safe to call twice. */
  stop(): Promise<void>;
}

/** Keeps on disk what is not stored yet. */
function openJournal({ journal: { path, ...limits } }: Config, options: MemoryBusOptions, log: Log): Promise<Bus> {
  const say = (level: 'info' | 'error', sentence: string): void => log[level](sentence);
  return createJournalBus({ ...options, directory: path, limits, say });
}

/** Bus, indexer and store: what an import and a running product share. */
async function openPipeline(config: Config, log: Log, openBus: (options: MemoryBusOptions) => Bus | Promise<Bus>) {
  const metrics = createMetrics();
  const store = await openStore(config.store, log);
  await applyRetention(store, config.retention);
  // The embedded engine belongs to one process, a server to anybody.
  const news = createNews(config.store.kind === 'embedded');
  const bus = await openBus({
    capacity: BUS_CAPACITY,
    lingerMs: () => (news.watched() ? WATCHED_LINGER_MS : BUS_LINGER_MS),
    metrics,
    onReject: (error) => log.error(`a batch could not be stored and will be tried again: ${textOf(error)}`),
  });
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
    ...{ registry: metrics.registry, maxLabelValues },
    ...(tenants === undefined ? {} : { tenants }),
  });
  startIndexer({ bus, store, metrics, log, correlation, registrations, stored: news.stored });
  const close = async (): Promise<void> => {
    await bus.close();
    await store.close();
  };
  return { metrics, store, bus, unmask, news, close };
}

/** Starts every role in this process. Rejects with a sentence when a port is in use or the store cannot be opened. */
export async function startCalltrail(config: Config, log: Log): Promise<RunningCalltrail> {
  const { metrics, store, bus, unmask, news, close } = await openPipeline(config, log, (options) =>
    openJournal(config, options, log),
  );
  const { trustSenderClock, hep } = config;
  const common = { trustSenderClock, bus, metrics, ...(hep.key === undefined ? {} : { authKey: hep.key }) };
  const udp = createHepUdpSource({ ...common, listen: hep.udp });
  const tcp = createHepTcpSource({ ...common, listen: hep.tcp });
  const hepSources = [udp, tcp];
  if (hep.tls !== undefined) {
    const { listen, cert, key } = hep.tls;
    hepSources.push(createHepTcpSource({ ...common, listen, tls: { cert, key } }));
  }
  const sources: Source[] = [...hepSources];
  const say = (level: 'info' | 'warn' | 'error', message: string): void => log[level](message);
  for (const node of config.freeswitch) {
    sources.push(createEslSource({ node, trustSenderClock, bus, metrics, log: say }));
  }
  const stateDir = config.store.kind === 'embedded' ? config.store.path : 'data';
  for (const file of config.logFiles) {
    sources.push(createLogFileSource({ file, stateDir, bus, metrics, log, trustSenderClock }));
  }
  for (const node of config.asterisk) {
    sources.push(createAmiSource({ node, trustSenderClock, bus, metrics, log: say }));
  }
  const page = here('web/dist');
  const shown = { store, metrics, log, hosts: config.hosts, unmask, guesses: config.guesses, version: VERSION };
  const server = await createServer({
    ...shown,
    news,
    access: config.access,
    sources: () => sources.map((source) => source.state()),
    ...(existsSync(page) ? { pageDir: page } : {}),
  });

  const exporter = config.otlp === undefined ? undefined : createTraceExporter({ ...shown, otlp: config.otlp });
  const watched = createOutcomes({
    ...{ store, log, metrics },
    places: { names: config.hosts, nodes: new Set([...config.freeswitch, ...config.asterisk].map(({ host }) => host)) },
    maxLabelValues: config.metrics.maxLabelValues,
    sinceUs: Date.now() * 1000,
  });
  const { quietSeconds, intervalSeconds } = config.linker;
  const timing = { quietMs: quietSeconds * 1000, intervalMs: intervalSeconds * 1000 };
  const linker = createLinker({
    ...{ store, metrics, log, watched, ...timing },
    ...(exporter === undefined ? {} : { over: exporter.offer }),
  });
  const detector = config.alerts.enabled
    ? createDetector({ store, log, registry: metrics.registry, config: config.alerts, linker: config.linker })
    : undefined;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.all(sources.map((source) => source.stop()));
    await linker.stop();
    await detector?.stop();
    await exporter?.stop();
    await server.close();
    await close();
  };
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  try {
    for (const source of sources) await source.start();
    linker.start();
    detector?.start();
    const { host, port } = config.http;
    const httpUrl = await server.listen({ host, port });
    const settled = async (): Promise<void> => {
      await Promise.all(hepSources.map((source) => source.flush()));
      await bus.drained();
    };
    return { httpUrl, hepUdp: udp.address(), hepTcp: tcp.address(), settled, stop: stopOnce };
  } catch (error) {
    await stopOnce();
    throw error;
  }
}

function hepPlaces({ hepUdp, hepTcp }: RunningCalltrail): string {
  const udp = hostAndPort(hepUdp.host, hepUdp.port);
  const tcp = hostAndPort(hepTcp.host, hepTcp.port);
  return udp === tcp ? `${udp} (UDP and TCP)` : `${udp} (UDP) and ${tcp} (TCP)`;
}

/** What went wrong, for a person. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code !== 'EADDRINUSE' || address === undefined || port === undefined) return error.message;
  return `${hostAndPort(address, port)} is in use by another program: stop that one, or configure another port`;
}

async function runStart(args: readonly string[], log: Log): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'string' }, sample: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  const config = values.config === undefined ? resolveConfig({}) : loadConfig(values.config);
  const sample = values.sample === true ? await openSample(config) : undefined;
  const running = await startCalltrail(sample?.config ?? config, log);
  log.info(`Calltrail ${VERSION} is at ${running.httpUrl} and takes HEP at ${hepPlaces(running)}`);
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
    play: async ({ hepUdp, settled }: RunningCalltrail): Promise<string> => {
      await player.play({ hep: hepUdp, transport: 'udp', speed: 4, order: 'recorded' });
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
  const { bus, metrics, close } = await openPipeline(config, log, createMemoryBus);
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

async function run(argv: readonly string[]): Promise<number> {
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
  run(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      const problems = error instanceof ConfigError ? error.problems : [textOf(error)];
      for (const problem of problems) process.stderr.write(`${problem}\n`);
      process.exit(1);
    },
  );
}
