import type { StoreConfig } from '../config/config.ts';
import type { Log } from '../runtime/log.ts';
import { type ClickHouseOptions, createClickHouseStore } from './clickhouse.ts';
import { type Cluster, clusterStore } from './cluster.ts';
import { createEmbeddedStore } from './embedded/store.ts';
import { migrate } from './migrate.ts';
import { type Store, StoreError } from './store.ts';
import { createViews } from './views.ts';

/**
 * Opens the store that the configuration names, with its tables made and up to date. Embedded or server: the client,
 * the SQL and the migrations are the same.
 *
 * @throws StoreError "refused" when the directory is in use or the tables are of a newer program; "unreachable" when a
 *   server does not answer, which may be tried again.
 */
export async function openStore(config: StoreConfig, log: Log): Promise<Store> {
  const store = config.kind === 'embedded' ? await createEmbeddedStore(config, log) : await connectToServer(config);
  try {
    const applied = await migrate(store);
    if (applied > 0) log.info(`the store's tables were brought up to date (${applied} migrations)`);
    await makeViews(store, log);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** They are for readers alone: a server that is too old for them, or does not let us, stores calls all the same. */
async function makeViews(store: Store, log: Log): Promise<void> {
  try {
    await createViews(store);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'refused') throw error;
    log.warn(`the views for readers were not made: ${error.message}`);
  }
}

async function connectToServer(config: Extract<StoreConfig, { kind: 'clickhouse' }>): Promise<Store> {
  const { kind: _, ...options } = config;
  if (options.database !== undefined) await makeDatabase(options.database, options);
  const store = createClickHouseStore(options);
  return options.cluster === undefined ? store : clusterStore(store, clusterOf(options.cluster, options.database));
}

const clusterOf = (name: string, database = 'default'): Cluster => ({ name, database });

async function makeDatabase(database: string, options: ClickHouseOptions): Promise<void> {
  // A request that names a database which does not exist is refused, so this one names none.
  const { database: _, ...server } = options;
  const store = createClickHouseStore(server);
  try {
    const found = await store.select('SELECT name FROM system.databases WHERE name = {database:String}', { database });
    if (found.length > 0) return;
    const everywhere = options.cluster === undefined ? '' : ` ON CLUSTER '${options.cluster}'`;
    await store.command(`CREATE DATABASE IF NOT EXISTS \`${database}\`${everywhere}`);
  } finally {
    await store.close();
  }
}
