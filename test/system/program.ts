import { type ChildProcess, spawn } from 'node:child_process';
import { PROGRAM_ENV } from './needs.ts';

export interface Program {
  readonly pid: number;
  /** What it wrote to both outputs so far. */
  output(): string;
  /** The exit code once it has ended; undefined after a signal. */
  readonly ended: Promise<number | undefined>;
  readonly isRunning: () => boolean;
  /** To the program alone. */
  signal(name: NodeJS.Signals): void;
  /** Ends it, whatever state it is in, and everything that it started. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** How long it gets to end by itself when it is asked to; default 5000. */
  readonly stopMs?: number;
}

/** Those that nobody has stopped yet. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) killGroup(child);
});

/** Runs a program in a process group of its own, so that nothing of it is left when a test fails in the middle. */
export function startProgram(command: string, args: readonly string[], options: ProgramOptions = {}): Program {
  const { cwd, env = PROGRAM_ENV, stopMs = 5000 } = options;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  running.add(child);
  let isRunning = true;
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      isRunning = false;
      resolve(code ?? undefined);
    });
  });
  // Whoever waits for it learns of the failure; nobody has to.
  ended.catch(() => {});
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(child), stopMs);
    await ended.catch(() => {});
    clearTimeout(timer);
    killGroup(child);
    running.delete(child);
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    isRunning: () => isRunning,
    signal: (name) => void child.kill(name),
    stop,
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Nobody of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
