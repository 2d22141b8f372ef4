import type { NodeKey } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';

/**
 * What the linker last wrote. Only the newest version counts, and it is told here: the engine would take as long for its
 * plan as for the few rows.
 */

/** The lines of these calls (core/call/call-line.ts), by id; "" for an id that its call no longer has. */
export async function readLines(
  store: Store,
  ids: readonly string[],
  options?: SelectOptions,
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await store.select<{ id: string; version: number; line: string }>(
    'SELECT id, version, line FROM calls WHERE id IN {ids:Array(String)}',
    { ids },
    options,
  );
  rows.sort((a, b) => a.version - b.version);
  return new Map(rows.map(({ id, line }) => [id, line]));
}

/** The call that each of these legs was last labelled with; a leg without a label is not in the answer. */
export async function readLabels(
  store: Store,
  nodes: readonly NodeKey[],
  options?: SelectOptions,
): Promise<Map<NodeKey, string>> {
  if (nodes.length === 0) return new Map();
  const rows = await store.select<{ node: NodeKey; call: string; version: number }>(
    'SELECT node, call, version FROM labels WHERE node IN {nodes:Array(String)}',
    { nodes },
    options,
  );
  rows.sort((a, b) => a.version - b.version);
  return new Map(rows.map(({ node, call }) => [node, call]));
}
