import { createServer, type Socket } from 'node:net';
import { answerTo, type EslAnswers, frame, type Session } from './esl-answers.ts';
import type { RecordedFrame } from './esl-recording.ts';

export interface EslReplayOptions extends EslAnswers {
  /** 0 (default) takes any free port; given again, a "restarted" server comes back where it was. */
  readonly port?: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** text/rude-rejection for everybody, as with an apply-inbound-acl that does not know the client. */
  readonly rejectAll?: boolean;
}

/**
 * A server that talks as FreeSWITCH 1.10 does on its event socket and, where the switch would tell of its calls, sends
 * recorded bytes: events to the connections that asked for events, log lines to those that asked for logs.
 */
export interface EslReplayServer {
  readonly host: string;
  readonly port: number;
  /** Every command that came, in order, of all connections. */
  readonly commands: readonly string[];
  /** Clients that are connected now. */
  connections(): number;
  /** Resolves as soon as somebody is subscribed to events and somebody to logs. */
  whenSubscribed(): Promise<void>;
  /**
   * Sends frames, in order, to whoever is subscribed to them at the moment; nobody is told later. Resolves when the
   * system has taken all bytes, so a client that does not read makes this wait; false when some of them went nowhere.
   */
  feed(frames: readonly RecordedFrame[]): Promise<boolean>;
  /** Sends the frame's first bytes only and closes: a crash in the middle of an event. */
  cut(frame: RecordedFrame, bytes: number): Promise<void>;
  /** Sends bytes as they are to everybody who is subscribed. */
  sendRaw(bytes: Buffer): Promise<void>;
  /** text/disconnect-notice to everybody, then closes the connections: "The system is being shut down.\n". */
  disconnect(text: string): Promise<void>;
  /** Closes the connections at once; the server goes on listening. */
  drop(): void;
  close(): Promise<void>;
}

interface Client extends Session {
  readonly socket: Socket;
}

export async function createEslReplayServer(options: EslReplayOptions): Promise<EslReplayServer> {
  const clients = new Set<Client>();
  const commands: string[] = [];
  let waiting: (() => void)[] = [];

  const subscribed = (): boolean => {
    const all = [...clients];
    return all.some((client) => client.events !== undefined) && all.some((client) => client.logLevel !== undefined);
  };

  const server = createServer((socket) => {
    const client: Client = { socket, authed: false, leaving: false, events: undefined, logLevel: undefined };
    clients.add(client);
    socket.setNoDelay(true);
    socket.on('close', () => clients.delete(client));
    // A client that is gone is what `feed` returns false for.
    socket.on('error', () => clients.delete(client));
    if (options.rejectAll === true) {
      socket.end(frame('text/rude-rejection', 'Access Denied, go away.'));
      return;
    }
    socket.write(frame('auth/request'));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const command = text.slice(0, end).replace(/^\n+/, '');
        text = text.slice(end + 2);
        commands.push(command);
        socket.write(answerTo(command, client, options));
        // mod_event_socket says goodbye after a wrong password and after `exit`.
        if (client.leaving) socket.end(frame('text/disconnect-notice', GOODBYE));
      }
      if (subscribed()) {
        for (const resolve of waiting) resolve();
        waiting = [];
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('esl replay: no TCP address');

  const write = (client: Client, bytes: Buffer): Promise<boolean> =>
    new Promise((resolve) => {
      if (client.socket.destroyed) resolve(false);
      else client.socket.write(bytes, (error) => resolve(error === undefined || error === null));
    });

  const feed = async (frames: readonly RecordedFrame[]): Promise<boolean> => {
    const written: Promise<boolean>[] = [];
    let allSent = true;
    for (const client of clients) {
      const wanted = frames.filter((recorded) => wants(client, recorded)).map(({ bytes }) => bytes);
      if (wanted.length > 0) written.push(write(client, Buffer.concat(wanted)));
    }
    for (const recorded of frames) allSent &&= [...clients].some((client) => wants(client, recorded));
    const results = await Promise.all(written);
    return allSent && results.every(Boolean);
  };

  const subscribers = (): Client[] =>
    [...clients].filter(({ events, logLevel }) => events !== undefined || logLevel !== undefined);
  const closed = (client: Client): Promise<void> =>
    new Promise((resolve) => {
      if (client.socket.destroyed) resolve();
      else client.socket.once('close', () => resolve());
    });

  return {
    host: bound.address,
    port: bound.port,
    commands,
    connections: () => clients.size,
    whenSubscribed: () => (subscribed() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    feed,
    async cut(recorded, bytes) {
      const reached = [...clients].filter((client) => wants(client, recorded));
      for (const client of reached) client.socket.end(recorded.bytes.subarray(0, bytes));
      await Promise.all(reached.map(closed));
    },
    async sendRaw(bytes) {
      await Promise.all(subscribers().map((client) => write(client, bytes)));
    },
    async disconnect(text) {
      const all = [...clients];
      for (const client of all) client.socket.end(frame('text/disconnect-notice', text));
      await Promise.all(all.map(closed));
    },
    drop() {
      for (const client of clients) client.socket.destroy();
    },
    async close() {
      const over = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.socket.destroy();
      await over;
    },
  };
}

const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';

/** Who is told what: ALL or the names of `event`, the level of `log`. */
function wants(client: Client, { type, bytes }: RecordedFrame): boolean {
  if (type === 'text/event-json') {
    if (client.events === undefined || client.events.has('ALL')) return client.events !== undefined;
    const name = /"Event-Name":"([^"]*)"/.exec(bytes.toString('utf8'))?.[1] ?? '';
    return client.events.has(name);
  }
  if (type === 'log/data') {
    const level = Number(/^Log-Level: (\d+)$/m.exec(bytes.toString('latin1', 0, 512))?.[1]);
    return client.logLevel !== undefined && level <= client.logLevel;
  }
  return client.events !== undefined || client.logLevel !== undefined;
}
