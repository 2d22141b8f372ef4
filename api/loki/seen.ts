import { seenLegs, seenNodes } from '../../core/call/read/seen.ts';
import { PROTOCOL } from '../../core/model/capture-event.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { onlyOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { type Conditions, conditionsOf, inLegs, type Params } from './conditions.ts';
import type { Plan } from './lines.ts';
import type { Place } from './places.ts';

/** What a row of the place must satisfy: its time, the query, and that whoever asks may see it. */
export function rowsOf(plan: Plan, place: Place, time: string, params: Params): Conditions {
  const { query, scope, matchesEmpty, legs, options } = plan;
  const { where, labelOf } = conditionsOf(query, place, scope, matchesEmpty, params);
  const asked = `${time} AND ${where}`;
  // Of a query that names its legs these are few; else it is cheaper to look at all legs of the time.
  const seen = seenRows(place, scope.named ? asked : time, options, params, legs.known.shown);
  return { where: seen === undefined ? asked : `${asked} AND ${seen}`, labelOf };
}

/**
 * Rows that may be shown to whoever sees some tenants alone; undefined for whoever sees all.
 *
 * @param bounds what bounds the rows, for the look-ups of their legs
 * @param shown legs of calls that were put together for this question, and may be shown
 */
export function seenRows(
  place: Place,
  bounds: string,
  options: SelectOptions,
  params: Params,
  shown: ReadonlySet<NodeKey> = new Set(),
): string | undefined {
  const only = onlyOf(options);
  if (only === undefined) return undefined;
  const names = params.bind(only.names, 'Array(String)');
  const candidates = `SELECT DISTINCT ${place.node} AS leg FROM ${place.table} WHERE ${bounds}`;
  const legs = seenLegs(place.node, candidates, names);
  const nodes = seenNodes(place.labels.host ?? "''", only, (value) => params.text(value));
  const own = shown.size === 0 ? legs : `(${inLegs(place, textsOf(shown), params)} OR ${legs})`;
  return [nodes, place.table === 'messages' ? NO_STRANGERS : undefined, own]
    .filter((one) => one !== undefined)
    .join(' AND ');
}

/**
 * A telephone's report in SIP stands under the Call-ID that it names, and it may name another tenant's (RFC 6035). Where it was
 * seen as SIP, under its own, its line is shown to whom it belongs.
 */
const NO_STRANGERS = `NOT (protocol = ${PROTOCOL.rtcpXr} AND match(payload, '^[A-Z]+ [^ ]+ SIP/2'))`;

const textsOf = (nodes: ReadonlySet<NodeKey>): { callIds: string[]; channels: string[] } => ({
  callIds: [...nodes].filter((node) => nodeLetter(node) === 'c').map(nodeText),
  channels: [...nodes].filter((node) => nodeLetter(node) === 'u').map(nodeText),
});
