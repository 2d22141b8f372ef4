import type { NodeTls } from '../../core/config/config.ts';
import type { GapSeen } from '../../core/model/capture-event.ts';
import type { Ended } from '../link/ended.ts';
import type { GapStream } from '../link/gap.ts';
import { createLink, type Link, type LinkDeps } from '../link/link.ts';
import { type EslConnection, openConnection } from './connection.ts';
import type { EslFrame } from './frame.ts';

/** Rights are changed by people: asking again soon would only fill the switch's log. */
const DENIED_RETRY_MS = 300_000;
const HANDSHAKE_TIMEOUT_MS = 15_000;
/**
 * When the switch closes a connection, what it had sent before has come in; only what its listener thread had not yet
 * written is lost. A stream without traffic must not show hours of loss for that.
 */
const UNSENT_US = 20_000_000;

export interface StreamDeps extends Pick<LinkDeps, 'backoff' | 'log' | 'missed' | 'nowUs' | 'onChange' | 'random'> {
  readonly node: { readonly name: string; readonly host: string; readonly port: number } & {
    readonly user?: string;
    readonly password: string;
    readonly tls?: NodeTls;
    readonly hostname?: string;
  };
  readonly stream: GapStream;
  readonly subscribe: string;
  readonly quietLimitMs: () => number;
  /** Each connection has its own: what is remembered of one is not true of the next. */
  readonly reader: () => (frames: readonly EslFrame[]) => Promise<void>;
  readonly onUp: (connection: EslConnection) => void;
  readonly onUnreadable: (unreadable: { readonly reason: string; readonly bytes: Buffer }) => Promise<void>;
  readonly onGap: (gap: GapSeen) => Promise<void>;
}

/** One subscription to one switch that is kept alive: events, or log lines. */
export interface EslStream extends Link {
  /** True when the switch does not allow this subscription. */
  denied(): boolean;
  /** Gives the connection up as dead when it has been silent for so long; the stream then connects again. */
  closeIfQuiet(ms: number, ended: Ended): void;
}

export function createStream(deps: StreamDeps): EslStream {
  const { node, stream, backoff, random, nowUs, log, onChange } = deps;
  const address = `${node.host}:${node.port}`;
  const what = stream === 'events' ? 'events' : 'log lines';
  let connection: EslConnection | undefined;
  let denied = false;
  let lastSeenUs = 0;

  const open = (signal: AbortSignal, up: () => void): EslConnection => {
    const read = deps.reader();
    connection = openConnection({
      ...node,
      subscribe: deps.subscribe,
      handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
      quietLimitMs: deps.quietLimitMs,
      signal,
      onUp: (opened) => {
        denied = false;
        lastSeenUs = Math.max(lastSeenUs, nowUs());
        up();
        deps.onUp(opened);
      },
      onData: async (frames) => {
        lastSeenUs = nowUs();
        await read(frames);
      },
    });
    return connection;
  };

  const link = createLink({
    node,
    product: 'FreeSWITCH',
    stream,
    connecting: `Connecting to ${address} for ${what}.`,
    connected: `Connected to ${address} for ${what}.`,
    open,
    missingSinceUs: (ended) => Math.max(lastSeenUs, ended?.unannounced === true ? 0 : nowUs() - UNSENT_US),
    async onEnded(ended) {
      if (ended.unreadable !== undefined) await deps.onUnreadable(ended.unreadable);
      denied = ended.reason === 'permission_denied';
      return denied ? DENIED_RETRY_MS : undefined;
    },
    onGap: (gap) =>
      deps.onGap(gap).catch((error: unknown) => {
        log('error', `FreeSWITCH ${node.name}: a gap in its ${what} could not be noted: ${String(error)}`);
      }),
    onChange,
    ...(deps.missed === undefined ? {} : { missed: deps.missed }),
    backoff,
    random,
    nowUs,
    log,
  });

  return {
    ...link,
    denied: () => denied,
    closeIfQuiet(ms, ended) {
      if (link.state().state === 'up' && connection !== undefined && connection.quietMs() >= ms) {
        connection.close(ended);
      }
    },
  };
}
