import { callIdNode, channelNode, type NodeKey } from '../../model/edge.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { readCallLine } from '../call-line.ts';
import { readLabels, readLines } from './listed-rows.ts';

/**
 * The legs of the call that the linker last found for this Call-ID or channel: what a walk from it will most likely come
 * to. It may be out of date, and none when the linker has not come to it.
 */
export async function readListedLegs(store: Store, key: string, options?: SelectOptions): Promise<NodeKey[]> {
  const named = await legsOf(store, key, options);
  if (named !== undefined) return named;
  const labels = await readLabels(store, [callIdNode(key), channelNode(key)], options);
  const call = labels.get(channelNode(key)) ?? labels.get(callIdNode(key));
  return call === undefined ? [] : ((await legsOf(store, call, options)) ?? []);
}

async function legsOf(store: Store, id: string, options?: SelectOptions): Promise<NodeKey[] | undefined> {
  const line = (await readLines(store, [id], options)).get(id) ?? '';
  if (line === '') return undefined;
  const { callIds, channelUuids } = readCallLine(id, line);
  return [...callIds.map(callIdNode), ...channelUuids.map(channelNode)];
}
