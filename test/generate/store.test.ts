import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCall } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { walk } from '../../core/call/graph/walk.ts';
import { readKnownNodes } from '../../core/call/read/edges.ts';
import { nodeText } from '../../core/model/edge.ts';
import type { Store } from '../../core/store/store.ts';
import { openEmptyStore } from '../system/empty-store.ts';
import { makeDay } from './day.ts';
import { deliver, scatter } from './delivery.ts';
import { buildGraph, correlationOf } from './graph.ts';
import { componentOf, componentText } from './judge.ts';
import { eventsOf } from './property.ts';
import { createRandom } from './random.ts';
import { storeHand } from './store.ts';

const SEED = 11;

describe('the graph in memory and the real store', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(async () => {
    await store.close();
  });

  it('give the same call for every identifier, however the day was delivered to either', async () => {
    const day = makeDay({ seed: SEED, calls: 40, skewUs: 1_000_000, tenants: 'switches' });
    const correlation = correlationOf('switches');
    const random = createRandom(SEED);
    const delivered = deliver(day.sightings, random, { lostPackets: 0.05 });
    for (const hand of scatter(eventsOf(delivered), random, 3)) await storeHand(store, hand, correlation);
    const graph = buildGraph([eventsOf(delivered)], correlation);
    const neighbours = createNeighbours(store);
    const nodes = [...new Set(delivered.flatMap(({ shows }) => shows))];
    const stored = await Promise.all(
      nodes.map(async (node) => walk(await readKnownNodes(store, nodeText(node)), neighbours)),
    );
    for (const [i, node] of nodes.entries()) {
      const component = stored[i];
      if (component === undefined) throw new Error('no answer');
      expect(componentText(component), node).toBe(componentText(await componentOf(graph, node)));
    }
  });

  it('shows a call with all its Call-IDs and channels', async () => {
    const { truth, sightings } = makeDay({ seed: SEED + 1, calls: 12, only: ['attendedRefer', 'tandem', 'fork'] });
    for (const hand of scatter(eventsOf(sightings), createRandom(SEED), 2)) await storeHand(store, hand);
    for (const call of truth.calls) {
      const [asked] = call.nodes;
      if (asked === undefined) throw new Error('a call without identifiers');
      const finder = { store, neighbours: createNeighbours(store), guesses: false };
      const found = await findCall(finder, nodeText(asked));
      const identifiers = [...(found?.callIds ?? []), ...(found?.channelUuids ?? [])].sort();
      expect(identifiers, call.topology).toEqual([...call.nodes].map(nodeText).sort());
    }
  });
});
