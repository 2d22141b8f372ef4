import { readCallLine } from '../../core/call/call-line.ts';
import { assemble, type FoundCall } from '../../core/call/find.ts';
import { IDENTITY, withGuesses } from '../../core/call/graph/guess.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { type Component, walk } from '../../core/call/graph/walk.ts';
import { readKnownNodes } from '../../core/call/read/edges.ts';
import { startMsOf, traceIdOf } from '../../core/call/trace-id.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { numberForms } from '../../core/model/number.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { findMatches } from '../call/matches.ts';
import { refused } from './refusal.ts';

/** Rows are stored under the Call-ID or the channel of a leg. */
export interface Legs {
  readonly callIds: readonly string[];
  readonly channels: readonly string[];
}

/** What was learnt about legs on the way; it labels their lines. */
export interface Known {
  /** The Call-ID that a channel speaks. */
  readonly callIdOf: Map<string, string>;
  readonly traceIdOf: Map<NodeKey, string>;
}

export interface LegReader {
  /** Every leg of the call that a Call-ID or channel belongs to; of an unknown one itself, as its lines may come yet. */
  ofCall(key: string): Promise<Legs>;
  /** Legs in which a telephone number stood, in any written form. */
  ofNumber(number: string, sinceUs: number, untilUs: number): Promise<Legs>;
  /** Every leg of the call whose trace this is; none for an unknown one. */
  ofTrace(traceId: string): Promise<Legs>;
  readonly known: Known;
  /** Resolves when the traces of the calls that were named are known. */
  traced(): Promise<void>;
}

export interface LegDeps {
  readonly store: Store;
  readonly guesses: boolean;
  readonly options: SelectOptions;
}

/** Legs that a number may lead to: their names must fit into one statement. */
const MAX_LEGS = 2000;
const DAY_US = 86_400_000_000;

/** For the life of one request. */
export function createLegReader({ store, guesses, options }: LegDeps): LegReader {
  const known: Known = { callIdOf: new Map(), traceIdOf: new Map() };
  const calls = new Map<string, Promise<Legs>>();
  const traces: Promise<unknown>[] = [];
  const neighbours = createNeighbours(store, options);

  const walked = async (key: string): Promise<Component | undefined> => {
    const nodes = await readKnownNodes(store, key, options);
    if (nodes.length === 0) return undefined;
    const component = await walk(nodes, neighbours);
    return guesses ? withGuesses(component, neighbours, store, options) : component;
  };

  /** Reads what the trace's id is made of; it is done while the lines are read. */
  const trace = async (component: Component): Promise<string | undefined> => {
    const [call] = await assemble(store, [component], options);
    const traceId = call === undefined ? undefined : traceOf(call);
    for (const node of component.nodes) if (traceId !== undefined) known.traceIdOf.set(node, traceId);
    return traceId;
  };

  const legsOf = (component: Component): Legs => {
    for (const [channel, callId] of spokenIn(component.edges)) known.callIdOf.set(channel, callId);
    const nodes = [...component.nodes];
    return { callIds: textsAt(nodes, 'c'), channels: textsAt(nodes, 'u') };
  };

  const ofCall = async (key: string): Promise<Legs> => {
    const component = await walked(key);
    if (component === undefined) return { callIds: [key], channels: [key] };
    const traced = trace(component);
    // Whoever waits for it is told when it fails.
    traced.catch(() => undefined);
    traces.push(traced);
    return legsOf(component);
  };

  return {
    known,
    async traced() {
      await Promise.all(traces);
    },
    ofCall(key) {
      let legs = calls.get(key);
      if (legs === undefined) {
        legs = ofCall(key);
        calls.set(key, legs);
      }
      return legs;
    },
    async ofNumber(number, sinceUs, untilUs) {
      if (numberForms(number) === undefined)
        throw refused(`parse error : "${number.slice(0, 60)}" is no telephone number`);
      // A number is noted where a dialog begins, which may be long before the lines that are asked for.
      const question = { text: number, sinceUs: Math.max(0, sinceUs - DAY_US), untilUs, limit: MAX_LEGS + 1 };
      const nodes = (await findMatches(store, question, options)).map(({ node }) => node);
      if (nodes.length > MAX_LEGS) {
        throw refused(`number "${number.slice(0, 60)}" stands in more than ${MAX_LEGS} legs: narrow the time range`);
      }
      return { callIds: textsAt(nodes, 'c'), channels: textsAt(nodes, 'u') };
    },
    async ofTrace(traceId) {
      const id = traceId.toLowerCase().padStart(32, '0');
      if (!/^[0-9a-f]{32}$/.test(id)) throw refused('parse error : trace_id is written as 32 hex digits');
      for (const key of await readBegun(store, startMsOf(id), options)) {
        const component = await walked(key);
        if (component !== undefined && (await trace(component)) === id) return legsOf(component);
      }
      return { callIds: [], channels: [] };
    },
  };
}

const textsAt = (nodes: readonly NodeKey[], letter: 'c' | 'u'): string[] =>
  nodes.filter((node) => nodeLetter(node) === letter).map(nodeText);

const traceOf = ({ facts, component }: FoundCall): string =>
  traceIdOf({ startedUs: facts.startedUs, tenant: component.tenant, firstCallId: facts.root.id });

/** The same from what the linker has written of a call. */
export function traceOfLine(id: string, line: string): string {
  const { startedUs, tenant } = readCallLine(id, line);
  return traceIdOf({ startedUs, tenant, firstCallId: id });
}

/** Channel and Call-ID of every edge that says which dialog a channel speaks. */
export function spokenIn(
  edges: readonly { readonly node: NodeKey; readonly peer: NodeKey; readonly why: string }[],
): Map<string, string> {
  const spoken = new Map<string, string>();
  for (const { node, peer, why } of edges) {
    if (!IDENTITY.has(why)) continue;
    const [u, c] = nodeLetter(node) === 'u' ? [node, peer] : [peer, node];
    if (nodeLetter(u) === 'u' && nodeLetter(c) === 'c' && !spoken.has(nodeText(u)))
      spoken.set(nodeText(u), nodeText(c));
  }
  return spoken;
}

/** More calls than this do not begin within one ms; what did is tried one by one. */
const MAX_BEGUN = 50;

/** Legs that began in this ms: of calls that the linker has put together, and what it was told of. */
async function readBegun(store: Store, startMs: number, options: SelectOptions): Promise<string[]> {
  const window = { since: startMs * 1000, until: startMs * 1000 + 1000 };
  const begun = 'since >= fromUnixTimestamp64Micro({since:Int64}) AND since < fromUnixTimestamp64Micro({until:Int64})';
  const rows = await store.select<{ key: string }>(
    `SELECT DISTINCT key FROM (
       SELECT id AS key FROM calls WHERE ${begun} AND gone = 0
       UNION ALL SELECT substring(node, 3) AS key FROM feed WHERE kind = 'dialog' AND ${begun}
       UNION ALL SELECT channel AS key FROM events
         WHERE at >= fromUnixTimestamp64Micro({since:Int64}) AND at < fromUnixTimestamp64Micro({until:Int64})
     ) ORDER BY key LIMIT {limit:UInt32}`,
    { ...window, limit: MAX_BEGUN },
    options,
  );
  return rows.map(({ key }) => key);
}
