import type { FastifyReply } from 'fastify';

/** Aborts when the client goes away, so that nobody computes an answer that nobody reads. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
