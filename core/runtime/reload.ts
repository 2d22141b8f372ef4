import { isDeepStrictEqual } from 'node:util';
import { Counter, Gauge } from 'prom-client';
import { changesBetween } from '../config/changes.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { SourceState } from './source.ts';

export type ReloadResult = 'applied' | 'unchanged' | 'refused';

/** Makes a running process follow its configuration. */
export interface Reload {
  /** Reads the configuration again and takes over what it can. Never rejects; one call after the other. */
  from(load: () => Config): Promise<ReloadResult>;
  /** The same where nobody asked for it: without a word while there is nothing new to say. */
  look(load: () => Config): Promise<ReloadResult>;
  /** What a person should know of the last time; nothing when the process is what the file says. */
  states(): readonly SourceState[];
}

/** What it is called among the sources of the health check, while there is something to say of it. */
const NAME = 'configuration';

export interface ReloadDeps {
  readonly config: Config;
  /** Resolves when the process does what the configuration says. */
  readonly change: (config: Config) => Promise<void>;
  readonly metrics: Pick<Metrics, 'registry' | 'sourceGone'>;
  readonly log: Log;
}

export function createReload({ config, change, metrics, log }: ReloadDeps): Reload {
  const registers = [metrics.registry];
  const reloads = new Counter({
    name: 'calltrail_config_reloads_total',
    help: 'Configurations that were read while the process ran, by what became of them.',
    labelNames: ['result'],
    registers,
  });
  const successful = new Gauge({
    name: 'calltrail_config_last_reload_successful',
    help: '0 when the configuration that was read last is refused.',
    registers,
  });
  const at = new Gauge({
    name: 'calltrail_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration that holds was read.',
    registers,
  });
  successful.set(1);
  at.setToCurrentTime();

  let running = config;
  let seen: Config | undefined = config;
  let refusal = '';
  let waiting: readonly string[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const refuse = (problems: readonly string[], isAsked: boolean): ReloadResult => {
    const told = problems.join('\n');
    if (!isAsked && told === refusal) return 'refused';
    refusal = told;
    seen = undefined;
    reloads.inc({ result: 'refused' });
    successful.set(0);
    log.error(`the configuration is not taken over, and what was before holds: ${problems.length} mistakes`);
    for (const problem of problems) log.error(problem);
    return 'refused';
  };

  const take = async (load: () => Config, isAsked: boolean): Promise<ReloadResult> => {
    try {
      const next = load();
      if (!isAsked && isDeepStrictEqual(next, seen)) return 'unchanged';
      const { config: becomes, live, restart } = changesBetween(running, next);
      if (live.length > 0) await change(becomes);
      running = becomes;
      seen = next;
      refusal = '';
      waiting = restart;
      metrics.sourceGone(NAME);
      const result = live.length > 0 ? 'applied' : 'unchanged';
      reloads.inc({ result });
      successful.set(1);
      at.setToCurrentTime();
      const taken = live.length === 0 ? 'nothing is changed' : `${live.join(', ')} taken over`;
      const rest = restart.length === 0 ? '' : `; a restart is needed for ${restart.join(', ')}`;
      log[restart.length === 0 ? 'info' : 'warn'](`configuration read: ${taken}${rest}`);
      return result;
    } catch (error) {
      return refuse(error instanceof ConfigError ? error.problems : [String(error)], isAsked);
    }
  };

  const queue = (load: () => Config, isAsked: boolean): Promise<ReloadResult> => {
    const next = last.then(() => take(load, isAsked));
    last = next;
    return next;
  };

  const state = (kind: SourceState['state'], detail: string): SourceState[] => [
    { name: NAME, state: kind, detail, lastSeenMs: 0 },
  ];

  return {
    from: (load) => queue(load, true),
    look: (load) => queue(load, false),
    states() {
      if (refusal !== '') return state('down', `the file is not taken over: ${refusal.replaceAll('\n', '; ')}`);
      return waiting.length === 0 ? [] : state('up', `a restart is needed for ${waiting.join(', ')}`);
    },
  };
}
