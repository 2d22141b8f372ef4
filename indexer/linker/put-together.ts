import { assemble, type FoundCall, loneCall } from '../../core/call/find.ts';
import { createNeighbours, type Neighbours } from '../../core/call/graph/neighbours.ts';
import { walk } from '../../core/call/graph/walk.ts';
import { type NodeKey, nodeLetter } from '../../core/model/edge.ts';
import { turn } from '../../core/runtime/turn.ts';
import type { Store } from '../../core/store/store.ts';
import { BETWEEN_TURNS, distinct } from './distinct.ts';
import type { LinkerMemory } from './memory.ts';

export interface Found {
  readonly call: FoundCall;
  readonly legs: readonly NodeKey[];
}

/** The calls of these legs, each once, and the legs whose call it is. */
export async function callsOf(store: Store, memory: LinkerMemory, seeds: readonly NodeKey[]): Promise<Found[]> {
  const found: Found[] = [];
  const joined: NodeKey[] = [];
  for (const [i, seed] of seeds.entries()) {
    if (i % BETWEEN_TURNS === 0) await turn();
    const dialog = memory.lone(seed);
    if (dialog === undefined) joined.push(seed);
    else found.push({ call: loneCall(seed, dialog), legs: [seed] });
  }
  const neighbours = memory.neighbours(createNeighbours(store));
  await prefetch(memory, joined, neighbours);
  const components = await distinct(joined, (seed) => walk([seed], neighbours), memory.isWhole);
  const calls = await assemble(
    store,
    components.map(({ component }) => component),
    undefined,
    memory.dialogs,
  );
  for (const [i, call] of calls.entries()) {
    if (call !== undefined) found.push({ call, legs: components[i]?.legs ?? [] });
  }
  return found;
}

/** Asks for all that memory does not hold at once: walks that ask one after the other would cost a question each. */
async function prefetch(memory: LinkerMemory, seeds: readonly NodeKey[], neighbours: Neighbours): Promise<void> {
  const asked = new Set<NodeKey>();
  for (let next = memory.strangers(seeds); next.length > 0; ) {
    for (const node of next) asked.add(node);
    const found = await Promise.all(next.map(neighbours));
    // Of whom memory knows nothing only these answers tell.
    const told = found
      .flat()
      .filter(({ kind }) => kind !== 'link')
      .map(({ peer }) => peer)
      .filter(isLegOrBridge);
    next = [...new Set([...memory.strangers(next), ...told.filter((node) => !memory.has(node))])].filter(
      (node) => !asked.has(node),
    );
  }
}

const isLegOrBridge = (node: NodeKey): boolean => 'cub'.includes(nodeLetter(node));
