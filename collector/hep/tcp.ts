import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type CaptureEvent, countAll } from '../../core/model/capture-event.ts';
import { type HepDeps, type HepSource, listened, machineClock, plainHost } from './hep-source.ts';
import { createHepIntake } from './intake.ts';
import { createOutlet } from './outlet.ts';
import { createStanding } from './standing.ts';
import { createHepStream } from './stream.ts';

/** Each may hold one unfinished packet of 64 KiB. */
const MAX_CONNECTIONS = 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Senders may be silent for days; a peer that is gone without a word is noticed by TCP itself. */
const KEEP_ALIVE_MS = 60_000;

export interface HepTcpDeps extends HepDeps {
  /** PEM texts. With them the source speaks TLS and is called "hep-tls". */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/**
 * HEPv3 over TCP or TLS. A connection is read on only when the bus has taken what came before, so a full bus slows
 * its senders down instead of losing anything. A connection that loses sync is closed; the others do not notice.
 */
export function createHepTcpSource(deps: HepTcpDeps): HepSource {
  const { listen, bus, metrics } = deps;
  const now = deps.now ?? machineClock;
  const name = deps.tls === undefined ? 'hep-tcp' : 'hep-tls';
  const intake = createHepIntake({
    source: name,
    authKey: deps.authKey,
    trustSenderClock: deps.trustSenderClock,
    metrics,
  });

  const standing = createStanding(name, listen, metrics);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let stopping: Promise<void> | undefined;

  const publish = async (events: CaptureEvent[]): Promise<boolean> => {
    standing.seen(Math.floor(now() / 1000));
    try {
      await bus.publish(events);
      return true;
    } catch (error) {
      standing.busRefused(countAll(events), error);
      // None of them may go on as if it had been taken: who sends over TCP believes that it was.
      for (const socket of sockets) socket.destroy();
      return false;
    }
  };
  const outlet = createOutlet(intake, publish);

  const serve = async (socket: Socket): Promise<void> => {
    const host = plainHost(socket.remoteAddress ?? '');
    const port = socket.remotePort ?? 0;
    const stream = createHepStream();
    const nextChunk = chunksOf(socket);
    for (;;) {
      // Nothing is read ahead of this: between two chunks the kernel's window fills up and the sender waits.
      const chunk = await nextChunk();
      if (chunk === undefined) break;
      const { packets, reason } = stream.push(chunk);
      const arrivedUs = now();
      for (const packet of packets) intake.read(packet, arrivedUs, host, port);
      if (reason !== '') intake.refuse(reason, chunk, arrivedUs, host, port);
      const taken = await outlet.passed();
      if (reason !== '' || !taken) {
        socket.destroy();
        return;
      }
    }
    socket.destroy();
    const rest = stream.rest();
    if (rest.length === 0 || stopping !== undefined) return;
    intake.refuse('cut_off', rest, now(), host, port);
    await outlet.passed();
  };

  const accept = (socket: Socket): void => {
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', () => metrics.rejected(name, 'connection_error', plainHost(socket.remoteAddress ?? '')));
    void serve(socket);
  };

  const open = (): Server => {
    if (deps.tls === undefined) return createServer(accept);
    const { cert, key } = deps.tls;
    const secure = createTlsServer({ cert, key, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, accept);
    return secure.on('tlsClientError', (_error, socket) => {
      metrics.rejected(name, 'tls_error', plainHost(socket.remoteAddress ?? ''));
      socket.destroy();
    });
  };

  const close = async (closing: Server): Promise<void> => {
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
    // Handed over in this turn; that the bus has room again is not waited for.
    void outlet.flush();
    server = undefined;
    stopping = undefined;
    standing.stopped();
  };

  return {
    async start() {
      if (server !== undefined) return;
      const opened = open();
      server = opened;
      standing.opening();
      opened.maxConnections = MAX_CONNECTIONS;
      // The TCP socket also under TLS, so that stop() ends a connection in its handshake.
      opened.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
      opened.on('drop', (peer) => metrics.rejected(name, 'too_many_connections', plainHost(peer?.remoteAddress ?? '')));
      try {
        await listened(opened, () => opened.listen(listen.port, listen.host));
      } catch (error) {
        // Closed while the host's name was looked up, a server would listen all the same.
        opened.once('listening', () => opened.close());
        if (stopping !== undefined) throw error;
        server = undefined;
        standing.cannotListen(error);
        throw error;
      }
      // For example no file descriptor left for one more connection; those that are open go on.
      opened.on('error', (error) => {
        metrics.rejected(name, 'accept_error', '');
        standing.trouble(`last error: ${error.message}`);
      });
      const address = opened.address();
      const isNamed = address === null || typeof address === 'string';
      standing.listening(isNamed ? listen : { host: address.address, port: address.port });
    },

    async stop() {
      if (server === undefined) return;
      stopping ??= close(server);
      await stopping;
    },

    flush: async () => void (await outlet.flush()),
    state: standing.state,
    address: () => standing.bound() ?? listen,
  };
}

/** The next chunk of a socket, or undefined at its end, orderly or not: a failed one says why in its "error" event. */
function chunksOf(socket: Socket): () => Promise<Buffer | undefined> {
  const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
  return async () => {
    try {
      const next = await chunks.next();
      return next.done === true ? undefined : next.value;
    } catch {
      return undefined;
    }
  };
}
