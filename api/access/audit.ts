import type { FastifyInstance } from 'fastify';
import { Counter, type Registry } from 'prom-client';

/** What is remembered of what somebody did. */
export type Act = {
  readonly action: 'search' | 'view' | 'export' | 'reveal' | 'erase' | 'hold' | 'release';
  /** What was asked for: the text of a search, a call's key, a number. */
  readonly about: string;
  /** Why, in his own words, where one must be given. */
  readonly reason?: string;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Remembers what the viewer of this request does. */
    note(act: Act): void;
  }
}

export function audit(app: FastifyInstance, registry: Registry): void {
  const acts = new Counter({
    name: 'calltrail_audit_acts_total',
    help: 'What people asked for and did, by kind.',
    labelNames: ['action'],
    registers: [registry],
  });
  app.decorateRequest('note', ({ action }: Act) => acts.inc({ action }));
}
