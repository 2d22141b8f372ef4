import type { NodeTls } from '../../core/config/config.ts';
import type { GapSeen } from '../../core/model/capture-event.ts';
import type { Backoff } from '../link/backoff.ts';
import { createLink, type Link, type LinkDeps } from '../link/link.ts';
import { type AmiConnection, openConnection } from './connection.ts';
import type { AmiItem } from './frame.ts';
import type { Account } from './login.ts';

const HANDSHAKE_TIMEOUT_MS = 15_000;

export interface AmiLinkDeps extends Pick<LinkDeps, 'backoff' | 'log' | 'missed' | 'nowUs' | 'onChange' | 'random'> {
  readonly node: {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly tls?: NodeTls;
  } & Account;
  readonly pingMs: number;
  /** Each connection has its own: what is remembered of one is not true of the next. */
  readonly reader: () => (items: readonly AmiItem[]) => Promise<void>;
  readonly onUp: (connection: AmiConnection) => void;
  readonly onGap: (gap: GapSeen) => Promise<void>;
}

/** The one connection to an Asterisk, kept alive. */
export function createAmiLink(deps: AmiLinkDeps): Link {
  const { node, backoff, random, nowUs, log, onChange } = deps;
  const address = `${node.host}:${node.port}`;
  let lastByteUs = 0;

  /** A gap that is not told makes what is left look complete: tried until it is taken. */
  async function note(gap: GapSeen, patience: Backoff, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await deps.onGap(gap);
        return;
      } catch (error) {
        log('error', `Asterisk ${node.name}: a gap in its events could not be noted yet: ${String(error)}`);
        await patience.pause(patience.delayMs(attempt));
      }
    }
  }

  return createLink({
    node,
    product: 'Asterisk',
    stream: 'events',
    connecting: `Connecting to ${address}.`,
    connected: `Connected to ${address} as ${node.username}.`,
    open: (signal, up) =>
      openConnection({
        host: node.host,
        port: node.port,
        ...(node.tls === undefined ? {} : { tls: node.tls }),
        account: node,
        handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
        pingMs: deps.pingMs,
        signal,
        onAlive: () => {
          lastByteUs = nowUs();
        },
        onUp: (opened) => {
          up();
          deps.onUp(opened);
        },
        onData: deps.reader(),
      }),
    // With a ping every few seconds the last byte tells how long the connection was certainly there.
    missingSinceUs: () => lastByteUs,
    // A program that bans hosts for wrong passwords may read Asterisk's log.
    onEnded: async ({ reason }) => (reason === 'wrong_password' ? backoff.maxMs : undefined),
    onGap: note,
    onChange,
    ...(deps.missed === undefined ? {} : { missed: deps.missed }),
    backoff,
    random,
    nowUs,
    log,
  });
}
