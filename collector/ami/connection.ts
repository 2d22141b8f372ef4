import { connect } from 'node:net';
import { headerOf } from '../../core/model/capture-event.ts';
import { type AmiItem, type AmiPacket, createPacketReader } from './frame.ts';
import { type Account, logIn } from './login.ts';
import { actionText, type Ended, type Fields, isSuccess } from './talk.ts';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly account: Account;
  readonly handshakeTimeoutMs: number;
  /** How often to ask for a sign of life. Three questions without a byte after them are the end ("no_heartbeat"). */
  readonly pingMs: number;
  readonly signal: AbortSignal;
  /** Events will come from now on. */
  readonly onUp: (connection: AmiConnection) => void;
  /** Bytes of any kind have come. */
  readonly onAlive: () => void;
  /** Events, and what cannot be read, in order. Nothing more is read from the socket until this resolves. */
  readonly onData: (items: readonly AmiItem[]) => Promise<void>;
}

export interface AmiConnection {
  /** Sends an action and resolves with its reply, or undefined when the connection ended before it came. */
  action(name: string, fields?: Fields): Promise<AmiPacket | undefined>;
  /** For an action that answers with a list: its reply and the list's events, without the last (…Complete). */
  list(name: string, event: string): Promise<{ reply: AmiPacket; items: readonly AmiPacket[] } | undefined>;
  close(ended: Ended): void;
  /** Resolves once the socket is closed, also when {@link ConnectionOptions.onData} still waits. */
  readonly closed: Promise<void>;
  /** Resolves when everything that was read has been handed over. Never rejects, unless onData does. */
  readonly ended: Promise<Ended>;
}

const UNANSWERED_PINGS = 3;

interface Asked {
  /** Name of the events of a list; undefined for an action with a single reply. */
  readonly event: string | undefined;
  readonly items: AmiPacket[];
  reply?: AmiPacket;
  readonly settle: (reply: AmiPacket | undefined) => void;
}

