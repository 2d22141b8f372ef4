import type { Retention } from '../../core/config/config.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { quotedList } from '../../core/store/quoted.ts';
import type { TableName } from '../../core/store/tables.ts';

/** Where something of a leg stands. */
export interface Place {
  readonly table: TableName;
  readonly kind: keyof Retention;
  /** A condition that is true for what is stored of these legs. */
  readonly where: string;
}

/** Everything that is stored of these legs; what leads to a leg comes last, so that one that was begun with is found again. */
export function placesOf(nodes: readonly NodeKey[]): Place[] {
  const callIds = quotedList(nodes.filter((node) => nodeLetter(node) === 'c').map(nodeText));
  const channels = quotedList(nodes.filter((node) => nodeLetter(node) === 'u').map(nodeText));
  const texts = quotedList([...new Set(nodes.map(nodeText))]);
  const keys = quotedList(nodes);
  return [
    { table: 'messages', kind: 'messages', where: `call_id IN (${callIds}) AND call_id != ''` },
    { table: 'events', kind: 'events', where: `channel IN (${channels}) AND channel != ''` },
    {
      table: 'logs',
      kind: 'logs',
      where: `(channel IN (${channels}) AND channel != '') OR (channel = '' AND call_id IN (${callIds}) AND call_id != '')`,
    },
    { table: 'births', kind: 'identifiers', where: `node IN (${keys}) AND node != ''` },
    { table: 'feed', kind: 'identifiers', where: `node IN (${keys}) AND node != ''` },
    { table: 'endings', kind: 'identifiers', where: `node IN (${keys}) AND node != ''` },
    { table: 'calls', kind: 'identifiers', where: `id IN (${texts}) AND id != ''` },
    { table: 'labels', kind: 'identifiers', where: `(node IN (${keys}) OR call IN (${texts})) AND node != ''` },
    { table: 'identifiers', kind: 'identifiers', where: `node IN (${keys}) AND node != ''` },
    { table: 'edges', kind: 'identifiers', where: `(node IN (${keys}) OR peer IN (${keys})) AND node != ''` },
  ];
}

/** Legs that one statement names: each is a literal in it. */
const AT_ONCE = 500;

export function* inParts<T>(items: readonly T[], size = AT_ONCE): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
