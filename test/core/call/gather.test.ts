import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLadder } from '../../../api/ladder/build.ts';
import { type FoundCall, findCall } from '../../../core/call/find.ts';
import { createGatherer } from '../../../core/call/gather.ts';
import { createNeighbours } from '../../../core/call/graph/neighbours.ts';
import { readListedLegs } from '../../../core/call/read/listed-legs.ts';
import { callIdNode, channelNode, type NodeKey, nodeLetter, nodeText } from '../../../core/model/edge.ts';
import { stableId } from '../../../core/model/id.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { createLinker } from '../../../indexer/linker/linker.ts';
import { makeDay } from '../../generate/day.ts';
import { scatter } from '../../generate/delivery.ts';
import { eventsOf } from '../../generate/property.ts';
import { createRandom } from '../../generate/random.ts';
import { storeHand } from '../../generate/store.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

const SEED = 23;

describe('a call that is read while it is walked', { timeout: 120_000 }, () => {
  let store: Store;
  const { sightings } = makeDay({ seed: SEED, calls: 24 });
  const keys = [...new Set(sightings.flatMap(({ shows }) => shows))]
    .filter((node) => nodeLetter(node) === 'c' || nodeLetter(node) === 'u')
    .map(nodeText);

  beforeAll(async () => {
    store = await openEmptyStore();
    const hands = scatter(eventsOf(sightings), createRandom(SEED), 2);
    for (const hand of hands) await storeHand(store, hand);
    // Delivered twice: a reader must not count what is there twice.
    for (const hand of hands) await storeHand(store, hand.slice(0, 50));
  });
  afterAll(async () => {
    await store.close();
  });

  const gathered = (
    key: string,
    logs: boolean,
    expected?: () => Promise<readonly NodeKey[]>,
  ): Promise<FoundCall | undefined> => {
    const gatherer = createGatherer(store, { logs }, undefined, expected);
    return findCall({ store, neighbours: gatherer.neighbours, gatherer, guesses: false }, key);
  };
  const asked = (key: string): Promise<FoundCall | undefined> =>
    findCall({ store, neighbours: createNeighbours(store), guesses: false }, key);

  it('is the same call, with the same ladder, as one whose facts are read afterwards', async () => {
    expect(keys.length).toBeGreaterThan(50);
    for (const key of [...keys.filter((_, i) => i % 8 === 0), 'nothing of this name']) {
      const [walked, whole, brief] = [await asked(key), await gathered(key, true), await gathered(key, false)];
      if (walked === undefined) {
        expect([whole, brief], key).toEqual([undefined, undefined]);
        continue;
      }
      for (const call of [whole, brief]) {
        const { stored, ...rest } = call!;
        expect(stored, key).toBeDefined();
        expect(rest, key).toEqual(walked);
      }
      const ladder = await buildLadder(store, walked, {});
      expect(ladder.steps.length, key).toBeGreaterThan(0);
      expect(await buildLadder(store, whole!, {}), key).toEqual(ladder);
    }
  });

  it('is the same call, whatever was expected to be its legs', async () => {
    const linker = createLinker({ store, metrics: createMetrics(), log: silentLog, quietMs: 0 });
    expect(await linker.pass()).toBeGreaterThan(10);
    for (const [i, key] of keys.entries()) {
      if (i % 16 !== 0) continue;
      const walked = await asked(key);
      const legs = await readListedLegs(store, key);
      const others = keys.slice(i, i + 9).flatMap((other) => [callIdNode(other), channelNode(other)]);
      for (const nodes of [legs, others, [...legs.slice(1), ...others.slice(2)]]) {
        const found = await gathered(key, true, async () => nodes);
        const { stored, ...rest } = found ?? {};
        expect(found === undefined ? undefined : rest, key).toEqual(walked);
        if (found === undefined) continue;
        expect(stored, key).toBeDefined();
        expect(await buildLadder(store, found, {}), key).toEqual(await buildLadder(store, walked!, {}));
      }
      const failing = await gathered(key, false, () => Promise.reject(new Error('the list is away')));
      expect(failing?.component, key).toEqual(walked?.component);
    }
  });

  it('is none under an empty key, whatever came without a Call-ID', async () => {
    const [some] = eventsOf(sightings).filter(
      (event) => event.kind === 'packet' && event.payload.includes('\r\nCall-ID: '),
    );
    if (some?.kind !== 'packet') throw new Error('no packet of the day has a Call-ID');
    const payload = Buffer.from(some.payload.toString().replace(/\r\nCall-ID: .*/, ''));
    await storeHand(store, [{ ...some, payload, id: stableId(some.sensor, some.atUs, payload) }]);
    const stored = await store.select<{ n: number | string }>("SELECT count() AS n FROM messages WHERE call_id = ''");
    expect(stored.map(({ n }) => Number(n))).toEqual([1]);
    expect([await asked(''), await gathered('', true)]).toEqual([undefined, undefined]);
  });
});
