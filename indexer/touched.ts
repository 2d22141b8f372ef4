import { channelNode, type NodeKey } from '../core/model/edge.ts';
import type { TableRow } from './derived.ts';

/** The channels that an event was heard of. The linker looks at their calls again; dialogs have their outlines. */
export function* channelsOf(rows: readonly TableRow[]): Generator<NodeKey> {
  for (const { table, row } of rows) if (table === 'events' && row.channel !== '') yield channelNode(row.channel);
}
