import type { NodeTls } from '../../core/config/config.ts';
import { headerOf } from '../../core/model/capture-event.ts';
import { openPeer, type Peer } from '../link/peer.ts';
import { type AmiItem, type AmiPacket, createPacketReader } from './frame.ts';
import { type Account, logIn } from './login.ts';
import { actionText, type Fields, isSuccess } from './talk.ts';

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: NodeTls;
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

export interface AmiConnection extends Pick<Peer, 'close' | 'closed' | 'ended'> {
  /** Sends an action and resolves with its reply, or undefined when the connection ended before it came. */
  action(name: string, fields?: Fields): Promise<AmiPacket | undefined>;
  /** For an action that answers with a list: its reply and the list's events, without the last (…Complete). */
  list(name: string, event: string): Promise<{ reply: AmiPacket; items: readonly AmiPacket[] } | undefined>;
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
  const asked = new Map<string, Asked>();
  const packets = createPacketReader();
  let actions = 0;
  // Counted in pings and not in time: a process that was held up finds the answers waiting, and must read them first.
  let unanswered = 0;
  let timer: NodeJS.Timeout | undefined;
  const isHeard = (): void => {
    unanswered = 0;
  };

  const peer = openPeer<AmiItem>({
    host: options.host,
    port: options.port,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    expected: 'a manager interface',
    handshakeTimeoutMs: options.handshakeTimeoutMs,
    signal: options.signal,
    take: (bytes) => packets.push(bytes).filter((item) => !isAnswer(item)),
    onData: options.onData,
    onBytes: () => {
      isHeard();
      options.onAlive();
    },
    onHanded: isHeard,
    begin,
    onLost,
  });

  const ask = (name: string, fields: Fields, event?: string): Promise<[Asked, AmiPacket | undefined]> =>
    new Promise((resolve) => {
      const question: Asked = { event, items: [], settle: (reply) => resolve([question, reply]) };
      if (!peer.isOpen()) {
        question.settle(undefined);
        return;
      }
      const id = `calltrail-${++actions}`;
      asked.set(id, question);
      peer.send(actionText(name, id, fields));
    });

  const connection: AmiConnection = {
    action: async (name, fields = []) => (await ask(name, fields))[1],
    async list(name, event) {
      const [{ items }, reply] = await ask(name, [], event);
      return reply === undefined ? undefined : { reply, items };
    },
    close: peer.close,
    closed: peer.closed,
    ended: peer.ended,
  };
  return connection;

  function onLost(): void {
    clearInterval(timer);
    const open = [...asked.values()];
    asked.clear();
    for (const { settle } of open) settle(undefined);
  }

  /** Takes what is part of the talk rather than data. */
  function isAnswer(item: AmiItem): boolean {
    if (item.kind === 'greeting') {
      peer.greeted();
      return true;
    }
    if (item.kind === 'unreadable') {
      if (item.reason === 'no_greeting') {
        peer.close({ reason: 'unreadable', detail: 'is no manager interface: it greets in another way' });
      }
      return false;
    }
    const event = headerOf(item.headers, 'Event');
    if (event === 'Shutdown') peer.announce({ reason: 'shutdown', detail: 'is being shut down' });
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

  async function begin(done: () => void): Promise<void> {
    const refused = await logIn(connection, options.account);
    if (refused !== undefined) peer.close(refused);
    if (!peer.isOpen()) return;
    done();
    timer = setInterval(look, options.pingMs);
    options.onUp(connection);
  }

  function look(): void {
    if (!peer.isHanding() && unanswered >= UNANSWERED_PINGS) {
      const detail = `sent nothing for ${Math.round((options.pingMs * unanswered) / 1000)} s, not even an answer to a ping`;
      peer.close({ reason: 'no_heartbeat', detail });
      return;
    }
    unanswered++;
    // Nobody waits for the answer: that it comes is what counts.
    void connection.action('Ping');
  }
}
