import { callIdNode, channelNode, type NodeKey } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { readCallLine } from '../call-line.ts';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly line: string;
}

/**
 * The legs of the call that the linker last found for this Call-ID or channel: what a walk from it will most likely come
 * to. It may be out of date, and none when the linker has not come to it.
 */
export async function readListedLegs(store: Store, key: string, options?: SelectOptions): Promise<NodeKey[]> {
  const named = await readLine(store, key, options);
  if (named !== undefined) return named;
  const labels = await store.select<{ call: string; version: number }>(
    'SELECT call, version FROM labels WHERE node IN {nodes:Array(String)}',
    { nodes: [callIdNode(key), channelNode(key)] },
    options,
  );
  const newest = labels.sort((a, b) => a.version - b.version).at(-1);
  return newest === undefined ? [] : ((await readLine(store, newest.call, options)) ?? []);
}

async function readLine(store: Store, id: string, options?: SelectOptions): Promise<NodeKey[] | undefined> {
  const rows = await store.select<Row>(
    'SELECT id, version, line FROM calls WHERE id IN {ids:Array(String)}',
    { ids: [id] },
    options,
  );
  const newest = rows.sort((a, b) => a.version - b.version).at(-1);
  if (newest === undefined || newest.line === '') return undefined;
  const { callIds, channelUuids } = readCallLine(id, newest.line);
  return [...callIds.map(callIdNode), ...channelUuids.map(channelNode)];
}
