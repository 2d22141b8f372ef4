import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sight } from '../../core/runtime/sight.ts';
import { type SelectOptions, type Store, StoreError } from '../../core/store/store.ts';
import { signalOf } from '../signal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose calls the viewer of this request is shown. */
    sight: Sight;
  }
}

/** With what a route asks the store: for whom, and until the client goes away. */
export const askedBy = (
  request: FastifyRequest,
  reply: FastifyReply,
): SelectOptions & { readonly signal: AbortSignal } => ({
  signal: signalOf(reply),
  sight: request.sight,
});

/**
 * The store as routes have it. A question that does not say for whom it is asked is refused, and so is one for whoever sees
 * some tenants alone that nobody has looked at yet: what is forgotten is an error, and never shown.
 */
export const fenced = (store: Store): Store => ({
  ...store,
  select: (sql, params, options) => {
    const sight = options?.sight;
    if (sight === undefined) return refuse('a question of a route says for whom it is asked (askedBy)');
    if (sight.only !== undefined && sight.kept !== true) {
      return refuse('nobody has seen to it that this question shows the calls of some tenants alone');
    }
    return store.select(sql, params, options);
  },
});

const refuse = (why: string): Promise<never> => Promise.reject(new StoreError('refused', why));
