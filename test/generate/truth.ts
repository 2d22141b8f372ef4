import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { callIdNode, channelNode, type NodeKey, nodeLetter, valueNode } from '../../core/model/edge.ts';

/** Two names that one event states to be of one call. */
export type Proof = readonly [NodeKey, NodeKey];

/** Something a sensor saw, and what it says, as far as the one who made it knows. */
export interface Sighting {
  readonly seen: CaptureEvent;
  /** Identifiers that this has facts of: the Call-ID of a message, the channel of an event or log line. */
  readonly shows: readonly NodeKey[];
  readonly proves: readonly Proof[];
}

/** One call as it happened. */
export interface TrueCall {
  readonly number: number;
  readonly topology: string;
  /** Its Call-IDs, channels and site values, those that it shares with other calls included. */
  readonly nodes: Set<NodeKey>;
  /** Calls that it met in a conference or listened to: to be shown as links, never as parts. */
  readonly links: Set<TrueCall>;
}

/**
 * Keeps which identifier belongs to which calls. Most belong to one; an agent's long leg, and a Call-ID or UUID that is
 * used again, belong to several.
 */
export interface Truth {
  readonly calls: readonly TrueCall[];
  newCall(topology: string): TrueCall;
  ownersOf(node: NodeKey): readonly TrueCall[];
}

export function createTruth(): Truth {
  const calls: TrueCall[] = [];
  let owners: Map<NodeKey, TrueCall[]> | undefined;
  return {
    calls,
    newCall: (topology) => {
      const call = { number: calls.length, topology, nodes: new Set<NodeKey>(), links: new Set<TrueCall>() };
      calls.push(call);
      owners = undefined;
      return call;
    },
    ownersOf: (node) => {
      if (owners === undefined) {
        owners = new Map();
        for (const call of calls) {
          for (const own of call.nodes) owners.set(own, [...(owners.get(own) ?? []), call]);
        }
      }
      return owners.get(node) ?? [];
    },
  };
}

export const linkCalls = (calls: Iterable<TrueCall>): void => {
  const all = [...calls];
  for (const a of all) for (const b of all) if (a !== b) a.links.add(b);
};

/**
 * The parts of one call that what was delivered holds together: what a reader who has only that can know. An identifier
 * that nothing delivered shows or names is in no part.
 */
export function provenParts(call: TrueCall, delivered: Iterable<Sighting>): NodeKey[][] {
  const parent = new Map<NodeKey, NodeKey>();
  const root = (node: NodeKey): NodeKey => {
    let at = node;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  const know = (node: NodeKey): void => {
    if (!parent.has(node)) parent.set(node, node);
  };
  const join = (a: NodeKey, b: NodeKey): void => {
    know(a);
    know(b);
    parent.set(root(a), root(b));
  };
  const shown = new Set<NodeKey>();
  for (const { shows, proves } of delivered) {
    for (const node of shows) {
      if (!call.nodes.has(node)) continue;
      shown.add(node);
      know(node);
    }
    for (const [a, b] of proves) if (call.nodes.has(a) && call.nodes.has(b)) join(a, b);
  }
  // A channel whose uuid is the Call-ID's text (uuid-as-callid) needs no event that says so.
  for (const node of [...parent.keys()]) {
    for (const twin of twinsOf(node)) if (shown.has(twin)) join(node, twin);
  }
  const parts = new Map<NodeKey, NodeKey[]>();
  for (const node of parent.keys()) {
    const key = root(node);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [node]);
    else part.push(node);
  }
  return [...parts.values()];
}

function twinsOf(node: NodeKey): NodeKey[] {
  const text = node.slice(2);
  return [callIdNode(text), channelNode(text), valueNode(text)].filter(
    (twin) => twin !== node && nodeLetter(twin) !== 'v',
  );
}
