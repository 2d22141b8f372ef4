import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStoredOfSenders } from '../faults/stored.ts';
import { type Asked, ask } from '../system/calltrail.ts';
import { freePort } from '../system/ports.ts';
import { until } from '../system/until.ts';
import { connectNeighbour, type Neighbour } from './neighbour.ts';
import type { Held } from './target-process.ts';

/** What is shot at: a Calltrail with all its listeners, and with switches and a log file that are ours. */
export interface Target extends Asked {
  readonly httpUrl: string;
  readonly ports: {
    readonly hep: number;
    readonly hepTls: number;
    readonly http: number;
    readonly esl: number;
    readonly ami: number;
  };
  readonly logFile: string;
  readonly directory: string;
  /** A switch, a sensor and a person who do everything right, and expect to be served. */
  readonly neighbour: Neighbour;
  /** When what it does has come to an end: what it holds then. */
  held(): Promise<Held>;
  output(): string;
  isRunning(): boolean;
  /** Ends it in order, and answers what is not as it should be: a sentence each. */
  stop(): Promise<string[]>;
}

export const KEY_IN_STORE = 'neighbour-0@faults.example';

/** @param more of its configuration, e.g. brokers */
export async function startTarget(
  { cert, key }: { cert: string; key: string },
  more: Readonly<Record<string, unknown>> = {},
): Promise<Target> {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-fuzz-'));
  const free = (): Promise<number> => freePort('127.0.0.1');
  const ports = { hep: await free(), hepTls: await free(), http: await free(), esl: await free(), ami: await free() };
  const logFile = join(directory, 'freeswitch.log');
  writeFileSync(logFile, '');
  const at = (port: number): string => `127.0.0.1:${port}`;
  const config = {
    http: { port: ports.http },
    // Reached without a word, and read as well when somebody says who he is.
    access: { anonymous: true, users: [{ name: 'ops', secret: 'a-secret-of-ops' }] },
    store: { path: join(directory, 'data') },
    collector: {
      hep: { udp: at(ports.hep), tcp: at(ports.hep), tls: { listen: at(ports.hepTls), cert, key } },
      freeswitch: [{ name: 'fs', host: '127.0.0.1', port: ports.esl, password: 'ClueCon' }],
      asterisk: [{ name: 'ast', host: '127.0.0.1', port: ports.ami, username: 'calltrail', password: 'secret' }],
      logFiles: [{ path: logFile, node: 'fs' }],
    },
    linker: { quietSeconds: 1, intervalSeconds: 1 },
    ...more,
  };
  const file = join(directory, 'calltrail.yaml');
  writeFileSync(file, JSON.stringify(config));
  const child: ChildProcess = fork(join(import.meta.dirname, 'target-process.ts'), [file], {
    execArgv: ['--expose-gc', '--max-semi-space-size=64'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  let running = true;
  const ended = once(child, 'exit').then(([code, signal]) => {
    running = false;
    return signal ?? code;
  });
  const first = await Promise.race([once(child, 'message').then(() => 'ready'), ended]);
  if (first !== 'ready') throw new Error(`the target did not start: ${output}`);
  const httpUrl = `http://127.0.0.1:${ports.http}`;
  const asked = ask(httpUrl);
  const neighbour = await connectNeighbour(ports.hep, httpUrl);

  const measure = async (): Promise<Held> => {
    const answer = once(child, 'message');
    child.send('held');
    return (await answer)[0] as Held;
  };
  return {
    ...asked,
    ...{ httpUrl, ports, logFile, directory, neighbour },
    async held() {
      const waiting = (): Promise<number> => asked.counted('calltrail_bus_waiting_events');
      await until('all is stored', async () => (await waiting()) === 0, { timeoutMs: 60_000, state: () => output });
      // Timers of connections that ended, and of an answer that was not fetched.
      await sleep(1500);
      return measure();
    },
    output: () => output,
    isRunning: () => running,
    async stop() {
      const wrong: string[] = running ? [] : [`it ended: ${await ended}\n${output}`];
      try {
        const sent = await neighbour.close();
        if (running) {
          const stored = (): Promise<number> => asked.counted('calltrail_bus_waiting_events');
          await until('all is stored', async () => (await stored()) === 0, { timeoutMs: 60_000 }).catch(
            (error: unknown) => wrong.push(String(error)),
          );
          child.send('stop');
        }
        const code = await ended;
        if (code !== 0) wrong.push(`it ended with ${code}: ${output}`);
        const run = (await readStoredOfSenders(directory)).get('neighbour');
        if (run?.distinct !== sent || run.rows !== sent) {
          wrong.push(`the neighbour sent ${sent} messages, stored are ${run?.rows} rows of ${run?.distinct}`);
        }
        return wrong;
      } finally {
        child.kill('SIGKILL');
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}
