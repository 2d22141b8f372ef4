import { setTimeout as sleep } from 'node:timers/promises';

/** A replayed switch, whichever it is. */
export interface ReplayedNode {
  readonly host: string;
  readonly port: number;
  readonly commands: readonly string[];
  whenSubscribed(): Promise<void>;
  drop(): void;
}

/** A node is waiting for the product to connect to it, and it does not. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
}

const LOOK_EVERY_MS = 5;
/** What commands begin with that ask for events or log lines, of an event socket and of a manager interface. */
const SUBSCRIPTIONS = ['event ', 'log ', 'Action: Events'];

/**
 * Closes the connections of a node and waits for new ones. They are known by their commands: a client may be back
 * before anybody has looked whether it was gone.
 */
export async function reconnected(
  name: string,
  server: ReplayedNode,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const times = (begin: string): number => server.commands.filter((one) => one.startsWith(begin)).length;
  const before = SUBSCRIPTIONS.map(times);
  const untilMs = performance.now() + timeoutMs;
  server.drop();
  // Each that was there comes again; a switch of the other kind knows only the others.
  while (SUBSCRIPTIONS.some((begin, i) => before[i]! > 0 && times(begin) === before[i])) {
    if (performance.now() > untilMs) throw notConnected(name, server, timeoutMs);
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Resolves once somebody is subscribed to the events and to the log lines of a node. */
export async function subscribed(
  name: string,
  server: ReplayedNode,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const over = new AbortController();
  const stop = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const late = sleep(timeoutMs, undefined, { signal: stop }).then(() => {
    throw notConnected(name, server, timeoutMs);
  });
  try {
    await Promise.race([server.whenSubscribed(), late]);
  } finally {
    over.abort();
    // The loser of the race ends here, with the abort that was just caused.
    late.catch(() => undefined);
  }
}

const notConnected = (name: string, { host, port }: ReplayedNode, timeoutMs: number): NotConnectedError =>
  new NotConnectedError(`${name}: nobody subscribed to ${host}:${port} within ${timeoutMs / 1000} s`);
