import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../runtime/log.ts';
import type { Selector } from '../selector.ts';
import { StoreError } from '../store.ts';
import { withoutValues } from '../store-errors.ts';
import type { FromChild, ReaderPlace, ToChild } from './messages.ts';
import { createProcessSelector } from './process-select.ts';

export interface EngineProcess {
  readonly pid: number;
  /** "http://127.0.0.1:40123": ClickHouse's HTTP interface, for whoever has the password. */
  readonly url: string;
  readonly password: string;
  /** Where rows are laid that the engine is to take. */
  readonly spool: string;
  /** Where readers are let in; undefined when they are not. */
  readonly readerPort?: number;
  /** Asks it over the channel between the two processes. */
  readonly selector: Selector;
  /** Resolves when the process is gone, with a plain word for why. */
  readonly exited: Promise<string>;
  /** Lets running statements end, closes the directory. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly path: string;
  /** What the engine may use, in MB; default 2048. */
  readonly memoryMb?: number;
  /** Readers are let in there; without it nobody is. */
  readonly reader?: ReaderPlace;
}

type FirstWord = Extract<FromChild, { type: 'ready' | 'failed' }>;

const PROGRAM = fileURLToPath(new URL('./child.ts', import.meta.url));
const STOP_MS = 12_000;
/** A directory of many parts takes seconds to open; what takes longer hangs. */
const START_MS = 120_000;

/** Starts a process that opens the directory. Rejects with a {@link StoreError} when that cannot be done. */
export async function startEngine(options: EngineOptions, log: Log): Promise<EngineProcess> {
  const path = resolve(options.path);
  const secret = randomBytes(32).toString('base64url');
  const child = fork(PROGRAM, [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Bytes stay bytes.
    serialization: 'advanced',
    // Every statement of the engine holds a thread of libuv's pool, and so does every write to a file.
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', NODE_OPTIONS: '' },
  });
  const exited = new Promise<string>((done) => {
    // "close" rather than "exit": what the engine wrote last has been read by then.
    child.once('close', (code, signal) => done(signal ?? `exit code ${code}`));
    child.once('error', (error) => done(error.message));
  });
  let starting = true;
  const complaints: string[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (starting) complaints.push(line);
    else log.warn(`store engine: ${withoutValues(line)}`);
  });
  const say = (message: ToChild) => {
    if (child.connected) child.send(message, () => undefined);
  };
  const { reader } = options;
  say({ type: 'start', path, secret, memoryMb: options.memoryMb ?? 2048, ...(reader === undefined ? {} : { reader }) });
  const startTimer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const first = await Promise.race([
    once(child, 'message').then(([message]) => message as FirstWord),
    exited.then((why): FirstWord => ({ type: 'failed', message: `the engine did not start (${why})` })),
  ]);
  starting = false;
  clearTimeout(startTimer);
  if (first.type === 'failed') {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
    throw new StoreError('refused', whyNot(path, [...complaints, first.message].join('\n')));
  }
  // One that was killed leaves its rows in memory.
  const { port, spool, readerPort } = first;
  const cleared = exited.then(() => rm(spool, { recursive: true, force: true }));
  cleared.catch((error: unknown) => log.warn(`${spool} could not be removed: ${String(error)}`));
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    say({ type: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    password: secret,
    spool,
    ...(readerPort === undefined ? {} : { readerPort }),
    selector: createProcessSelector(child, exited),
    exited,
    stop: () => (stopping ??= stop()),
  };
}

/** The engine itself says only on stderr that another process has the directory. */
function whyNot(path: string, text: string): string {
  return text.includes('Cannot lock file') ? `${path} is in use by another process: only one can have it open` : text;
}
