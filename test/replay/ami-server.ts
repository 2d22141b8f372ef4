import { randomInt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { type AmiAnswers, type AmiSession, answerTo } from './ami-answers.ts';
import type { RecordedFrame } from './esl-recording.ts';

export interface AmiReplayOptions extends AmiAnswers {
  /** 0 (default) takes any free port; given again, a "restarted" server comes back where it was. */
  readonly port?: number;
}

/**
 * A server that talks as Asterisk 22 does on its manager interface and, where Asterisk would tell of its calls, sends
 * recorded packets to those who asked for events of their class.
 */
export interface AmiReplayServer {
  readonly host: string;
  readonly port: number;
  /** Every action that came, in order, of all connections: its lines. */
  readonly commands: readonly string[];
  /** Clients that are connected now. */
  connections(): number;
  /** Resolves as soon as somebody asked for events. */
  whenSubscribed(): Promise<void>;
  /** True when somebody asked for events of this packet's class. */
  isWanted(recorded: RecordedFrame): boolean;
  /**
   * Sends packets, in order, to whoever asked for their class; nobody is told later. Resolves when the system has
   * taken all bytes, so a client that does not read makes this wait; false when nobody asked for events at all.
   */
  feed(packets: readonly RecordedFrame[]): Promise<boolean>;
  /** Sends bytes as they are to everybody who asked for events. */
  sendRaw(bytes: Buffer | string): Promise<void>;
  /** From now on actions are read and not answered, as by a host that hangs. */
  mute(): void;
  /** Closes the connections at once; the server goes on listening. */
  drop(): void;
  close(): Promise<void>;
}

interface Client extends AmiSession {
  readonly socket: Socket;
}

export async function createAmiReplayServer(options: AmiReplayOptions): Promise<AmiReplayServer> {
  const clients = new Set<Client>();
  const commands: string[] = [];
  let waiting: (() => void)[] = [];
  let muted = false;

  const subscribers = (): Client[] => [...clients].filter(({ mask }) => mask.size > 0);

  const perform = (client: Client, text: string): void => {
    commands.push(text);
    if (muted) return;
    const keys = text.split('\n').map((line): [string, string] => {
      const [key = '', value = ''] = line.split(/: ?(.*)/s);
      return [key, value];
    });
    client.socket.write(answerTo(new Map(keys), client, options));
    if (client.leaving) client.socket.end();
  };

  const server = createServer((socket) => {
    const challenge = String(randomInt(2 ** 31));
    const client: Client = { socket, challenge, authed: false, leaving: false, mask: new Set() };
    clients.add(client);
    socket.setNoDelay(true);
    socket.on('close', () => clients.delete(client));
    // A client that is gone is what `feed` returns false for.
    socket.on('error', () => clients.delete(client));
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).replaceAll('\r\n', '\n');
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        perform(client, text.slice(0, end));
        text = text.slice(end + 2);
      }
      if (subscribers().length > 0) {
        for (const resolve of waiting) resolve();
        waiting = [];
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('ami replay: no TCP address');

  const write = (client: Client, bytes: Buffer | string): Promise<boolean> =>
    new Promise((resolve) => {
      if (client.socket.destroyed) resolve(false);
      else client.socket.write(bytes, (error) => resolve(error === undefined || error === null));
    });

  return {
    host: '127.0.0.1',
    port: bound.port,
    commands,
    connections: () => clients.size,
    whenSubscribed: () =>
      subscribers().length > 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    isWanted: (recorded) => subscribers().some((client) => wants(client, recorded)),
    async feed(packets) {
      const reached = subscribers();
      const written = reached.map((client) => {
        const wanted = packets.filter((recorded) => wants(client, recorded)).map(({ bytes }) => bytes);
        return wanted.length === 0 ? Promise.resolve(true) : write(client, Buffer.concat(wanted));
      });
      return reached.length > 0 && (await Promise.all(written)).every(Boolean);
    },
    async sendRaw(bytes) {
      await Promise.all(subscribers().map((client) => write(client, bytes)));
    },
    mute: () => {
      muted = true;
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

/** All classes of the packet's `Privilege` must have been asked for; "all" is in each of them. */
function wants({ mask }: Client, { bytes }: RecordedFrame): boolean {
  if (mask.has('on')) return true;
  const classes = /^Privilege: (.*?)\r?$/m.exec(bytes.toString('latin1', 0, 256))?.[1] ?? '';
  return mask.size > 0 && classes.split(',').every((one) => one === 'all' || mask.has(one));
}
