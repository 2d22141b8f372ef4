import { createSocket, type Socket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { type CaptureEvent, countOf } from '../../core/model/capture-event.ts';
import {
  type HepDeps,
  type HepSource,
  type HostPort,
  listened,
  machineClock,
  messageOf,
  plainHost,
} from './hep-source.ts';
import { createHepIntake } from './intake.ts';
import { kernelDrops } from './kernel-drops.ts';
import { createOutlet } from './outlet.ts';
import { createStanding } from './standing.ts';

const NAME = 'hep-udp';
/** At 60 000 packets a second this is 100 ms in which the process may be busy with something else. */
const RECEIVE_BUFFER = 8 * 1024 * 1024;
const DROPS_EVERY_MS = 5000;

/**
 * HEP v1, v2 and v3 over UDP. UDP senders cannot be slowed down: what the bus has no room for is dropped, newest
 * first and a frame at a time, and counted, and so is what the kernel dropped before we could read it.
 */
export function createHepUdpSource(deps: HepDeps): HepSource {
  const { listen, bus, metrics } = deps;
  const now = deps.now ?? machineClock;
  const intake = createHepIntake({
    source: NAME,
    authKey: deps.authKey,
    trustSenderClock: deps.trustSenderClock,
    metrics,
  });
  const family = isIPv6(listen.host) ? 'udp6' : 'udp4';

  const standing = createStanding(NAME, listen, metrics);
  let socket: Socket | undefined;
  let stopping: Promise<void> | undefined;
  let dropsTimer: NodeJS.Timeout | undefined;
  let dropsSeen = 0;

  const publish = async (events: CaptureEvent[]): Promise<boolean> => {
    let room = bus.room();
    const taken = events.filter((event) => {
      const count = countOf(event);
      if (count > room) {
        metrics.lost('bus', 'full', count);
        return false;
      }
      room -= count;
      return true;
    });
    try {
      // Not waited for: there was room, and the next datagrams cannot wait anyway.
      if (taken.length > 0) await bus.publish(taken);
      return true;
    } catch (error) {
      standing.busRefused(
        taken.reduce((sum, event) => sum + countOf(event), 0),
        error,
      );
      return false;
    }
  };
  const outlet = createOutlet(intake, publish);

  const receive = (bytes: Buffer, host: string, port: number): void => {
    const arrivedUs = now();
    intake.read(bytes, arrivedUs, plainHost(host), port);
    standing.seen(Math.floor(arrivedUs / 1000));
    void outlet.passed();
  };

  const countDrops = async (at: HostPort): Promise<void> => {
    try {
      const table = await readFile(family === 'udp6' ? '/proc/net/udp6' : '/proc/net/udp', 'latin1');
      const drops = kernelDrops(table, at.host, at.port);
      if (drops === undefined || drops <= dropsSeen) return;
      metrics.lost('kernel', 'receive_buffer_full', drops - dropsSeen);
      dropsSeen = drops;
    } catch (error) {
      standing.trouble(`packets dropped by the kernel are not known: ${messageOf(error)}`);
    }
  };

  const close = async (closing: Socket): Promise<void> => {
    clearInterval(dropsTimer);
    // The kernel forgets the count with the socket.
    const bound = standing.bound();
    if (bound !== undefined && process.platform === 'linux') await countDrops(bound);
    const closed = new Promise<void>((resolve) => closing.once('close', () => resolve()));
    closing.close();
    await closed;
    // Handed over in this turn; that the bus has room again is not waited for.
    void outlet.flush();
    socket = undefined;
    stopping = undefined;
    standing.stopped();
  };

  return {
    async start() {
      if (socket !== undefined) return;
      const opened = createSocket({ type: family, recvBufferSize: RECEIVE_BUFFER });
      socket = opened;
      standing.opening();
      opened.on('message', (bytes, sender) => receive(bytes, sender.address, sender.port));
      try {
        await listened(opened, () => opened.bind(listen.port, listen.host));
      } catch (error) {
        // A stop() meanwhile closes it itself.
        if (stopping === undefined) {
          socket = undefined;
          standing.cannotListen(error);
          opened.close();
        }
        throw error;
      }
      // A failed receive concerns one datagram; the socket goes on.
      opened.on('error', (error) => {
        metrics.rejected(NAME, 'socket_error', '');
        standing.trouble(`last error: ${error.message}`);
      });
      const { address, port } = opened.address();
      const at = { host: address, port };
      dropsSeen = 0;
      if (process.platform === 'linux') dropsTimer = setInterval(() => void countDrops(at), DROPS_EVERY_MS).unref();
      standing.listening(at, `, ${receiveBuffer(opened)}`);
    },

    async stop() {
      if (socket === undefined) return;
      stopping ??= close(socket);
      await stopping;
    },

    flush: async () => void (await outlet.flush()),
    state: standing.state,
    address: () => standing.bound() ?? listen,
  };
}

/** The kernel gives less than was asked for without a word. */
function receiveBuffer(socket: Socket): string {
  const given = socket.getRecvBufferSize();
  const kib = (bytes: number): string => `${Math.floor(bytes / 1024)} KiB`;
  const hint = given < RECEIVE_BUFFER ? ` of the ${kib(RECEIVE_BUFFER)} asked for (raise net.core.rmem_max)` : '';
  return `receive buffer ${kib(given)}${hint}`;
}
