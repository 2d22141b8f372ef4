import { callIdNode } from '../../../core/model/edge.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { createKeeper, type KeeperDeps } from '../../../indexer/privacy/keeper.ts';
import { storeHand } from '../../generate/store.ts';
import { readSeen } from '../../golden/recorded.ts';
import { remembered } from '../../remembered.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

export const DAYS = { messages: 30, events: 30, logs: 14, identifiers: 30, counts: 70, alerts: 400, audit: 400 };

/** What was read of a recording stays: most tests of a file begin with the same. */
const seenOf = remembered(readSeen);

/** A store with recorded calls, listed by the linker. */
export async function openSite(recordings: readonly string[]) {
  const store = await openEmptyStore();
  for (const name of recordings) await storeHand(store, await seenOf(name));
  await createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0 }).pass();
  const keeper = (over: Partial<KeeperDeps> = {}) =>
    createKeeper({
      ...{ store, log: silentLog, registry: createMetrics().registry, retention: DAYS, tenants: [], settleMs: 0 },
      ...over,
    });
  const close = async (): Promise<void> => {
    await store.close();
  };
  return { store, keeper, close };
}

/** Every table and text column that holds one of these texts, plain or backwards. */
export async function placesWith(store: Store, texts: readonly string[]): Promise<string[]> {
  const tables = await store.select<{ table: string; names: string[] }>(
    `SELECT table, groupArray(name) AS names FROM
     (
       SELECT table, name FROM system.columns WHERE database = currentDatabase()
       AND match(type, 'String') AND table NOT LIKE 'view_%' ORDER BY table, position
     ) GROUP BY table ORDER BY table`,
  );
  const needles = texts.flatMap((text) => [text, [...text].reverse().join('')]);
  const found: string[] = [];
  for (const { table, names } of tables) {
    const counts = names.map((name) => `countIf(multiSearchAny(toString(${name}), {needles:Array(String)}))`);
    const [row] = await store.select<{ n: number[] }>(`SELECT [${counts.join(', ')}] AS n FROM ${table}`, { needles });
    found.push(...names.filter((_, i) => Number(row?.n[i] ?? 0) > 0).map((name) => `${table}.${name}`));
  }
  return found;
}

export const countOf = async (store: Store, table: string, where: string): Promise<number> =>
  Number((await store.select<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE ${where}`))[0]?.n ?? 0);

export const callIdsWith = async (store: Store, number: string): Promise<string[]> =>
  (
    await store.select<{ id: string }>(
      "SELECT DISTINCT substring(node, 3) AS id FROM identifiers WHERE kind = 'number_reversed' AND value = reverse({number:String}) AND startsWith(node, 'c:') ORDER BY id",
      { number },
    )
  ).map(({ id }) => id);

export const nodeOf = callIdNode;
