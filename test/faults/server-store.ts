import { join } from 'node:path';
import { silentLog } from '../../core/runtime/log.ts';
import { startEngine } from '../../core/store/embedded/process.ts';
import { openStore } from '../../core/store/open.ts';
import type { Store } from '../../core/store/store.ts';
import { readRuns, type StoredRun } from './stored.ts';
import { createTcpProxy, type TcpProxy, type Verdict } from './tcp-proxy.ts';

/** A ClickHouse that several processes reach over the network, through a proxy that can harm them. */
export interface ServerStore {
  /** `store` of a configuration: through the proxy. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly proxy: TcpProxy;
  /** Past the proxy. */
  readonly store: Store;
  read(): Promise<ReadonlyMap<string, StoredRun>>;
  stop(): Promise<void>;
}

export async function startServerStore(
  directory: string,
  answered?: (question: string) => Verdict,
): Promise<ServerStore> {
  const engine = await startEngine({ path: join(directory, 'server') }, silentLog);
  const { password } = engine;
  const proxy = await createTcpProxy(Number(new URL(engine.url).port), answered);
  const server = { kind: 'clickhouse', username: 'default', password } as const;
  // With its tables: processes that start together need not make them together.
  const store = await openStore({ ...server, url: engine.url }, silentLog);
  return {
    config: { ...server, url: `http://127.0.0.1:${proxy.port}` },
    proxy,
    store,
    read: () => readRuns(store),
    async stop() {
      await proxy.close();
      await store.close();
      await engine.stop();
    },
  };
}
