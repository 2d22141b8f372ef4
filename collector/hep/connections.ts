import type { Socket } from 'node:net';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { ConnectionLimits } from './hep-source.ts';

/** The connections of one listener, and whose they are. */
export interface Connections {
  /** Takes a connection, until it closes; why it does not, else ''. */
  add(socket: Socket, host: string): '' | 'too_many_connections' | 'too_many_of_sender';
  closeAll(): void;
  /** Closes those of an address that is no longer welcome. */
  closeUnless(isWelcome: (host: string) => boolean): void;
  change(limits: ConnectionLimits): void;
}

export function createConnections(name: string, first: ConnectionLimits, metrics: Metrics): Connections {
  const hosts = new Map<Socket, string>();
  const ofHost = new Map<string, number>();
  let limits = first;
  const tell = (): void => metrics.openConnections(name, hosts.size, limits.maxConnections);
  const forget = (socket: Socket, host: string): void => {
    hosts.delete(socket);
    const left = (ofHost.get(host) ?? 1) - 1;
    if (left === 0) ofHost.delete(host);
    else ofHost.set(host, left);
    tell();
  };
  tell();
  return {
    add(socket, host) {
      if (hosts.size >= limits.maxConnections) return 'too_many_connections';
      const already = ofHost.get(host) ?? 0;
      if (already >= limits.maxConnectionsPerSender) return 'too_many_of_sender';
      hosts.set(socket, host);
      ofHost.set(host, already + 1);
      socket.once('close', () => forget(socket, host));
      tell();
      return '';
    },
    closeAll() {
      for (const socket of hosts.keys()) socket.destroy();
    },
    closeUnless(isWelcome) {
      for (const [socket, host] of hosts) if (!isWelcome(host)) socket.destroy();
    },
    change(next) {
      limits = next;
      tell();
    },
  };
}
