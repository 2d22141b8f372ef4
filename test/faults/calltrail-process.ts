import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Asked, ask } from '../system/calltrail.ts';
import { PROGRAM_ENV } from '../system/needs.ts';
import { freePort } from '../system/ports.ts';
import { type Program, startProgram } from '../system/program.ts';
import { layTables } from '../system/tables.ts';
import { until } from '../system/until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A Calltrail as a process of its own, which can be killed and started again on what it left. */
export interface CalltrailProcess extends Asked {
  readonly program: Program;
  /** Of the store's engine that runs now. */
  enginePid(): number;
  /** kill -9, to itself alone: its engine notices by itself. Resolves when it is gone. */
  kill(): Promise<void>;
  /** As an operator would: it stores what it has and ends. */
  stop(): Promise<void>;
}

export interface Site {
  readonly directory: string;
  readonly hepPort: number;
  readonly httpUrl: string;
  start(): Promise<CalltrailProcess>;
}

export interface SiteOptions {
  /** Of its configuration, where a directory holds several. */
  readonly name?: string;
  /** More of the configuration, or other than usual. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Of its process, beside this one's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** @param journal lines of the configuration for it */
export async function createSite(
  directory: string,
  journal: Readonly<Record<string, unknown>> = {},
  { name = 'calltrail', more = {}, env = {} }: SiteOptions = {},
): Promise<Site> {
  const [http, hepPort] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
  const config = join(directory, `${name}.yaml`);
  const hep = `127.0.0.1:${hepPort}`;
  writeFileSync(
    config,
    JSON.stringify({
      http: { port: http },
      store: { path: join(directory, 'data') },
      journal,
      collector: { hep: { udp: hep, tcp: hep } },
      ...more,
    }),
  );
  // No fault is of a first start.
  if (more.store === undefined) await layTables(join(directory, 'data'));
  const httpUrl = `http://127.0.0.1:${http}`;
  return { directory, hepPort, httpUrl, start: () => start(config, httpUrl, env) };
}

async function start(config: string, url: string, env: NodeJS.ProcessEnv): Promise<CalltrailProcess> {
  const run = (): Program =>
    startProgram(process.execPath, ['main.ts', '--config', config], {
      ...{ cwd: ROOT, stopMs: 60_000 },
      env: { ...PROGRAM_ENV, ...env },
    });
  let program = run();
  const asked = ask(url);
  await until(
    'Calltrail starts',
    async () => {
      if (program.isRunning()) {
        const answer = await asked.get('/healthz').catch(() => undefined);
        return answer?.ok;
      }
      // The engine of a killed process may hold the directory for a moment.
      if (!program.output().includes('is in use by another process')) throw new Error(program.output());
      program = run();
      return false;
    },
    { timeoutMs: 120_000, state: () => program.output() },
  );
  return {
    ...asked,
    program,
    enginePid() {
      const [pid = ''] = readFileSync(`/proc/${program.pid}/task/${program.pid}/children`, 'latin1').split(' ');
      return Number(pid);
    },
    async kill() {
      program.signal('SIGKILL');
      await program.ended;
    },
    stop: () => program.stop(),
  };
}
