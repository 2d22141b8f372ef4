import { hostAndPort } from '../../core/model/host-and-port.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import type { HostPort } from './hep-source.ts';

/** How a HEP listener stands, as a person and the metrics see it. */
export interface Standing {
  opening(): void;
  cannotListen(error: unknown): void;
  /** @param more what else is to be said of it, after the address */
  listening(at: HostPort, more?: string): void;
  stopped(): void;
  /** The last thing that went wrong while it listens. */
  trouble(sentence: string): void;
  busRefused(count: number, error: unknown): void;
  /** Something came in, in epoch milliseconds. */
  seen(atMs: number): void;
  state(): SourceState;
  /** Where it listens; undefined while it does not. */
  bound(): HostPort | undefined;
}

export function createStanding(name: string, listen: HostPort, metrics: Metrics): Standing {
  let bound: HostPort | undefined;
  let state: SourceState['state'] = 'down';
  let detail = 'not started';
  let trouble = '';
  let lastSeenMs = 0;
  return {
    opening() {
      state = 'connecting';
      trouble = '';
    },
    cannotListen(error) {
      state = 'down';
      detail = `cannot listen on ${hostAndPort(listen.host, listen.port)}: ${reasonOf(error)}`;
    },
    listening(at, more = '') {
      bound = at;
      state = 'up';
      detail = `listens on ${hostAndPort(at.host, at.port)}${more}`;
      metrics.sourceUp(name, true);
    },
    stopped() {
      bound = undefined;
      state = 'down';
      detail = 'stopped';
      metrics.sourceUp(name, false);
    },
    trouble(sentence) {
      trouble = sentence;
    },
    busRefused(count, error) {
      metrics.lost('bus', 'refused', count);
      trouble = `the bus takes no events: ${reasonOf(error)}`;
    },
    seen(atMs) {
      lastSeenMs = atMs;
    },
    state: () => ({ name, state, detail: trouble === '' ? detail : `${detail}; ${trouble}`, lastSeenMs }),
    bound: () => bound,
  };
}
