import { createSocket } from 'node:dgram';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import type { FreeswitchNode } from '../../core/config/config.ts';
import type { HostPort } from './hep-sender.ts';

/** What the product is to a player, without anything of the product: it keeps what comes. */
export interface Receiver {
  readonly udp: HostPort;
  readonly tcp: HostPort;
  readonly datagrams: readonly Buffer[];
  /** All bytes of all TCP connections, in the order of their arrival. */
  overTcp(): Buffer;
  /** Subscribes to events and log lines of a node over one connection, and again whenever that is closed. */
  subscribe(node: FreeswitchNode): EslReader;
  close(): Promise<void>;
}

export interface EslReader {
  /** What came after the subscription, one buffer for each connection. */
  connections(): readonly Buffer[];
}

const SUBSCRIBED = '+OK log level 7 [7]\n\n';

export async function createReceiver(): Promise<Receiver> {
  const datagrams: Buffer[] = [];
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  let closing = false;

  const udp = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  udp.on('message', (bytes) => datagrams.push(bytes));
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (bytes) => chunks.push(bytes));
  });
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));

  const subscribe = ({ host, port, password }: FreeswitchNode): EslReader => {
    const read: Buffer[][] = [];
    const open = (): void => {
      const bytes: Buffer[] = [];
      read.push(bytes);
      const socket = connectTcp(port, host);
      sockets.add(socket);
      socket.write(`auth ${password}\n\nevent json ALL\n\nlog 7\n\n`);
      socket.on('data', (chunk) => bytes.push(chunk));
      socket.on('close', () => {
        sockets.delete(socket);
        if (!closing) open();
      });
    };
    open();
    return {
      connections: () =>
        read.map((bytes) => {
          const whole = Buffer.concat(bytes);
          const from = whole.indexOf(SUBSCRIBED);
          return from < 0 ? Buffer.alloc(0) : whole.subarray(from + SUBSCRIBED.length);
        }),
    };
  };

  const tcpAddress = tcp.address();
  if (tcpAddress === null || typeof tcpAddress === 'string') throw new Error('receiver: no TCP address');
  return {
    udp: { host: '127.0.0.1', port: udp.address().port },
    tcp: { host: '127.0.0.1', port: tcpAddress.port },
    datagrams,
    overTcp: () => Buffer.concat(chunks),
    subscribe,
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => tcp.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, new Promise<void>((resolve) => udp.close(() => resolve()))]);
    },
  };
}
