import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Below those that systems hand out by themselves: there, any connection may take a port before its program starts. */
const [LOWEST, HIGHEST] = [15_000, 30_000];

/** A port that is free for UDP and for TCP on an address of this machine. */
export async function freePort(host: string): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if ((await isFreeForUdp(host, port)) && (await isFreeForTcp(host, port))) return port;
  }
}

function isFreeForUdp(host: string, port: number): Promise<boolean> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    socket.bind(port, host, () => socket.close(() => resolve(true)));
  });
}

function isFreeForTcp(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Whether a program has this UDP port open by now: a datagram to it would be kept. IPv4 and Linux. */
export async function isUdpOpen(host: string, port: number): Promise<boolean> {
  const address = Buffer.from(host.split('.').map(Number)).readUInt32LE().toString(16).toUpperCase().padStart(8, '0');
  const local = `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = await readFile('/proc/net/udp', 'latin1');
  return table.split('\n').some((line) => line.trim().split(/\s+/)[1] === local);
}

export const hasIpv6 = (): boolean =>
  Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
