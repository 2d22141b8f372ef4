import type { NodeKey } from '../../core/model/edge.ts';
import type { Store } from '../../core/store/store.ts';

/** Lists of identifiers are cut for one statement. */
const CHUNK = 5000;

async function inChunks<T, R>(items: readonly T[], ask: (some: readonly T[]) => Promise<R[]>): Promise<R[]> {
  const all: R[] = [];
  for (let from = 0; from < items.length; from += CHUNK) all.push(...(await ask(items.slice(from, from + CHUNK))));
  return all;
}

/** Which call a leg was last labelled with. A leg that the call is named after has no label, unless it had another one. */
export async function readLabels(store: Store, nodes: readonly NodeKey[]): Promise<Map<NodeKey, string>> {
  const rows = await inChunks(nodes, (some) =>
    store.select<{ node: NodeKey; call: string }>(
      'SELECT node, argMax(call, version) AS call FROM labels WHERE node IN {some:Array(String)} GROUP BY node',
      { some },
    ),
  );
  return new Map(rows.map(({ node, call }) => [node, call]));
}

/** Which of these identifiers stand in the list of calls. */
export async function readListed(store: Store, ids: readonly string[]): Promise<Set<string>> {
  const rows = await inChunks(ids, (some) =>
    store.select<{ id: string }>(
      'SELECT id FROM calls WHERE id IN {some:Array(String)} GROUP BY id HAVING argMax(gone, version) = 0',
      { some },
    ),
  );
  return new Set(rows.map(({ id }) => id));
}

/** Every leg that was last labelled with one of these calls. */
export async function readMembers(store: Store, calls: readonly string[]): Promise<NodeKey[]> {
  const rows = await inChunks(calls, (some) =>
    store.select<{ node: NodeKey }>(
      `SELECT node FROM labels WHERE node IN (SELECT node FROM labels WHERE call IN {some:Array(String)})
       GROUP BY node HAVING argMax(call, version) IN {some:Array(String)} ORDER BY node`,
      { some },
    ),
  );
  return rows.map(({ node }) => node);
}
