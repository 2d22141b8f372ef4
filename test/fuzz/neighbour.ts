import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { packetOf } from '../faults/sender.ts';
import { until } from '../system/until.ts';

/** Whoever has to be served whatever others do: one TCP connection that is open all the time, and questions. */
export interface Neighbour {
  /** Sends a message, asks a question. @throws when one of them is not served in time */
  served(): Promise<void>;
  /** How many messages were sent in all. */
  close(): Promise<number>;
}

const PATIENCE_MS = 20_000;

export async function connectNeighbour(hepPort: number, httpUrl: string): Promise<Neighbour> {
  const socket: Socket = connect(hepPort, '127.0.0.1');
  await once(socket, 'connect');
  let failure: unknown;
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => {
    failure ??= new Error('the connection of a neighbour was closed');
  });
  let sent = 0;
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(`${httpUrl}${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await response.text();
    if (!response.ok) throw new Error(`a neighbour asked ${path} and heard ${response.status} ${text.slice(0, 300)}`);
    return text;
  };
  return {
    async served() {
      if (failure !== undefined) throw failure;
      const number = sent++;
      socket.write(packetOf('neighbour', number));
      await ask('/api/search?limit=1');
      const key = encodeURIComponent(`neighbour-${number}@faults.example`);
      await until(
        `the neighbour's message ${number} is found`,
        async () => (await fetch(`${httpUrl}/api/calls/${key}`, { signal: AbortSignal.timeout(PATIENCE_MS) })).ok,
        { timeoutMs: PATIENCE_MS },
      );
    },
    async close() {
      socket.end();
      return sent;
    },
  };
}
