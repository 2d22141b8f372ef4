import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Sends HEP packets somewhere, in order. */
export interface HepSender {
  /** Resolves when the system has taken the bytes of all of them. Rejects when nobody listens there. */
  send(packets: readonly Buffer[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** UDP tells nobody when a receiver falls behind, so it is not sent faster than any receiver reads. */
const DATAGRAMS_PER_GROUP = 20;
const GROUP_MS = 4;

export interface UdpFlow {
  /** How many datagrams the receiver has read so far, of all that were sent to it. */
  received(): Promise<number>;
  /** How many may be on their way at a time. */
  readonly window: number;
}

/** A receiver that reads nothing for so long has lost what is missing. */
const LOST_AFTER_MS = 2000;

/**
 * @param flow with it the sender waits for the receiver instead of trusting the pace alone, so that a receiver that is
 * busy with something else for a while loses nothing
 */
export async function createUdpSender({ host, port }: HostPort, flow?: UdpFlow): Promise<HepSender> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let refused: Error | undefined;
  // ICMP "port unreachable" comes back after the send that caused it.
  socket.on('error', (error) => {
    refused = error;
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  const sendOne = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => socket.send(bytes, (error) => (error === null ? resolve() : reject(error))));
  const before = (await flow?.received()) ?? 0;
  let sent = 0;
  let lost = 0;

  const waitForRoom = async ({ received, window }: UdpFlow, signal: AbortSignal | undefined): Promise<void> => {
    let seen = -1;
    let sinceMs = performance.now();
    for (;;) {
      const now = (await received()) - before;
      if (sent - lost - now <= window - DATAGRAMS_PER_GROUP) return;
      if (now !== seen) {
        seen = now;
        sinceMs = performance.now();
      } else if (performance.now() - sinceMs > LOST_AFTER_MS) {
        lost = sent - now;
        return;
      }
      await sleep(GROUP_MS, undefined, { signal });
    }
  };

  return {
    async send(packets, signal) {
      for (let i = 0; i < packets.length; i += DATAGRAMS_PER_GROUP) {
        signal?.throwIfAborted();
        if (refused !== undefined) throw refused;
        const group = packets.slice(i, i + DATAGRAMS_PER_GROUP);
        if (flow !== undefined && sent - lost + group.length > flow.window) await waitForRoom(flow, signal);
        await Promise.all(group.map(sendOne));
        sent += group.length;
        if (group.length === DATAGRAMS_PER_GROUP) await sleep(GROUP_MS, undefined, { signal });
      }
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

export async function createTcpSender({ host, port }: HostPort): Promise<HepSender> {
  const socket = connect(port, host);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let broken: Error | undefined;
  socket.on('error', (error) => {
    broken = error;
  });
  return {
    async send(packets, signal) {
      signal?.throwIfAborted();
      if (broken !== undefined) throw broken;
      await new Promise<void>((resolve, reject) => {
        socket.write(Buffer.concat(packets), (error) => (error ? reject(error) : resolve()));
      });
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else {
          socket.once('close', () => resolve());
          // Nothing is read from a HEP receiver, and its end has to be noticed all the same.
          socket.resume().end();
        }
      }),
  };
}
