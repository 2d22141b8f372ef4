import { createProgress } from '../../core/runtime/progress.ts';
import { parseReplayArguments, REPLAY_USAGE, type ReplayArguments, UsageError } from './arguments.ts';
import { createPlayer, type Player, type PlayReport } from './player.ts';
import { type Recording, RecordingError, readRecording } from './recording.ts';
import { NotConnectedError } from './subscribed.ts';

/** Where a command writes; `process` fits. */
export interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/**
 * `npm run replay -- DIR`: plays a recording to a Calltrail that runs already. Writes the lines that its configuration
 * needs and, at the end, one line of what was sent to stdout; what goes wrong to stderr.
 *
 * @returns the exit code: 0, 1 when not everything could be delivered, 2 when the command makes no sense
 */
export async function runReplay(
  argv: readonly string[],
  output: Output = process,
  signal?: AbortSignal,
): Promise<number> {
  const complain = (message: string): void => {
    output.stderr.write(`${message}\n`);
  };
  let player: Player | undefined;
  try {
    const wanted = parseReplayArguments(argv);
    const recording = await readRecording(wanted.dir);
    player = await createPlayer(recording, wanted);
    if (player.freeswitch.length + player.asterisk.length > 0) output.stdout.write(configurationFor(player));
    const report = await playOut(player, recording, wanted, signal);
    output.stdout.write(`${summaryOf(recording, report)}\n`);
    if (!report.complete) complain('Some of it found nobody who was subscribed to it.');
    return report.complete ? 0 : 1;
  } catch (error) {
    if (signal?.aborted === true) {
      complain('Stopped.');
      return 1;
    }
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    complain(sentence);
    return error instanceof UsageError || error instanceof RecordingError ? 2 : 1;
  } finally {
    await player?.close();
  }
}

async function playOut(
  player: Player,
  recording: Recording,
  { hep, speed, transport }: ReplayArguments,
  signal?: AbortSignal,
): Promise<PlayReport> {
  const progress = createProgress(`replay ${recording.name}`);
  try {
    return await player.play({
      hep,
      ...(transport === 'tcp' ? { hepTcp: hep } : {}),
      transport,
      speed,
      order: 'recorded',
      onProgress: progress.update,
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    progress.end();
  }
}

/** The part of the YAML file that makes the product connect to the replayed switches. */
function configurationFor(player: Player): string {
  const freeswitch = player.freeswitch.map(
    ({ name, host, port, password }) =>
      `    - { name: ${name}, host: ${host}, port: ${port}, password: ${password}, logLevel: 7 }\n`,
  );
  const asterisk = player.asterisk.map(
    ({ name, host, port, username, password }) =>
      `    - { name: ${name}, host: ${host}, port: ${port}, username: ${username}, password: ${password} }\n`,
  );
  const part = (name: string, nodes: readonly string[]): string =>
    nodes.length === 0 ? '' : `  ${name}:\n${nodes.join('')}`;
  // The recording is older than the hour in which a sender's clock is believed without this.
  return `collector:\n  trustSenderClock: true\n${part('freeswitch', freeswitch)}${part('asterisk', asterisk)}`;
}

function summaryOf(recording: Recording, { datagrams, nodes }: PlayReport): string {
  const told = nodes.map(({ name, source, events, logLines }) => {
    const lines = source.startsWith('esl:') ? ` and ${logLines} log lines` : '';
    return `, ${events} events${lines} of ${name}`;
  });
  return `${recording.name}: ${datagrams} HEP packets${told.join('')}`;
}

/** What a person can do something about; undefined for a mistake of ours. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof UsageError) return `${error.message}\nUsage: ${REPLAY_USAGE}`;
  if (error instanceof RecordingError) return error.message;
  if (error instanceof NotConnectedError) return `${error.message}. Is it in the configuration of Calltrail?`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'Nobody listens for HEP there. Does Calltrail run? See --hep.';
  if (code === 'EADDRINUSE') return 'A port for the switches is in use. See --esl-port and --ami-port.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The host of --hep is not known.';
  return undefined;
}
