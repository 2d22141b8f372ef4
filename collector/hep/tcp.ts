import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import type { HepTls } from '../../core/config/config.ts';
import { type CaptureEvent, countAll } from '../../core/model/capture-event.ts';
import { judgeClient } from './certificate.ts';
import { createConnections } from './connections.ts';
import { createDoor } from './door.ts';
import {
  type ConnectionLimits,
  type HepDeps,
  type HepSource,
  listened,
  machineClock,
  plainHost,
} from './hep-source.ts';
import { createHepIntake } from './intake.ts';
import { createOutlet } from './outlet.ts';
import { PACKET_TIMEOUT_MS, serve } from './serve.ts';
import { createStanding } from './standing.ts';
import { cleanText } from './text.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Senders may be silent for days; a peer that is gone without a word is noticed by TCP itself. */
const KEEP_ALIVE_MS = 60_000;

export interface HepTcpDeps extends HepDeps {
  /** With it the source speaks TLS and is called "hep-tls". */
  readonly tls?: HepTls;
  readonly limits: ConnectionLimits;
  /** How long a packet that has begun may take, and a TLS handshake. */
  readonly packetTimeoutMs?: number;
  readonly handshakeTimeoutMs?: number;
}

/** With an authority of clients, Node asks for a certificate; that there is a right one is looked at afterwards. */
const contextOf = ({ cert, key, clientCa }: HepTls) => ({
  cert,
  key,
  ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
});

/**
 * HEPv3 over TCP or TLS. A connection is read on only when the bus has taken what came before, so a full bus slows
 * its senders down instead of losing anything. A connection that loses sync is closed; the others do not notice.
 */
export function createHepTcpSource(deps: HepTcpDeps): HepSource {
  const { listen, bus, metrics, strangers } = deps;
  let { tls } = deps;
  const now = deps.now ?? machineClock;
  const name = deps.tls === undefined ? 'hep-tcp' : 'hep-tls';
  const door = createDoor(deps.rules);
  const intake = createHepIntake({
    source: name,
    door,
    strangers,
    dropsOverRate: false,
    trustSenderClock: deps.trustSenderClock,
    metrics,
  });

  const standing = createStanding(name, listen, metrics);
  const connections = createConnections(name, deps.limits, metrics);
  let secure: TlsServer | undefined;
  let server: Server | undefined;
  let stopping: Promise<void> | undefined;

  const publish = async (events: CaptureEvent[]): Promise<boolean> => {
    if (events.length === 0) return true;
    standing.seen(Math.floor(now() / 1000));
    try {
      await bus.publish(events);
      return true;
    } catch (error) {
      standing.busRefused(countAll(events), error);
      // None of them may go on as if it had been taken: who sends over TCP believes that it was.
      connections.closeAll();
      return false;
    }
  };
  const outlet = createOutlet(intake, publish);

  const serving = { source: name, intake, outlet, door, metrics, now, isStopping: () => stopping !== undefined };
  const take = (socket: Socket, host: string): void =>
    void serve(socket, host, { ...serving, packetTimeoutMs: deps.packetTimeoutMs ?? PACKET_TIMEOUT_MS });

  const turnAway = (socket: Socket, reason: string, host: string, described: string): void => {
    metrics.rejected(name, reason, host);
    strangers.saw({ source: name, address: host, reason }, Math.floor(now() / 1000), () => ({
      captureId: 0,
      name: cleanText(Buffer.from(described)),
    }));
    socket.destroy();
  };

  const accept = (socket: Socket): void => {
    const host = plainHost(socket.remoteAddress ?? '');
    // Under TLS the socket above this one tells of errors.
    socket.on('error', () => secure ?? metrics.rejected(name, 'connection_error', host));
    if (!door.of(host).isKnown && !door.keepsStrangers()) {
      turnAway(socket, 'unknown_sender', host, '');
      return;
    }
    const refusal = connections.add(socket, host);
    if (refusal !== '') {
      metrics.rejected(name, refusal, host);
      socket.destroy();
      return;
    }
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    if (secure === undefined) take(socket, host);
    else secure.emit('connection', socket);
  };

  /** After the handshake, which a client passes with any certificate: why it is refused is to be known. */
  const acceptSecure = (socket: TLSSocket): void => {
    const host = plainHost(socket.remoteAddress ?? '');
    socket.on('error', () => metrics.rejected(name, 'connection_error', host));
    if (tls?.clientCa !== undefined) {
      const judged = judgeClient(socket, tls.clientNames);
      if (judged.reason !== '') {
        turnAway(socket, judged.reason, host, judged.name);
        return;
      }
    }
    take(socket, host);
  };

  const openSecure = (given: HepTls): TlsServer =>
    createTlsServer({ ...contextOf(given), handshakeTimeout: deps.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS })
      .on('secureConnection', acceptSecure)
      .on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
        const reason = error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT' ? 'handshake_timeout' : 'tls_error';
        metrics.rejected(name, reason, plainHost(socket.remoteAddress ?? ''));
        socket.destroy();
      });

  const close = async (closing: Server): Promise<void> => {
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    connections.closeAll();
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
      secure = tls === undefined ? undefined : openSecure(tls);
      const opened = createServer(accept);
      server = opened;
      standing.opening();
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

    change(settings) {
      const isNewTrust =
        settings.tls?.clientCa !== tls?.clientCa || !isDeepStrictEqual(settings.tls?.clientNames, tls?.clientNames);
      tls = settings.tls;
      door.change(settings.rules);
      connections.change(settings.limits);
      if (tls !== undefined) secure?.setSecureContext(contextOf(tls));
      // Connections were let in by what held then. Whoever still may comes back.
      if (isNewTrust) connections.closeAll();
      connections.closeUnless((host) => door.of(host).isKnown || door.keepsStrangers());
    },
    flush: async () => void (await outlet.flush()),
    state: standing.state,
    address: () => standing.bound() ?? listen,
  };
}
