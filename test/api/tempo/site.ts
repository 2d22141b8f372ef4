import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createServer } from '../../../api/server.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import type { CorrelationOptions } from '../../../indexer/options.ts';
import { storeHand } from '../../generate/store.ts';
import { readDay } from '../../golden/recorded.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

/** A Calltrail API over a store of its own that recordings are put into. */
export interface Site {
  readonly store: Store;
  readonly server: FastifyInstance;
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  /** The linker puts together all that was stored so far. */
  link(): Promise<number>;
  close(): Promise<void>;
}

export async function openSite(
  recordings: readonly string[],
  correlation?: CorrelationOptions,
  wrap: (store: Store) => Store = (store) => store,
): Promise<Site> {
  const store = await openEmptyStore();
  for (const name of recordings) await storeHand(store, (await readDay(name)).events, correlation);
  const metrics = createMetrics();
  const deps = { store: wrap(store), metrics, log: silentLog, sources: () => [], hosts: {}, unmask: () => undefined };
  const server = await createServer({ ...deps, guesses: false, version: 'test' });
  return {
    store,
    server,
    get: (url, headers = {}) => server.inject({ url, headers }),
    link: () => createLinker({ store, metrics, log: silentLog, quietMs: 0 }).pass(),
    async close() {
      await server.close();
      await store.close();
    },
  };
}

/** Requests on their way at a time: a store that is asked everything at once turns questions away. */
const AT_ONCE = 4;

/** What `ask` answers to each of the values, in their order. */
export async function askEach<T, R>(values: readonly T[], ask: (value: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const entries = values.entries();
  const worker = async (): Promise<void> => {
    for (const [i, value] of entries) answers[i] = await ask(value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}
