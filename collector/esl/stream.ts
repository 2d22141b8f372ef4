import { setTimeout as sleep } from 'node:timers/promises';
import type { GapSeen, Micros } from '../../core/model/capture-event.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import { type EslConnection, openConnection } from './connection.ts';
import type { EslFrame } from './frame.ts';
import { connectionGap, type GapStream } from './gaps.ts';
import type { Ended } from './talk.ts';

/** Rights are changed by people: asking again soon would only fill the switch's log. */
const DENIED_RETRY_MS = 300_000;
const HANDSHAKE_TIMEOUT_MS = 15_000;
/**
 * When the switch closes a connection, what it had sent before has come in; only what its listener thread had not yet
 * written is lost. A stream without traffic must not show hours of loss for that.
 */
const UNSENT_US = 20_000_000;
/** These a person has to put right. */
const MISTAKES: ReadonlySet<Ended['reason']> = new Set(['wrong_password', 'not_accepted', 'permission_denied']);

export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface StreamDeps {
  readonly node: { readonly name: string; readonly host: string; readonly port: number } & {
    readonly user?: string;
    readonly password: string;
  };
  readonly stream: GapStream;
  readonly subscribe: string;
  readonly quietLimitMs: () => number;
  readonly backoff: Backoff;
  readonly random: () => number;
  readonly nowUs: () => Micros;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Each connection has its own: what is remembered of one is not true of the next. */
  readonly reader: () => (frames: readonly EslFrame[]) => Promise<void>;
  readonly onUp: (connection: EslConnection) => void;
  readonly onUnreadable: (unreadable: { readonly reason: string; readonly bytes: Buffer }) => Promise<void>;
  readonly onGap: (gap: GapSeen) => Promise<void>;
  readonly onChange: () => void;
}

/** One subscription to one switch that is kept alive: events, or log lines. */
export interface EslStream {
  start(): void;
  /** Resolves when the socket is closed. */
  stop(): Promise<void>;
  state(): Pick<SourceState, 'state' | 'detail'>;
  /** True when the switch does not allow this subscription. */
  denied(): boolean;
  lastSeenUs(): Micros;
  /** Gives the connection up as dead when it has been silent for so long; the stream then connects again. */
  closeIfQuiet(ms: number, ended: Ended): void;
}

export function createStream(deps: StreamDeps): EslStream {
  const { node, stream } = deps;
  const address = `${node.host}:${node.port}`;
  const what = stream === 'events' ? 'events' : 'log lines';
  const stopping = new AbortController();
  const { signal } = stopping;
  let state: SourceState['state'] = 'connecting';
  let detail = `Connecting to ${address} for ${what}.`;
  let connection: EslConnection | undefined;
  let denied = false;
  let lastSeenUs = 0;
  let missing: { readonly reason: string; readonly sinceUs: Micros } | undefined;

  const enter = (next: SourceState['state'], sentence: string, level: 'info' | 'warn' | 'error'): void => {
    const isNews = next !== state || sentence !== detail;
    state = next;
    detail = sentence;
    if (isNews) deps.log(level, `FreeSWITCH ${node.name}: ${sentence}`);
    deps.onChange();
  };

  async function connectOnce(): Promise<{ readonly ended: Ended; readonly upMs: number }> {
    const read = deps.reader();
    let upSince: number | undefined;
    connection = openConnection({
      ...node,
      subscribe: deps.subscribe,
      handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
      quietLimitMs: deps.quietLimitMs,
      signal,
      onUp: (opened) => {
        upSince = performance.now();
        denied = false;
        lastSeenUs = Math.max(lastSeenUs, deps.nowUs());
        enter('up', `Connected to ${address} for ${what}.`, 'info');
        if (missing !== undefined) {
          const gap = connectionGap(node.name, stream, missing.reason, missing.sinceUs, deps.nowUs());
          missing = undefined;
          deps.onGap(gap).catch((error: unknown) => {
            deps.log('error', `FreeSWITCH ${node.name}: a gap in its ${what} could not be noted: ${String(error)}`);
          });
        }
        deps.onUp(opened);
      },
      onData: async (frames) => {
        lastSeenUs = deps.nowUs();
        await read(frames);
      },
    });
    let ended: Ended | undefined;
    try {
      ended = await connection.ended;
      return { ended, upMs: upSince === undefined ? 0 : performance.now() - upSince };
    } finally {
      if (upSince !== undefined) {
        const earliestUs = ended?.unannounced === true ? 0 : deps.nowUs() - UNSENT_US;
        missing = { reason: ended?.reason ?? 'disconnected', sinceUs: Math.max(lastSeenUs, earliestUs) };
      }
    }
  }

  async function keepConnected(): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        const { ended, upMs } = await connectOnce();
        if (signal.aborted) return;
        if (ended.unreadable !== undefined) await deps.onUnreadable(ended.unreadable);
        // A connection that held shows that the trouble is over; one that breaks at once does not.
        if (upMs >= deps.backoff.maxMs) attempt = 0;
        denied = ended.reason === 'permission_denied';
        waitMs = denied ? DENIED_RETRY_MS : delay(attempt++);
        enter('down', `${address} ${ended.detail}; no ${what} from it.`, MISTAKES.has(ended.reason) ? 'error' : 'warn');
      } catch (error) {
        // The bus refused what we read. It is our own trouble, but giving up the source would lose all that follows.
        if (signal.aborted) return;
        waitMs = delay(attempt++);
        enter('down', `What ${address} sent could not be handed on: ${String(error)}.`, 'error');
      }
      await sleep(waitMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Doubles up to the maximum; the upper half is jitter, so that collectors do not come back all at once. */
  const delay = (attempt: number): number => {
    const { minMs, maxMs } = deps.backoff;
    return Math.min(maxMs, minMs * 2 ** Math.min(attempt, 20)) * (0.5 + deps.random() / 2);
  };

  return {
    start: () => void keepConnected(),
    async stop() {
      stopping.abort();
      await connection?.closed;
      state = 'down';
      detail = 'Stopped.';
    },
    state: () => ({ state, detail }),
    denied: () => denied,
    lastSeenUs: () => lastSeenUs,
    closeIfQuiet(ms, ended) {
      if (state === 'up' && connection !== undefined && connection.quietMs() >= ms) connection.close(ended);
    },
  };
}
