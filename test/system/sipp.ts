import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '../../core/config/config.ts';
import { isUdpOpen } from './ports.ts';
import { type Program, startProgram } from './program.ts';
import { until } from './until.ts';

/** A message as sipp itself wrote it down, byte by byte. */
export interface SippMessage {
  readonly direction: 'sent' | 'received';
  readonly text: string;
}

export interface Sipp {
  readonly at: Endpoint;
  readonly program: Program;
  /** Everything that it sent and received so far, repeated sendings included, in order. */
  messages(): readonly SippMessage[];
}

export interface PlacedCall {
  readonly from: string;
  readonly name: string;
  readonly to: string;
}

interface SippOptions {
  /** Unique among those that run together. */
  readonly name: string;
  readonly directory: string;
  /** A file in test/system/sipp, without its ending. */
  readonly scenario: string;
  readonly at: Endpoint;
  /** How long a pause without a length is; default 0. */
  readonly pauseMs?: number;
  /** Max-Forwards of what it sends, where the scenario says [hops]; default 70. */
  readonly hops?: number;
}

/** Nobody waits longer than this for a call: a sipp that hangs ends with an error. */
const TIMEOUT = '60s';

function startSipp(options: SippOptions, more: readonly string[]): Sipp {
  const { name, directory, scenario, at, pauseMs = 0, hops = 70 } = options;
  const log = join(directory, `${name}.messages`);
  const file = fileURLToPath(new URL(`sipp/${scenario}.xml`, import.meta.url));
  const local = ['-i', at.host, '-bind_local', '-p', String(at.port)];
  const logs = ['-trace_msg', '-message_file', log, '-trace_err', '-error_file', join(directory, `${name}.errors`)];
  // Its screen is drawn for nobody: once a minute is enough.
  const quiet = ['-nostdin', '-f', '60', '-skip_rlimit', '-timeout', TIMEOUT, '-timeout_error'];
  const args = [...more, '-sf', file, ...local, '-d', String(pauseMs), '-key', 'hops', String(hops), ...quiet, ...logs];
  const program = startProgram('sipp', args, { cwd: directory });
  return { at, program, messages: () => (existsSync(log) ? parseMessageLog(readFileSync(log)) : []) };
}

/** One who answers calls until it is stopped. Resolves when a call would reach it. */
export async function startCallee(options: SippOptions): Promise<Sipp> {
  const sipp = startSipp(options, []);
  const { program, at } = sipp;
  try {
    await until(
      `${options.name} listens`,
      () => {
        if (!program.isRunning()) throw new Error(`sipp ended:\n${program.output()}`);
        return isUdpOpen(at.host, at.port);
      },
      { state: program.output },
    );
  } catch (error) {
    await program.stop();
    throw error;
  }
  return sipp;
}

export interface CallerOptions extends SippOptions {
  readonly to: Endpoint;
  readonly calls: readonly PlacedCall[];
  readonly transport: 'udp' | 'tcp';
}

/** One who places these calls, ten a second, and ends. The exit code is 0 when each went as the scenario says. */
export function startCaller(options: CallerOptions): Sipp {
  const { to, calls, transport, directory, name } = options;
  const list = join(directory, `${name}.csv`);
  writeFileSync(list, `SEQUENTIAL\n${calls.map((call) => `${call.from};${call.to};${call.name}\n`).join('')}`);
  const remote = to.host.includes(':') ? `[${to.host}]:${to.port}` : `${to.host}:${to.port}`;
  const count = String(calls.length);
  return startSipp(options, [remote, '-t', transport === 'tcp' ? 't1' : 'u1', '-inf', list, '-m', count, '-r', '10']);
}

/**
 * The log that `-trace_msg` writes: a line of dashes with the time, "UDP message sent (485 bytes):", the message. Between
 * messages there may be lines about sockets ("Problem EAGAIN on socket 6").
 */
export function parseMessageLog(log: Buffer): SippMessage[] {
  const HEAD =
    /^(?:(?!-{20})[^\n]*\n)*-{20,} [^\n]*\n\w+ message (?:(sent) \((\d+) bytes\)|(received) \[(\d+)\] bytes ):\n\n/;
  const messages: SippMessage[] = [];
  let left = log;
  while (left.includes('-'.repeat(20))) {
    const head = HEAD.exec(left.toString('latin1', 0, 1000));
    if (head === null) throw new Error(`not a sipp message log: ${JSON.stringify(left.toString('latin1', 0, 1000))}`);
    const end = head[0].length + Number(head[2] ?? head[4]);
    const text = left.toString('utf8', head[0].length, end);
    messages.push({ direction: head[1] !== undefined ? 'sent' : 'received', text });
    // One more line end, written behind each message.
    left = left.subarray(end + 1);
  }
  return messages;
}
