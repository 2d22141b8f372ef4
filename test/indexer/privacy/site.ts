import { callIdNode } from '../../../core/model/edge.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { openStore } from '../../../core/store/open.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { createKeeper, type KeeperDeps } from '../../../indexer/privacy/keeper.ts';
import { temporaryDirectory } from '../../core/store/helpers.ts';
import { storeHand } from '../../generate/store.ts';
import { readSeen } from '../../golden/recorded.ts';

export const DAYS = { messages: 30, events: 30, logs: 14, identifiers: 30, counts: 70, alerts: 400, audit: 400 };

/** A store with recorded calls, listed by the linker. */
export async function openSite(recordings: readonly string[]) {
  const directory = temporaryDirectory();
  const store = await openStore({ kind: 'embedded', path: directory.path }, silentLog);
  for (const name of recordings) await storeHand(store, await readSeen(name));
  await createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0 }).pass();
  const keeper = (over: Partial<KeeperDeps> = {}) =>
    createKeeper({
      ...{ store, log: silentLog, registry: createMetrics().registry, retention: DAYS, tenants: [], settleMs: 0 },
      ...over,
    });
  const close = async (): Promise<void> => {
    await store.close();
    directory.remove();
  };
  return { store, keeper, close, path: directory.path };
}

/** Every table and text column that holds one of these texts, plain or backwards. */
export async function placesWith(store: Store, texts: readonly string[]): Promise<string[]> {
  const columns = await store.select<{ table: string; name: string }>(
    `SELECT table, name FROM system.columns WHERE database = currentDatabase()
     AND match(type, 'String') AND table NOT LIKE 'view_%' ORDER BY table, position`,
  );
  const needles = texts.flatMap((text) => [text, [...text].reverse().join('')]);
  const found: string[] = [];
  for (const { table, name } of columns) {
    const [row] = await store.select<{ n: number }>(
      `SELECT countIf(multiSearchAny(toString(${name}), {needles:Array(String)})) AS n FROM ${table}`,
      { needles },
    );
    if (Number(row?.n ?? 0) > 0) found.push(`${table}.${name}`);
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
