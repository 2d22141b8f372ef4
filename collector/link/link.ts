import type { GapSeen, Micros } from '../../core/model/capture-event.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import { type Backoff, type BackoffLimits, createBackoff } from './backoff.ts';
import { type Ended, isMistake } from './ended.ts';
import { connectionGap, type GapStream } from './gap.ts';
import type { Peer } from './peer.ts';

export interface LinkDeps {
  readonly node: { readonly name: string; readonly host: string; readonly port: number };
  /** "Asterisk", "FreeSWITCH": for the log. */
  readonly product: string;
  readonly stream: GapStream;
  /** Sentences for a person. */
  readonly connecting: string;
  readonly connected: string;
  /** Opens one connection, which calls `up` when data will come from then on. */
  readonly open: (signal: AbortSignal, up: () => void) => Pick<Peer, 'closed' | 'ended'>;
  /** From when on nothing came any more, now that a connection that was up has ended; without `ended` it failed. */
  readonly missingSinceUs: (ended: Ended | undefined) => Micros;
  /** Resolves with how long to wait, in milliseconds, where that is not for the back-off to say. */
  readonly onEnded: (ended: Ended) => Promise<number | undefined>;
  /** A gap that is over. It is told once. */
  readonly onGap: (gap: GapSeen, backoff: Backoff, signal: AbortSignal) => Promise<void>;
  readonly onChange: () => void;
  /** What a source before this one, of the same switch, has missed so far; asked when the link starts. */
  readonly missed?: () => Missing | undefined;
  readonly backoff: BackoffLimits;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly nowUs: () => Micros;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** A stretch that nobody has noted yet. */
export interface Missing {
  readonly reason: string;
  readonly sinceUs: Micros;
}

/** One connection to a switch that is kept alive. */
export interface Link {
  /** Once stopped: what was not heard and is not noted, if ever anything was heard. */
  missing(): Missing | undefined;
  start(): void;
  /** Resolves when the socket is closed. */
  stop(): Promise<void>;
  state(): Pick<SourceState, 'state' | 'detail'>;
}

/** Connects again and again until it is stopped, tells how it stands, and notes what was missed in between. */
export function createLink(deps: LinkDeps): Link {
  const { node, stream } = deps;
  const address = `${node.host}:${node.port}`;
  const what = stream === 'events' ? 'events' : 'log lines';
  const stopping = new AbortController();
  const { signal } = stopping;
  const backoff = createBackoff(deps.backoff, deps.random, signal);
  let state: SourceState['state'] = 'connecting';
  let detail = deps.connecting;
  let connection: Pick<Peer, 'closed' | 'ended'> | undefined;
  let missing: Missing | undefined;

  const enter = (next: SourceState['state'], sentence: string, level: 'info' | 'warn' | 'error'): void => {
    const isNews = next !== state || sentence !== detail;
    state = next;
    detail = sentence;
    if (isNews) deps.log(level, `${deps.product} ${node.name}: ${sentence}`);
    deps.onChange();
  };

  async function connectOnce(): Promise<{ readonly ended: Ended; readonly upMs: number }> {
    let upSince: number | undefined;
    let ended: Ended | undefined;
    connection = deps.open(signal, () => {
      upSince = performance.now();
      enter('up', deps.connected, 'info');
      endGap();
    });
    try {
      ended = await connection.ended;
      return { ended, upMs: upSince === undefined ? 0 : performance.now() - upSince };
    } finally {
      if (upSince !== undefined && !signal.aborted) {
        missing = { reason: ended?.reason ?? 'disconnected', sinceUs: deps.missingSinceUs(ended) };
      }
    }
  }

  function endGap(): void {
    if (missing === undefined) return;
    const gap = connectionGap(node.name, stream, missing.reason, missing.sinceUs, deps.nowUs());
    missing = undefined;
    void deps.onGap(gap, backoff, signal);
  }

  async function keepConnected(): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        const { ended, upMs } = await connectOnce();
        if (signal.aborted) return;
        const holdMs = await deps.onEnded(ended);
        // A connection that held shows that the trouble is over; one that breaks at once does not.
        if (upMs >= deps.backoff.maxMs) attempt = 0;
        waitMs = holdMs ?? backoff.delayMs(attempt++);
        enter('down', `${address} ${ended.detail}; no ${what} from it.`, isMistake(ended) ? 'error' : 'warn');
      } catch (error) {
        // The bus refused what we read. It is our own trouble, but giving up the source would lose all that follows.
        if (signal.aborted) return;
        waitMs = backoff.delayMs(attempt++);
        enter('down', `What ${address} sent could not be handed on: ${String(error)}.`, 'error');
      }
      await backoff.pause(waitMs);
    }
  }

  return {
    start() {
      missing = deps.missed?.();
      void keepConnected();
    },
    missing: () => missing,
    async stop() {
      if (state === 'up') missing = { reason: 'reconfigured', sinceUs: deps.missingSinceUs(undefined) };
      stopping.abort();
      await connection?.closed;
      state = 'down';
      detail = 'Stopped.';
    },
    state: () => ({ state, detail }),
  };
}
