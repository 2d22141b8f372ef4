import { connect } from 'node:net';
import { createFrameReader, type EslFrame } from './frame.ts';
import { type Ended, isOk, readNotice, replyText } from './talk.ts';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** "user@domain" of the directory, for `userauth`. */
  readonly user?: string;
  readonly password: string;
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

export interface EslConnection {
  /** Sends one command and resolves with its reply, or undefined when the connection ended before it came. */
  command(text: string): Promise<EslFrame | undefined>;
  /** Milliseconds since the last byte came in. */
  quietMs(): number;
  close(ended: Ended): void;
  /** Resolves once the socket is closed, also when {@link ConnectionOptions.onData} still waits. */
  readonly closed: Promise<void>;
  /** Resolves when everything that was read has been handed over. Never rejects, unless onData does. */
  readonly ended: Promise<Ended>;
}

/** One TCP connection to mod_event_socket: logs in, subscribes, reads until the end. It does not reconnect. */
export function openConnection(options: ConnectionOptions): EslConnection {
  const { signal } = options;
  const socket = connect({ host: options.host, port: options.port, keepAlive: true, keepAliveInitialDelay: 30_000 });
  socket.setNoDelay(true);
  // Errors reach nextChunk(); one that comes later, on a socket already given up, tells nothing new.
  socket.on('error', () => undefined);
  const replies: ((reply: EslFrame | undefined) => void)[] = [];
  const greeting = Promise.withResolvers<boolean>();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let verdict: Ended | undefined;
  let notice: Ended | undefined;
  let handing = false;
  let lastByteMs = performance.now();

  const connection: EslConnection = {
    command(text) {
      if (socket.destroyed) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        replies.push(resolve);
        socket.write(`${text}\n\n`);
      });
    },
    quietMs: () => (handing ? 0 : performance.now() - lastByteMs),
    close(ended) {
      verdict ??= ended;
      socket.destroy();
    },
    closed,
    ended: run(),
  };
  return connection;

  async function run(): Promise<Ended> {
    const abort = (): void => connection.close({ reason: 'aborted', detail: 'was closed by us' });
    // The first turn of the event loop belongs to the caller: `connection` is not there before.
    await Promise.resolve();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const hurry = setTimeout(
      () => connection.close({ reason: 'no_answer', detail: 'does not answer as an event socket does' }),
      options.handshakeTimeoutMs,
    );
    const watch = watchQuiet();
    try {
      const [ended] = await Promise.all([read(), logIn(hurry)]);
      return ended;
    } finally {
      clearTimeout(hurry);
      watch.stop();
      signal.removeEventListener('abort', abort);
    }
  }

  async function read(): Promise<Ended> {
    const reader = createFrameReader();
    let lost: Ended = { reason: 'disconnected', detail: 'closed the connection' };
    const chunks = socket[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await nextChunk(chunks);
        if (!Buffer.isBuffer(next)) {
          lost = next ?? lost;
          break;
        }
        lastByteMs = performance.now();
        const data = reader.push(next).filter((frame) => !isAnswer(frame));
        if (data.length > 0) {
          handing = true;
          await options.onData(data);
          handing = false;
          // We were the ones who were silent.
          lastByteMs = performance.now();
        }
        const unreadable = reader.failure();
        if (unreadable !== undefined) {
          lost = {
            reason: 'unreadable',
            detail: `sent what is no event socket frame (${unreadable.reason})`,
            unreadable,
          };
          break;
        }
      }
    } finally {
      socket.destroy();
      greeting.resolve(false);
      for (const reply of replies.splice(0)) reply(undefined);
    }
    // A turn for the login, whose last reply may have come in the same chunk as the end.
    await closed;
    return verdict ?? notice ?? lost;
  }

  /** The next bytes; undefined at the end of the stream; why there are none after an error of the socket. */
  async function nextChunk(chunks: AsyncIterator<unknown>): Promise<Buffer | Ended | undefined> {
    const connecting = socket.connecting;
    try {
      const { done, value } = await chunks.next();
      return done === true || !Buffer.isBuffer(value) ? undefined : value;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (connecting) return { reason: 'no_connection', detail: `cannot be reached (${code})` };
      return { reason: 'disconnected', detail: `lost the connection (${code})`, unannounced: true };
    }
  }

  /** Takes the frames that are part of the talk rather than data. */
  function isAnswer(frame: EslFrame): boolean {
    switch (frame.type) {
      case 'auth/request':
        greeting.resolve(true);
        return true;
      case 'command/reply':
      case 'api/response':
        replies.shift()?.(frame);
        return true;
      case 'text/rude-rejection':
        notice = {
          reason: 'not_accepted',
          detail: 'does not let this host in (apply-inbound-acl of event_socket.conf)',
        };
        return true;
      case 'text/disconnect-notice':
        notice = readNotice(frame.body.toString('utf8'));
        return true;
      default:
        return false;
    }
  }

  async function logIn(hurry: NodeJS.Timeout): Promise<void> {
    if (!(await greeting.promise)) return;
    const { user, password } = options;
    const login = await connection.command(user === undefined ? `auth ${password}` : `userauth ${user}:${password}`);
    if (login === undefined) return;
    if (!isOk(login)) {
      connection.close({
        reason: 'wrong_password',
        detail: user === undefined ? 'refuses the password' : `refuses the user ${user} or its password`,
      });
      return;
    }
    const subscribed = await connection.command(options.subscribe);
    if (subscribed === undefined) return;
    if (!isOk(subscribed)) {
      const text = replyText(subscribed);
      connection.close({ reason: 'permission_denied', detail: `answers "${text}" to "${options.subscribe}"` });
      return;
    }
    clearTimeout(hurry);
    options.onUp(connection);
  }

  function watchQuiet(): { stop(): void } {
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const limit = options.quietLimitMs();
      if (limit === Number.POSITIVE_INFINITY) return;
      const left = limit - connection.quietMs();
      if (left > 0) {
        timer = setTimeout(look, Math.max(left, 1));
        return;
      }
      const detail = `sent nothing for ${Math.round(limit / 1000)} s, not even a heartbeat`;
      connection.close({ reason: 'no_heartbeat', detail, unannounced: true });
    };
    look();
    return { stop: () => clearTimeout(timer) };
  }
}
