import { setTimeout as sleep } from 'node:timers/promises';
import type { EslReplayServer } from './esl-server.ts';

/** A node is waiting for the product to connect to its event socket, and it does not. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
}

const LOOK_EVERY_MS = 5;

/**
 * Closes the connections of a node and waits for new ones. They are known by their commands: a client may be back
 * before anybody has looked whether it was gone.
 */
export async function reconnected(
  name: string,
  server: EslReplayServer,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const subscriptions = (verb: string): number => server.commands.filter((one) => one.startsWith(`${verb} `)).length;
  const before = { event: subscriptions('event'), log: subscriptions('log') };
  const untilMs = performance.now() + timeoutMs;
  server.drop();
  while (subscriptions('event') === before.event || subscriptions('log') === before.log) {
    if (performance.now() > untilMs) throw notConnected(name, server, timeoutMs);
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Resolves once somebody is subscribed to the events and to the log lines of a node. */
export async function subscribed(
  name: string,
  server: EslReplayServer,
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

const notConnected = (name: string, { host, port }: EslReplayServer, timeoutMs: number): NotConnectedError =>
  new NotConnectedError(`${name}: nobody subscribed to ${host}:${port} within ${timeoutMs / 1000} s`);
