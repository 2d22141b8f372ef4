import { setTimeout as sleep } from 'node:timers/promises';
import type { GapSeen, Micros } from '../../core/model/capture-event.ts';
import type { SourceState } from '../../core/runtime/source.ts';
import { connectionGap } from '../esl/gaps.ts';
import { type AmiConnection, openConnection } from './connection.ts';
import type { AmiItem } from './frame.ts';
import type { Account } from './login.ts';
import type { Ended } from './talk.ts';

const HANDSHAKE_TIMEOUT_MS = 15_000;
/** These a person has to put right. */
const MISTAKES: ReadonlySet<Ended['reason']> = new Set(['wrong_password', 'not_accepted', 'permission_denied']);

export interface LinkDeps {
  readonly node: { readonly name: string; readonly host: string; readonly port: number } & Account;
  readonly pingMs: number;
  readonly backoff: { readonly minMs: number; readonly maxMs: number };
  readonly random: () => number;
  readonly nowUs: () => Micros;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Each connection has its own: what is remembered of one is not true of the next. */
  readonly reader: () => (items: readonly AmiItem[]) => Promise<void>;
  readonly onUp: (connection: AmiConnection) => void;
  readonly onGap: (gap: GapSeen) => Promise<void>;
  readonly onChange: () => void;
}

/** The one connection to an Asterisk, kept alive. */
export interface AmiLink {
  start(): void;
  /** Resolves when the socket is closed. */
  stop(): Promise<void>;
  state(): Pick<SourceState, 'state' | 'detail'>;
}

export function createLink(deps: LinkDeps): AmiLink {
  const { node } = deps;
  const address = `${node.host}:${node.port}`;
  const stopping = new AbortController();
  const { signal } = stopping;
  let state: SourceState['state'] = 'connecting';
  let detail = `Connecting to ${address}.`;
  let connection: AmiConnection | undefined;
  let lastByteUs = 0;
  let missing: { readonly reason: string; readonly sinceUs: Micros } | undefined;

  const enter = (next: SourceState['state'], sentence: string, level: 'info' | 'warn' | 'error'): void => {
    const isNews = next !== state || sentence !== detail;
    state = next;
    detail = sentence;
    if (isNews) deps.log(level, `Asterisk ${node.name}: ${sentence}`);
    deps.onChange();
  };

  async function connectOnce(): Promise<{ readonly ended: Ended; readonly upMs: number }> {
    let upSince: number | undefined;
    let ended: Ended | undefined;
    connection = openConnection({
      host: node.host,
      port: node.port,
      account: node,
      handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
      pingMs: deps.pingMs,
      signal,
      onAlive: () => {
        // With a ping every few seconds the last byte tells how long the connection was certainly there.
        lastByteUs = deps.nowUs();
      },
      onUp: (opened) => {
        upSince = performance.now();
        enter('up', `Connected to ${address} as ${node.username}.`, 'info');
        endGap();
        deps.onUp(opened);
      },
      onData: deps.reader(),
    });
    try {
      ended = await connection.ended;
      return { ended, upMs: upSince === undefined ? 0 : performance.now() - upSince };
    } finally {
      if (upSince !== undefined) missing = { reason: ended?.reason ?? 'disconnected', sinceUs: lastByteUs };
    }
  }

  function endGap(): void {
    if (missing === undefined) return;
    const gap = connectionGap(node.name, 'events', missing.reason, missing.sinceUs, deps.nowUs());
    missing = undefined;
    void note(gap);
  }

  /** A gap that is not told makes what is left look complete: tried until it is taken. */
  async function note(gap: GapSeen): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await deps.onGap(gap);
        return;
      } catch (error) {
        deps.log('error', `Asterisk ${node.name}: a gap in its events could not be noted yet: ${String(error)}`);
        await pause(delay(attempt));
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
        // A connection that held shows that the trouble is over; one that breaks at once does not.
        if (upMs >= deps.backoff.maxMs) attempt = 0;
        // A program that bans hosts for wrong passwords may read Asterisk's log.
        waitMs = ended.reason === 'wrong_password' ? deps.backoff.maxMs : delay(attempt++);
        enter('down', `${address} ${ended.detail}; no events from it.`, MISTAKES.has(ended.reason) ? 'error' : 'warn');
      } catch (error) {
        // The bus refused what we read. It is our own trouble, but giving up the source would lose all that follows.
        if (signal.aborted) return;
        waitMs = delay(attempt++);
        enter('down', `What ${address} sent could not be handed on: ${String(error)}.`, 'error');
      }
      await pause(waitMs);
    }
  }

  const pause = (ms: number): Promise<void> =>
    sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });

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
  };
}
