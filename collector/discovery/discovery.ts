import { setTimeout as sleep } from 'node:timers/promises';
import type { DiscoverConfig, FreeswitchNode } from '../../core/config/config.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import type { Source, SourceState } from '../../core/runtime/source.ts';
import { askHostname } from '../esl/ask-hostname.ts';
import { createDnsList } from './dns-list.ts';
import { createFileList } from './file-list.ts';
import { ListError } from './listed.ts';
import { createMembers } from './members.ts';
import { createNamed } from './named.ts';

export interface DiscoveryDeps {
  readonly config: DiscoverConfig;
  readonly dnsServers: readonly string[];
  /** Where the list led before its settings were changed. */
  readonly known: readonly FreeswitchNode[];
  /** Whether a switch of that name is connected. */
  readonly isUp: (name: string) => boolean;
  /** The list leads to other switches than before. */
  readonly onChange: () => void;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** A list of switches that is looked at again and again. Its state is that of the list, not of the switches. */
export interface Discovery extends Source {
  nodes(): readonly FreeswitchNode[];
}

/** What a list is called in health and metrics: the DNS name, or the path of the file. */
export const listName = ({ from }: DiscoverConfig): string => ('dns' in from ? from.dns : from.file);

export function createDiscovery(deps: DiscoveryDeps): Discovery {
  const { config, dnsServers, known, isUp, onChange, metrics, log } = deps;
  const { from, everySeconds, goneSeconds, node: defaults } = config;
  const label = listName(config);
  const name = `discover:${label}`;
  const stopping = new AbortController();
  const { signal } = stopping;
  const list = 'dns' in from ? createDnsList(from.dns, from.names === 'dns', dnsServers) : createFileList(from.file);
  const named = createNamed({ defaults, isUp, ask: (node) => askHostname(node, signal) });
  const options = { goneMs: goneSeconds * 1000, keepsConnected: 'dns' in from };
  const members = createMembers(options, known, Date.now());
  let isRunning = false;
  let nodes = known;
  let state: Pick<SourceState, 'state' | 'detail'> = { state: 'connecting', detail: `Looks up ${label}.` };
  let lastSeenMs = 0;

  const enter = (next: SourceState['state'], detail: string): void => {
    if (next !== state.state || detail !== state.detail) log[next === 'up' ? 'info' : 'warn'](`Discovery: ${detail}`);
    state = { state: next, detail };
    metrics.sourceUp(name, next === 'up');
  };

  const look = async (): Promise<void> => {
    const { nodes: listed, nameless } = await named.of(await list());
    if (signal.aborted) return;
    lastSeenMs = Date.now();
    const round = members.round(listed, lastSeenMs, isUp);
    for (const _ of nameless) metrics.discoveryFailed(label, 'no_name');
    for (const _ of round.doubles) metrics.discoveryFailed(label, 'same_name');
    const isNews = !isSame(nodes, round.nodes);
    nodes = round.nodes;
    metrics.discovered(label, nodes.length);
    const troubles = [
      ...nameless.map(({ address, failure }) => `${address} ${failure}`),
      ...round.doubles.map((double) => `two addresses call themselves "${double}"`),
    ];
    const leads = `${label} leads to ${nodes.length === 0 ? 'no switch' : nodes.map((node) => node.name).join(', ')}`;
    enter(troubles.length === 0 ? 'up' : 'down', `${[leads, ...troubles].join('; ')}.`);
    if (isNews) onChange();
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await look();
      } catch (error) {
        if (signal.aborted) return;
        metrics.discoveryFailed(label, error instanceof ListError ? error.reason : 'failed');
        const why = reasonOf(error);
        enter('down', `${why}; it goes on with the ${nodes.length} switches it knew.`);
      }
      // Ends early, by an error, when it is stopped.
      await sleep(everySeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    async start() {
      metrics.sourceUp(name, false);
      metrics.discovered(label, nodes.length);
      if (!isRunning) void run();
      isRunning = true;
    },
    async stop() {
      // What is asked for is waited for by nobody: its answer is dropped.
      stopping.abort();
      metrics.discovered(label, 0);
      state = { state: 'down', detail: 'Stopped.' };
    },
    state: () => ({ name, ...state, lastSeenMs }),
    nodes: () => nodes,
  };
}

const isSame = (a: readonly FreeswitchNode[], b: readonly FreeswitchNode[]): boolean =>
  a.length === b.length && a.every((node, i) => node === b[i]);
