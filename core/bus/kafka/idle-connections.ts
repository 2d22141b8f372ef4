import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  /** ms since the epoch. */
  readonly throttledUntil: number;
}

/**
 * A connection of kafkajs 2.2.4 that has nothing to send looks every millisecond whether it has, which costs some per cent of
 * a core and a warning of Node 24 (its issue 1751). It need not: what is enqueued later begins to look by itself.
 */
export function quietIdleConnections(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: { scheduleCheckPendingRequests(this: RequestQueue): void };
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
