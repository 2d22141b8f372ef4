import type { WebSocket } from 'ws';
import type { ApiDeps } from '../deps.ts';
import { HttpProblem } from '../problem.ts';
import { readQuery } from './read-query.ts';
import { refused } from './refusal.ts';
import { tail } from './tail.ts';

/** RFC 6455 §7.4.1. Grafana tries again after 1006 alone, which is what a connection has that ends without a word. */
const CLOSE = { normal: 1000, refused: 1008, broken: 1011 } as const;
/** RFC 6455 §5.5: a control frame holds 125 bytes, two of them for the code. */
const MAX_REASON = 123;
/** Tails at a time: each asks the store again and again. */
const MAX_TAILS = 50;

let open = 0;

/** Runs one live tail on its socket. Whatever ends it, the socket is closed with a reason and the questions stop. */
export function serveTail(
  socket: WebSocket,
  text: string,
  { store, guesses, unmask, log }: Pick<ApiDeps, 'store' | 'guesses' | 'unmask' | 'log'>,
): void {
  const gone = new AbortController();
  const { signal } = gone;
  socket.on('close', () => gone.abort());
  // A broken frame or connection: 'close' follows.
  socket.on('error', () => gone.abort());
  const run = async (): Promise<void> => {
    const query = readQuery(text);
    if (query.kind !== 'log') throw refused('parse error : only log queries can be tailed');
    if (open >= MAX_TAILS) throw refused(`${MAX_TAILS} live tails are open already: close another one`);
    open += 1;
    try {
      const client = {
        pending: () => socket.bufferedAmount,
        send: (frame: unknown) => socket.send(JSON.stringify(frame)),
      };
      await tail(query, client, { store, guesses, unmask, options: { signal }, signal });
    } finally {
      open -= 1;
    }
  };
  run().then(
    () => socket.close(CLOSE.normal),
    (error: unknown) => {
      if (signal.aborted) return;
      if (error instanceof HttpProblem) {
        socket.close(CLOSE.refused, reason(error.message));
        return;
      }
      log.error(`a live tail ended: ${error instanceof Error ? error.message : String(error)}`);
      socket.close(CLOSE.broken, 'the store does not answer right now');
    },
  );
}

/** As much of a text as a close frame holds, cut between characters. */
function reason(text: string): string {
  let cut = text.slice(0, MAX_REASON);
  while (Buffer.byteLength(cut) > MAX_REASON) cut = cut.slice(0, -1);
  return cut.toWellFormed().replaceAll('\ufffd', '?');
}
