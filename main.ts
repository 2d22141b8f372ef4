import { parseArgs } from 'node:util';
import { openPipeline, type RunningProcess, startProcess, VERSION } from './calltrail.ts';
import { importCapture } from './collector/pcap/import.ts';
import { createMemoryBus } from './core/bus/memory.ts';
import { BUS_CAPACITY } from './core/bus/open.ts';
import type { Config } from './core/config/config.ts';
import { ConfigError } from './core/config/config-error.ts';
import { loadConfig } from './core/config/load.ts';
import { resolveConfig } from './core/config/resolve.ts';
import { createLog, type Log } from './core/runtime/log.ts';
import { createProgress } from './core/runtime/progress.ts';
import { placesOf, textOf } from './core/runtime/sentences.ts';

/** The command line: what a person tells Calltrail to do. */

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

/** How often a watched configuration, with the files that it names, is looked at. */
const WATCH_MS = 5_000;

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
  const player = await createPlayer(await readRecording(`${import.meta.dirname}/test/recordings/01-basic`));
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
