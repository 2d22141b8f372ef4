import { assemble } from '../../core/call/find.ts';
import { IDENTITY, withGuesses } from '../../core/call/graph/guess.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { type Component, walk } from '../../core/call/graph/walk.ts';
import { readKnownNodes } from '../../core/call/read/edges.ts';
import { type NodeKey, nodeLetter, nodeText } from '../../core/model/edge.ts';
import { numberForms } from '../../core/model/number.ts';
import { onlyOf, shows } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { findMatches } from '../call/matches.ts';
import { findTrace, traceIdOfCall } from '../call/trace.ts';
import type { ApiDeps } from '../deps.ts';
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
  /** Legs of calls and matches that whoever asks may see: their lines need no further look. */
  readonly shown: Set<NodeKey>;
}

export interface LegReader {
  /** Every leg of the call that a Call-ID or channel belongs to; of an unknown one itself, as its lines may come yet. */
  ofCall(key: string): Promise<Legs>;
  /** Legs in which a telephone number stood, in any written form. */
  ofNumber(number: string, sinceUs: number, untilUs: number): Promise<Legs>;
  /** Legs in which stands what was typed into a search box: a number, name, Call-ID, UUID or address. */
  ofText(text: string, sinceUs: number, untilUs: number): Promise<Legs>;
  /** Every leg of the call whose trace this is; none for an unknown one. */
  ofTrace(traceId: string): Promise<Legs>;
  readonly known: Known;
  /** Resolves when the traces of the calls that were named are known. */
  traced(): Promise<void>;
}

export interface LegDeps extends Pick<ApiDeps, 'store' | 'guesses' | 'unmask'> {
  readonly options: SelectOptions;
}

/** Legs that a number or text may lead to: their names must fit into one statement. */
const MAX_LEGS = 2000;
const DAY_US = 86_400_000_000;

/** For the life of one request. */
export function createLegReader({ store, guesses, unmask, options }: LegDeps): LegReader {
  const known: Known = { callIdOf: new Map(), traceIdOf: new Map(), shown: new Set() };
  const calls = new Map<string, Promise<Legs>>();
  const traces: Promise<unknown>[] = [];
  const neighbours = createNeighbours(store, options);

  const walked = async (key: string): Promise<Component | undefined> => {
    const nodes = await readKnownNodes(store, key, options);
    if (nodes.length === 0) return undefined;
    const found = await walk(nodes, neighbours, undefined, onlyOf(options)?.names);
    const component = guesses ? await withGuesses(found, neighbours, store, options) : found;
    return shows(options, component.tenant) ? component : undefined;
  };

  /** Reads what the trace's id is made of; it is done while the lines are read. */
  const trace = async (component: Component): Promise<string | undefined> => {
    const [call] = await assemble(store, [component], options);
    const traceId = call === undefined ? undefined : traceIdOfCall(call);
    for (const node of component.nodes) if (traceId !== undefined) known.traceIdOf.set(node, traceId);
    return traceId;
  };

  const legsOf = (component: Component): Legs => {
    for (const [channel, callId] of spokenIn(component.edges)) known.callIdOf.set(channel, callId);
    const nodes = [...component.nodes];
    for (const node of nodes) known.shown.add(node);
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

  const ofText: LegReader['ofText'] = async (text, sinceUs, untilUs) => {
    // It is noted where a dialog begins, which may be long before the lines that are asked for.
    const question = { text, sinceUs: Math.max(0, sinceUs - DAY_US), untilUs, limit: MAX_LEGS + 1 };
    const nodes = (await findMatches(store, question, options)).map(({ node }) => node);
    if (nodes.length > MAX_LEGS) {
      throw refused(`"${text.slice(0, 60)}" stands in more than ${MAX_LEGS} legs: narrow the time range`);
    }
    for (const node of nodes) known.shown.add(node);
    return { callIds: textsAt(nodes, 'c'), channels: textsAt(nodes, 'u') };
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
    ofText,
    async ofNumber(number, sinceUs, untilUs) {
      if (numberForms(number) === undefined)
        throw refused(`parse error : "${number.slice(0, 60)}" is no telephone number`);
      return ofText(number, sinceUs, untilUs);
    },
    async ofTrace(traceId) {
      const id = traceId.toLowerCase().padStart(32, '0');
      if (!/^[0-9a-f]{32}$/.test(id)) throw refused('parse error : trace_id is written as 32 hex digits');
      const call = await findTrace({ store, guesses, unmask }, id, options);
      if (call === undefined) return { callIds: [], channels: [] };
      for (const node of call.component.nodes) known.traceIdOf.set(node, id);
      return legsOf(call.component);
    },
  };
}

const textsAt = (nodes: readonly NodeKey[], letter: 'c' | 'u'): string[] =>
  nodes.filter((node) => nodeLetter(node) === letter).map(nodeText);

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
