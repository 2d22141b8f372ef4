import type { NodeTls } from '../../core/config/config.ts';
import type { Ended } from '../link/ended.ts';
import { openPeer, type Peer } from '../link/peer.ts';
import { createFrameReader, type EslFrame } from './frame.ts';
import { isOk, readNotice, replyText } from './talk.ts';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: NodeTls;
  /** "user@domain" of the directory, for `userauth`. */
  readonly user?: string;
  readonly password: string;
  /** What the switch must call itself: nothing of another one is taken. */
  readonly hostname?: string;
  /** The command after which data comes, for example "event json ALL". */
  readonly subscribe: string;
  readonly handshakeTimeoutMs: number;
  /** Longer than this without a byte is the end ("no_heartbeat"). Infinity: never. */
  readonly quietLimitMs: () => number;
  readonly signal: AbortSignal;
  /** The subscription was accepted. */
  readonly onUp: (connection: EslConnection) => void;
  /** Events and log lines in their order. Nothing more is read from the socket until this resolves. */
  readonly onData: (frames: readonly EslFrame[]) => Promise<void>;
}

export interface EslConnection extends Pick<Peer, 'close' | 'closed' | 'ended'> {
  /** Sends one command and resolves with its reply, or undefined when the connection ended before it came. */
  command(text: string): Promise<EslFrame | undefined>;
  /** Milliseconds since the last byte came in. */
  quietMs(): number;
}

/** One TCP connection to mod_event_socket: logs in, subscribes, reads until the end. It does not reconnect. */
export function openConnection(options: ConnectionOptions): EslConnection {
  const replies: ((reply: EslFrame | undefined) => void)[] = [];
  const frames = createFrameReader();
  let timer: NodeJS.Timeout | undefined;
  let lastByteMs = performance.now();
  const isHeard = (): void => {
    lastByteMs = performance.now();
  };

  const peer = openPeer<EslFrame>({
    host: options.host,
    port: options.port,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    expected: 'an event socket',
    handshakeTimeoutMs: options.handshakeTimeoutMs,
    signal: options.signal,
    take: (bytes) => frames.push(bytes).filter((frame) => !isAnswer(frame)),
    failure,
    onData: options.onData,
    onBytes: isHeard,
    onHanded: isHeard,
    begin: logIn,
    onLost() {
      clearTimeout(timer);
      for (const reply of replies.splice(0)) reply(undefined);
    },
  });

  const connection: EslConnection = {
    command(text) {
      if (!peer.isOpen()) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        replies.push(resolve);
        peer.send(`${text}\n\n`);
      });
    },
    quietMs: () => (peer.isHanding() ? 0 : performance.now() - lastByteMs),
    close: peer.close,
    closed: peer.closed,
    ended: peer.ended,
  };
  watchQuiet();
  return connection;

  function failure(): Ended | undefined {
    const unreadable = frames.failure();
    if (unreadable === undefined) return undefined;
    const detail = `sent what is no event socket frame (${unreadable.reason})`;
    return { reason: 'unreadable', detail, unreadable };
  }

  /** Takes the frames that are part of the talk rather than data. */
  function isAnswer(frame: EslFrame): boolean {
    switch (frame.type) {
      case 'auth/request':
        peer.greeted();
        return true;
      case 'command/reply':
      case 'api/response':
        replies.shift()?.(frame);
        return true;
      case 'text/rude-rejection':
        peer.announce({
          reason: 'not_accepted',
          detail: 'does not let this host in (apply-inbound-acl of event_socket.conf)',
        });
        return true;
      case 'text/disconnect-notice':
        peer.announce(readNotice(frame.body.toString('utf8')));
        return true;
      default:
        return false;
    }
  }

  async function logIn(done: () => void): Promise<void> {
    const { user, password } = options;
    const login = await connection.command(user === undefined ? `auth ${password}` : `userauth ${user}:${password}`);
    if (login === undefined) return;
    if (!isOk(login)) {
      peer.close({
        reason: 'wrong_password',
        detail: user === undefined ? 'refuses the password' : `refuses the user ${user} or its password`,
      });
      return;
    }
    if (!(await isTheOne())) return;
    const subscribed = await connection.command(options.subscribe);
    if (subscribed === undefined) return;
    if (!isOk(subscribed)) {
      const text = replyText(subscribed);
      peer.close({ reason: 'permission_denied', detail: `answers "${text}" to "${options.subscribe}"` });
      return;
    }
    done();
    options.onUp(connection);
  }

  /** An address may be given to another switch while we are not connected to it. */
  async function isTheOne(): Promise<boolean> {
    const { hostname } = options;
    if (hostname === undefined) return true;
    const reply = await connection.command('api hostname');
    if (reply === undefined) return false;
    const own = reply.body.toString('utf8').trim();
    if (own === hostname) return true;
    peer.close({ reason: 'other_switch', detail: `calls itself "${own.slice(0, 100)}" and not "${hostname}"` });
    return false;
  }

  function watchQuiet(): void {
    const limit = options.quietLimitMs();
    if (limit === Number.POSITIVE_INFINITY) return;
    const left = limit - connection.quietMs();
    if (left > 0) {
      timer = setTimeout(watchQuiet, Math.max(left, 1));
      return;
    }
    const detail = `sent nothing for ${Math.round(limit / 1000)} s, not even a heartbeat`;
    peer.close({ reason: 'no_heartbeat', detail, unannounced: true });
  }
}
