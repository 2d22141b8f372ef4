import { readCallLine } from '../../core/call/call-line.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { readLines } from '../../core/call/read/listed-rows.ts';
import { startMsOf, traceIdOf } from '../../core/call/trace-id.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import { kept } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { ApiDeps } from '../deps.ts';
import { openCall } from './finder.ts';
import { UNLINKED } from './newest.ts';

/** Legs of one millisecond that are looked at: more calls do not begin in one on any site. */
const MAX_CANDIDATES = 200;
/** Of these at most so many calls are put together, when the linker's list does not say which one it is. */
const MAX_OPENED = 50;
/** Channels that the linker has not come to: those that a large site heard of in the seconds after the call began. */
const MAX_CHANNELS = 5000;

/** The trace id of a call as it was put together. */
export const traceIdOfCall = ({ facts, component }: Pick<FoundCall, 'facts' | 'component'>): string =>
  traceIdOf({ startedUs: facts.startedUs, tenant: component.tenant, firstCallId: facts.root.id });

/** The same from what the linker has written of a call. */
export function traceIdOfLine(id: string, line: string): string {
  const { startedUs, tenant } = readCallLine(id, line);
  return traceIdOf({ startedUs, tenant, firstCallId: id });
}

/**
 * The call that has this trace id, 32 lower-case hex digits; undefined when there is none. Nothing but the id is known:
 * the moment in it leads to what began in that millisecond, and the hash tells which of these it is.
 */
export async function findTrace(
  deps: Pick<ApiDeps, 'store' | 'guesses' | 'unmask'>,
  traceId: string,
  asked: SelectOptions,
): Promise<FoundCall | undefined> {
  // Candidates may be of others; of these openCall opens none.
  const options = kept(asked);
  const startMs = startMsOf(traceId);
  const listed = await readBegun(deps.store, startMs, options);
  const named = await namedBy(deps.store, traceId, listed, options);
  if (named !== undefined) return (await openCall(deps, named, {}, options))?.call;
  // Not in the list, or the list says something else of it by now: what has to be put together to be known.
  const waiting = await Promise.all([
    readBegunDialogs(deps.store, startMs, options),
    readBegunChannels(deps.store, startMs, options),
  ]);
  const keys = new Set([...listed, ...waiting.flat()].map(nodeText));
  for (const key of [...keys].slice(0, MAX_OPENED)) {
    const call = (await openCall(deps, key, {}, options))?.call;
    if (call !== undefined && traceIdOfCall(call) === traceId) return call;
  }
  return undefined;
}

/** Which of these calls has the trace id, by what the linker wrote about it. */
async function namedBy(
  store: Store,
  traceId: string,
  nodes: readonly NodeKey[],
  options: SelectOptions,
): Promise<string | undefined> {
  for (const [id, line] of await readLines(store, nodes.map(nodeText), options)) {
    if (line !== '' && traceIdOfLine(id, line) === traceId) return id;
  }
  return undefined;
}

interface NodeRow {
  readonly node: NodeKey;
}

const nodesOf = (rows: readonly NodeRow[]): NodeKey[] => rows.map(({ node }) => node);

/** Within the millisecond `ms`. */
const began = (column: string): string =>
  `${column} >= fromUnixTimestamp64Milli({ms:Int64}) AND ${column} < fromUnixTimestamp64Milli({ms:Int64} + 1)`;

/**
 * Calls of the list that began then. `endings` is sorted by the end: what ended before the call began is skipped by the
 * key, and of the rest only granules are read that hold a call of that moment (index `by_start`).
 */
const readBegun = async (store: Store, ms: number, options: SelectOptions): Promise<NodeKey[]> =>
  nodesOf(
    await store.select<NodeRow>(
      `SELECT DISTINCT node FROM endings
       WHERE ${began('since')} AND until >= fromUnixTimestamp64Milli({ms:Int64}) LIMIT {max:UInt32}`,
      { ms, max: MAX_CANDIDATES },
      options,
    ),
  );

const readBegunDialogs = async (store: Store, ms: number, options: SelectOptions): Promise<NodeKey[]> =>
  nodesOf(
    await store.select<NodeRow>(
      `SELECT DISTINCT node FROM feed
       WHERE kind = 'dialog' AND ${began('since')} AND ${UNLINKED} LIMIT {max:UInt32}`,
      { ms, max: MAX_CANDIDATES },
      options,
    ),
  );

/** A channel in the feed is of no time, but its events are. It is heard of soon after it began, and never before. */
const readBegunChannels = async (store: Store, ms: number, options: SelectOptions): Promise<NodeKey[]> =>
  nodesOf(
    await store.select<NodeRow>(
      `SELECT DISTINCT concat('u:', channel) AS node FROM events
       WHERE ${began('at')} AND channel IN (
         SELECT substring(node, 3) FROM feed
         WHERE kind = 'channel' AND ${UNLINKED} AND arrived >= fromUnixTimestamp64Milli({ms:Int64}) - INTERVAL 1 MINUTE
         GROUP BY node ORDER BY min(arrived) LIMIT {channels:UInt32})
       LIMIT {max:UInt32}`,
      { ms, max: MAX_CANDIDATES, channels: MAX_CHANNELS },
      options,
    ),
  );
