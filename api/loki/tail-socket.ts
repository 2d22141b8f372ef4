import type { WebSocket } from 'ws';
import { hideText } from '../../core/privacy/text.ts';
import { createNews } from '../../core/runtime/news.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { EVERYTHING, kept, type Sight } from '../../core/runtime/sight.ts';
import type { ApiDeps } from '../deps.ts';
import { HttpProblem } from '../problem.ts';
import { readQuery } from './read-query.ts';
import { refused } from './refusal.ts';
import { type TailRequest, tail } from './tail.ts';
import { createTailClient } from './tail-client.ts';

/** RFC 6455 §7.4.1. Grafana tries again after 1006 alone, which is what a connection has that ends without a word. */
const CLOSE = { normal: 1000, refused: 1008, broken: 1011 } as const;
/** RFC 6455 §5.5: a control frame holds 125 bytes, two of them for the code. */
const MAX_REASON = 123;
/** Tails at a time: each asks the store again and again. */
const MAX_TAILS = 50;
/** A client that has not answered one ping when the next is due is gone without a word, or takes nothing. */
const PING_MS = 20_000;

/** Two looks of one tail are this far apart, times all tails: together they ask some fifty times a second at most. */
const BETWEEN_MS = 20;
/** A single one is no quicker than a person. */
const LEAST_BETWEEN_MS = 100;

let open = 0;

export interface TailSocketDeps extends Pick<ApiDeps, 'store' | 'guesses' | 'unmask' | 'log' | 'news'> {
  /** Whose lines are shown; all without it. */
  readonly sight?: Sight;
}

/** What is asked of a tail beside its query, read when it is known that the client can be told what is wrong with it. */
export type ReadTail = () => Omit<TailRequest, 'query'>;

/**
 * Runs one live tail on its socket. Whatever ends it, the socket is closed with a reason and the questions stop.
 *
 * @param pingMs how often the client is asked whether it is there
 */
export function serveTail(
  socket: WebSocket,
  text: string,
  readTail: ReadTail,
  { store, guesses, unmask, log, news, sight = EVERYTHING }: TailSocketDeps,
  pingMs = PING_MS,
): void {
  const gone = new AbortController();
  const { signal } = gone;
  const stopPings = pingEvery(socket, pingMs);
  socket.on('close', () => {
    stopPings();
    gone.abort();
  });
  // A broken frame or connection: 'close' follows.
  socket.on('error', () => gone.abort());
  const run = async (): Promise<void> => {
    const query = readQuery(text);
    if (query.kind !== 'log') throw refused('parse error : only log queries can be tailed');
    const request = { query, ...readTail() };
    if (open >= MAX_TAILS) throw refused(`${MAX_TAILS} live tails are open already: close another one`);
    open += 1;
    try {
      const client = createTailClient({
        pending: () => socket.bufferedAmount,
        send: (frame) => socket.send(JSON.stringify(frame)),
      });
      await tail(request, client, {
        ...{ store, guesses, unmask, signal, options: kept({ signal, sight }) },
        news: news ?? createNews(false),
        betweenMs: () => Math.max(LEAST_BETWEEN_MS, open * BETWEEN_MS),
      });
    } finally {
      open -= 1;
    }
  };
  run().then(
    () => socket.close(CLOSE.normal),
    (error: unknown) => {
      if (signal.aborted) return;
      if (error instanceof HttpProblem) {
        const { hidden } = sight;
        socket.close(CLOSE.refused, reason(hidden === undefined ? error.message : hideText(error.message, hidden)));
        return;
      }
      log.error(`a live tail ended: ${reasonOf(error)}`);
      socket.close(CLOSE.broken, 'the store does not answer right now');
    },
  );
}

/** Lets a connection go whose other end does not answer. */
function pingEvery(socket: WebSocket, ms: number): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, ms);
  return () => clearInterval(timer);
}

/** As much of a text as a close frame holds, cut between characters. */
function reason(text: string): string {
  let cut = text.slice(0, MAX_REASON);
  while (Buffer.byteLength(cut) > MAX_REASON) cut = cut.slice(0, -1);
  return cut.toWellFormed().replaceAll('\ufffd', '?');
}