/** One TCP connection to the manager interface: logs in, reads until the end, asks for signs of life. */
export function openConnection(options: ConnectionOptions): AmiConnection {
  const { signal } = options;
  const socket = connect({ host: options.host, port: options.port, keepAlive: true, keepAliveInitialDelay: 30_000 });
  socket.setNoDelay(true);
  // Errors reach nextChunk(); one that comes later, on a socket already given up, tells nothing new.
  socket.on('error', () => undefined);
  const asked = new Map<string, Asked>();
  const greeting = Promise.withResolvers<boolean>();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let actions = 0;
  let verdict: Ended | undefined;
  let notice: Ended | undefined;
  let handing = false;
  // Counted in pings and not in time: a process that was held up finds the answers waiting, and must read them first.
  let unanswered = 0;

  const ask = (name: string, fields: Fields, event?: string): Promise<[Asked, AmiPacket | undefined]> =>
    new Promise((resolve) => {
      const question: Asked = { event, items: [], settle: (reply) => resolve([question, reply]) };
      if (socket.destroyed) {
        question.settle(undefined);
        return;
      }
      const id = `calltrail-${++actions}`;
      asked.set(id, question);
      socket.write(actionText(name, id, fields));
    });

  const connection: AmiConnection = {
    action: async (name, fields = []) => (await ask(name, fields))[1],
    async list(name, event) {
      const [{ items }, reply] = await ask(name, [], event);
      return reply === undefined ? undefined : { reply, items };
    },
    close(ended) {
      verdict ??= ended;
      socket.destroy();
    },
    closed,
    ended: run(),
  };
  return connection;

  async function run(): Promise<Ended> {
    const abort = (): void => connection.close({ reason: 'aborted', detail: 'was closed by us' });
    // The first turn of the event loop belongs to the caller: `connection` is not there before.
    await Promise.resolve();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const hurry = setTimeout(
      () => connection.close({ reason: 'no_answer', detail: 'does not answer as a manager interface does' }),
      options.handshakeTimeoutMs,
    );
    const watch = { timer: undefined as NodeJS.Timeout | undefined };
    try {
      const [ended] = await Promise.all([read(), begin(hurry, watch)]);
      return ended;
    } finally {
      clearTimeout(hurry);
      clearInterval(watch.timer);
      signal.removeEventListener('abort', abort);
    }
  }

  async function read(): Promise<Ended> {
    const reader = createPacketReader();
    let lost: Ended = { reason: 'disconnected', detail: 'closed the connection' };
    const chunks = socket[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await nextChunk(chunks);
        if (!Buffer.isBuffer(next)) {
          lost = next ?? lost;
          break;
        }
        unanswered = 0;
        options.onAlive();
        const data = reader.push(next).filter((item) => !isAnswer(item));
        if (data.length === 0) continue;
        handing = true;
        await options.onData(data);
        handing = false;
        // We were the ones who were silent.
        unanswered = 0;
      }
    } finally {
      socket.destroy();
      clearAsked();
      greeting.resolve(false);
    }
    // A turn for the login, whose last reply may have come in the same chunk as the end.
    await closed;
    return verdict ?? notice ?? lost;
  }

  function clearAsked(): void {
    const open = [...asked.values()];
    asked.clear();
    for (const { settle } of open) settle(undefined);
  }

  /** The next bytes; undefined at the end of the stream; why there are none after an error of the socket. */
  async function nextChunk(chunks: AsyncIterator<unknown>): Promise<Buffer | Ended | undefined> {
    const connecting = socket.connecting;
    try {
      const { done, value } = await chunks.next();
      return done === true || !Buffer.isBuffer(value) ? undefined : value;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (connecting) return { reason: 'no_connection', detail: `cannot be reached (${code})` };
      return { reason: 'disconnected', detail: `lost the connection (${code})` };
    }
  }

  /** Takes what is part of the talk rather than data. */
  function isAnswer(item: AmiItem): boolean {
    if (item.kind === 'greeting') {
      greeting.resolve(true);
      return true;
    }
    if (item.kind === 'unreadable') {
      if (item.reason === 'no_greeting') {
        connection.close({ reason: 'unreadable', detail: 'is no manager interface: it greets in another way' });
      }
      return false;
    }
    const event = headerOf(item.headers, 'Event');
    if (event === 'Shutdown') notice = { reason: 'shutdown', detail: 'is being shut down' };
    const id = headerOf(item.headers, 'ActionID');
    const question = asked.get(id);
    // Events of others' actions have an ActionID too: OriginateResponse is told to everybody.
    if (question === undefined) return false;
    return event === '' ? takeReply(id, question, item) : takeListed(id, question, item, event);
  }

  function takeReply(id: string, question: Asked, reply: AmiPacket): boolean {
    if (question.event !== undefined && isSuccess(reply)) {
      question.reply = reply;
      return true;
    }
    asked.delete(id);
    question.settle(reply);
    return true;
  }

  function takeListed(id: string, question: Asked, packet: AmiPacket, event: string): boolean {
    if (question.event === undefined) return false;
    if (event === question.event) {
      question.items.push(packet);
      return true;
    }
    if (!event.endsWith('Complete')) return false;
    asked.delete(id);
    question.settle(question.reply ?? packet);
    return true;
  }

  async function begin(hurry: NodeJS.Timeout, watch: { timer: NodeJS.Timeout | undefined }): Promise<void> {
    if (!(await greeting.promise)) return;
    const refused = await logIn(connection, options.account);
    if (refused !== undefined) connection.close(refused);
    if (socket.destroyed) return;
    clearTimeout(hurry);
    watch.timer = setInterval(look, options.pingMs);
    options.onUp(connection);
  }

  function look(): void {
    if (!handing && unanswered >= UNANSWERED_PINGS) {
      const detail = `sent nothing for ${Math.round((options.pingMs * unanswered) / 1000)} s, not even an answer to a ping`;
      connection.close({ reason: 'no_heartbeat', detail });
      return;
    }
    unanswered++;
    // Nobody waits for the answer: that it comes is what counts.
    void connection.action('Ping');
  }
}
