import { callIdNode, channelNode, type Edge, type NodeKey, nodeLetter } from '../core/model/edge.ts';
import type { TableRow } from './derived.ts';
import { NO_CALL } from './no-call.ts';

/** The legs that something new was heard of. The linker looks at their calls again. */
export function* touchedBy(rows: readonly TableRow[], edges: readonly Edge[]): Generator<NodeKey> {
  for (const { table, row } of rows) {
    if (table === 'messages' && row.call_id !== '' && row.cseq_method !== '' && !NO_CALL.has(row.cseq_method))
      yield callIdNode(row.call_id);
    else if (table === 'events' && row.channel !== '') yield channelNode(row.channel);
  }
  for (const { a, b } of edges) {
    for (const node of [a, b]) if (nodeLetter(node) === 'c' || nodeLetter(node) === 'u') yield node;
  }
}
