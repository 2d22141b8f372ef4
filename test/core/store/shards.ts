import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../../core/runtime/log.ts';
import { createClickHouseStore } from '../../../core/store/clickhouse.ts';
import { SPREAD } from '../../../core/store/cluster.ts';
import { literal } from '../../../core/store/embedded/literal.ts';
import { type EngineProcess, startEngine } from '../../../core/store/embedded/process.ts';
import { migrate } from '../../../core/store/migrate.ts';
import type { Store } from '../../../core/store/store.ts';
import { createViews } from '../../../core/store/views.ts';

/** The rows of one store spread over several as a cluster's are, and asked through another that has none itself. */
export interface Shards {
  /** Asked for a table it reads all shards, each with its rows folded: as a Distributed table with FINAL does. */
  readonly store: Store;
  /** Rows of a table, by shard. */
  rows(table: string): Promise<number[]>;
  close(): Promise<void>;
}

const open = ({ url, password }: EngineProcess): Store => createClickHouseStore({ url, username: 'default', password });

/** What an engine answers over HTTP, as a table of another one. */
const remote = ({ url, password }: EngineProcess, sql: string, columns: string): string => {
  const address = `${url}/?user=default&password=${encodeURIComponent(password)}&query=${encodeURIComponent(`${sql} FORMAT Native`)}`;
  return `url(${literal(address)}, 'Native', ${literal(columns)})`;
};

/** @param source the engine with all rows */
export async function spreadOver(source: EngineProcess, count: number, directory: string): Promise<Shards> {
  const engines = await Promise.all(
    Array.from({ length: count + 1 }, (_, i) => startEngine({ path: join(directory, `shard-${i}`) }, silentLog)),
  );
  const stores = engines.map(open);
  const front = stores.at(-1)!;
  const shards = engines.slice(0, count);
  for (const store of stores.slice(0, count)) await migrate(store);
  const columns = await stores[0]!.select<{ table: string; columns: string }>(
    `SELECT table, arrayStringConcat(groupArray(concat('\`', name, '\` ', type)), ', ') AS columns FROM
       (SELECT table, name, type FROM system.columns WHERE database = currentDatabase() ORDER BY table, position) GROUP BY table`,
  );
  for (const [table, by] of Object.entries(SPREAD)) {
    const { columns: typed } = columns.find((one) => one.table === table)!;
    for (const [i, shard] of stores.slice(0, count).entries()) {
      if (by === 'whole' && i > 0) continue;
      const own = by === 'whole' ? '1' : `${by} % ${count} = ${i}`;
      await shard.command(
        `INSERT INTO ${table} SELECT * FROM ${remote(source, `SELECT * FROM ${table} WHERE ${own}`, typed)}`,
      );
    }
    const isFolded =
      (
        await stores[0]!.select<{ e: string }>('SELECT engine AS e FROM system.tables WHERE name = {table:String}', {
          table,
        })
      )[0]!.e !== 'MergeTree';
    const places = by === 'whole' ? shards.slice(0, 1) : shards;
    const read = places.map(
      (shard) => `SELECT * FROM ${remote(shard, `SELECT * FROM ${table}${isFolded ? ' FINAL' : ''}`, typed)}`,
    );
    await front.command(`CREATE VIEW ${table} AS ${read.join(' UNION ALL ')}`);
  }
  await createViews(front);
  return {
    store: front,
    rows: async (table) =>
      Promise.all(
        stores
          .slice(0, count)
          .map(async (store) => Number((await store.select<{ n: number }>(`SELECT count() AS n FROM ${table}`))[0]!.n)),
      ),
    async close() {
      for (const store of stores) await store.close();
      for (const engine of engines) await engine.stop();
      for (let i = 0; i <= count; i++) rmSync(join(directory, `shard-${i}`), { recursive: true, force: true });
    },
  };
}
