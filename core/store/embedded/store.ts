import type { Log } from '../../runtime/log.ts';
import { reasonOf } from '../../runtime/reason.ts';
import { createClickHouseStore } from '../clickhouse.ts';
import { type Store, StoreError } from '../store.ts';
import { type EngineOptions, type EngineProcess, startEngine } from './process.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** An engine that lived so long did not die of its start. */
const HEALTHY_MS = 60_000;

/** The store, and the engine's process behind it for whoever has to look at it. */
export interface EmbeddedStore extends Store {
  /** Of the process that is running, 0 while none is. */
  pid(): number;
}

/**
 * The same client as for a server, with a process of our own behind it. When that process dies it is started again,
 * and in between every request fails as "unreachable", which callers retry.
 */
export async function createEmbeddedStore(options: EngineOptions, log: Log): Promise<EmbeddedStore> {
  let engine: EngineProcess | undefined = await startEngine(options, log);
  let store: Store | undefined = connect(engine);
  let closing = false;
  let wake = () => {};

  const watch = async (): Promise<void> => {
    let pause = FIRST_PAUSE_MS;
    while (engine !== undefined) {
      const startedAt = Date.now();
      const why = await engine.exited;
      const dead = store;
      engine = undefined;
      store = undefined;
      await dead?.close();
      if (closing) return;
      if (Date.now() - startedAt > HEALTHY_MS) pause = FIRST_PAUSE_MS;
      log.error(`the store's engine ended (${why}); starting it again`);
      while (engine === undefined && !closing) {
        const waited = Promise.withResolvers<void>();
        wake = waited.resolve;
        const timer = setTimeout(waited.resolve, pause * (0.5 + Math.random() / 2));
        await waited.promise;
        clearTimeout(timer);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        if (closing) return;
        try {
          const next = await startEngine(options, log);
          if (closing) {
            await next.stop();
            return;
          }
          engine = next;
          store = connect(engine);
          log.info("the store's engine is up again");
        } catch (error) {
          log.error(`the store's engine did not start: ${reasonOf(error)}`);
        }
      }
    }
  };
  const watching = watch();

  const current = (): Store => {
    if (closing) throw new StoreError('refused', 'the store is closed');
    if (store === undefined) throw new StoreError('unreachable', "the store's engine is being started again");
    return store;
  };

  return {
    insert: async (table, rows, token) => current().insert(table, rows, token),
    insertBlock: async (block, token) => current().insertBlock(block, token),
    select: async <T>(...args: Parameters<Store['select']>) => current().select<T>(...args),
    command: async (sql) => current().command(sql),
    ping: async () => !closing && store !== undefined && store.ping(),
    pid: () => engine?.pid ?? 0,
    async close() {
      closing = true;
      wake();
      await engine?.stop();
      await watching;
    },
  };
}

function connect(engine: EngineProcess): Store {
  return createClickHouseStore({
    url: engine.url,
    username: 'default',
    password: engine.password,
    spool: engine.spool,
    selector: engine.selector,
  });
}
