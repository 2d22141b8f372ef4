import type { Bus } from '../core/bus/bus.ts';
import type { AsteriskNode, Config, FreeswitchNode, LogFile } from '../core/config/config.ts';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import type { Source } from '../core/runtime/source.ts';
import { createAmiSource } from './ami/client.ts';
import { createEslSource } from './esl/client.ts';
import type { Missed } from './link/client.ts';
import { createLogFileSource } from './logfile/source.ts';

/** One switch or file that is listened to. */
export type WantedNode =
  | { readonly kind: 'freeswitch'; readonly node: FreeswitchNode }
  | { readonly kind: 'asterisk'; readonly node: AsteriskNode }
  | { readonly kind: 'log'; readonly file: LogFile };

/** A source, and what it missed where it can tell. */
export type NodeLike = Source & { missed?(): Missed };

export interface NodeDeps {
  readonly trustSenderClock: boolean;
  /** Where followers of files remember their place. */
  readonly stateDir: string;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly log: Log;
}

export const freeswitchKey = (name: string): string => `esl:${name}`;

/** Everything that a configuration names, and the switches that were found; of two of one name the configured one counts. */
export function wantedNodes(
  { freeswitch, asterisk, logFiles }: Pick<Config, 'freeswitch' | 'asterisk' | 'logFiles'>,
  found: readonly FreeswitchNode[],
): ReadonlyMap<string, WantedNode> {
  const taken = new Set([...freeswitch, ...asterisk].map(({ name }) => name));
  const all = new Map<string, WantedNode>();
  for (const node of [...freeswitch, ...found.filter(({ name }) => !taken.has(name))]) {
    const key = freeswitchKey(node.name);
    if (!all.has(key)) all.set(key, { kind: 'freeswitch', node });
  }
  for (const file of logFiles) all.set(`log:${file.node}:${file.path}`, { kind: 'log', file });
  for (const node of asterisk) all.set(`ami:${node.name}`, { kind: 'asterisk', node });
  return all;
}

export function makeNode(wanted: WantedNode, before: NodeLike | undefined, deps: NodeDeps): NodeLike {
  const { stateDir, log, ...common } = deps;
  const client = {
    ...common,
    log: (level: 'info' | 'warn' | 'error', message: string) => log[level](message),
    missed: () => before?.missed?.() ?? {},
  };
  switch (wanted.kind) {
    case 'freeswitch':
      return createEslSource({ ...client, node: wanted.node });
    case 'asterisk':
      return createAmiSource({ ...client, node: wanted.node });
    case 'log':
      return createLogFileSource({ ...common, log, stateDir, file: wanted.file });
  }
}
