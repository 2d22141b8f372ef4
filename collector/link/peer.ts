import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { NodeTls } from '../../core/config/config.ts';
import type { Ended } from './ended.ts';

export interface PeerOptions<Item> {
  readonly host: string;
  readonly port: number;
  readonly tls?: NodeTls;
  /** What should be listening there: "an event socket". */
  readonly expected: string;
  readonly handshakeTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Bytes in, what of them is data out, in order: answers that belong to the talk have been taken from it. */
  readonly take: (bytes: Buffer) => readonly Item[];
  /** Why nothing more can be read; undefined while all is well. Asked when the data before it has been handed over. */
  readonly failure?: () => Ended | undefined;
  /** Nothing more is read from the socket until this resolves. */
  readonly onData: (items: readonly Item[]) => Promise<void>;
  /** Bytes of any kind have come. */
  readonly onBytes: () => void;
  /** Data has been handed over: from the last bytes to now we were the ones who were silent. */
  readonly onHanded: () => void;
  /** The talk that follows the greeting: login, subscription. `done` ends the time that the handshake may take. */
  readonly begin: (done: () => void) => Promise<void>;
  /** Nothing comes any more: to be told to all who wait for an answer, and timers are to be cleared. */
  readonly onLost: () => void;
}

/** The other side of one TCP connection. */
export interface Peer {
  isOpen(): boolean;
  /** True while what was read is being handed over, and nothing can come. */
  isHanding(): boolean;
  send(text: string): void;
  /** The peer greeted as it should. */
  greeted(): void;
  /** The peer says why it is going to close the connection. */
  announce(ended: Ended): void;
  close(ended: Ended): void;
  /** Resolves once the socket is closed, also when {@link PeerOptions.onData} still waits. */
  readonly closed: Promise<void>;
  /** Resolves when everything that was read has been handed over. Never rejects, unless onData does. */
  readonly ended: Promise<Ended>;
}

/** Connects, reads until the end with back-pressure, and tells why it ended. It does not reconnect. */
export function openPeer<Item>(options: PeerOptions<Item>): Peer {
  const { signal } = options;
  const socket = dial(options);
  let isSecure = options.tls === undefined;
  socket.once('secureConnect', () => {
    isSecure = true;
  });
  socket.setNoDelay(true);
  // Errors reach nextChunk(); one that comes later, on a socket already given up, tells nothing new.
  socket.on('error', () => undefined);
  const greeting = Promise.withResolvers<boolean>();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let verdict: Ended | undefined;
  let notice: Ended | undefined;
  let handing = false;

  const close = (ended: Ended): void => {
    verdict ??= ended;
    socket.destroy();
  };

  return {
    isOpen: () => !socket.destroyed,
    isHanding: () => handing,
    send: (text) => void socket.write(text),
    greeted: () => greeting.resolve(true),
    announce(ended) {
      notice = ended;
    },
    close,
    closed,
    ended: run(),
  };

  async function run(): Promise<Ended> {
    const abort = (): void => close({ reason: 'aborted', detail: 'was closed by us' });
    // The first turn of the event loop belongs to the caller, whose functions below need what is returned here.
    await Promise.resolve();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const hurry = setTimeout(
      () => close({ reason: 'no_answer', detail: `does not answer as ${options.expected} does` }),
      options.handshakeTimeoutMs,
    );
    try {
      const [ended] = await Promise.all([read(), begin(hurry)]);
      return ended;
    } finally {
      clearTimeout(hurry);
      signal.removeEventListener('abort', abort);
    }
  }

  async function begin(hurry: NodeJS.Timeout): Promise<void> {
    if (await greeting.promise) await options.begin(() => clearTimeout(hurry));
  }

  async function read(): Promise<Ended> {
    let lost: Ended = { reason: 'disconnected', detail: 'closed the connection' };
    const chunks = socket[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await nextChunk(chunks);
        if (!Buffer.isBuffer(next)) {
          lost = next ?? lost;
          break;
        }
        options.onBytes();
        const data = options.take(next);
        if (data.length > 0) {
          handing = true;
          await options.onData(data);
          handing = false;
          options.onHanded();
        }
        const failure = options.failure?.();
        if (failure !== undefined) {
          lost = failure;
          break;
        }
      }
    } finally {
      socket.destroy();
      options.onLost();
      greeting.resolve(false);
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
      if (!isSecure && isAboutTrust(code)) {
        return { reason: 'not_trusted', detail: `shows a certificate that is not trusted (${code})` };
      }
      if (!isSecure && code.startsWith('ERR_SSL'))
        return { reason: 'not_trusted', detail: `agrees on no TLS (${code})` };
      if (connecting) return { reason: 'no_connection', detail: `cannot be reached (${code})` };
      return { reason: 'disconnected', detail: `lost the connection (${code})`, unannounced: true };
    }
  }
}

function dial({ host, port, tls }: Pick<PeerOptions<unknown>, 'host' | 'port' | 'tls'>): Socket {
  const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, ...tls });
  return socket.setKeepAlive(true, 30_000);
}

/** Codes of OpenSSL's verification, and Node's for a certificate with another name. */
const isAboutTrust = (code: string): boolean =>
  code === 'ERR_TLS_CERT_ALTNAME_INVALID' || /CERT|UNABLE_TO|SELF_SIGNED|ISSUER/.test(code.replace(/^ERR_SSL.*/, ''));
