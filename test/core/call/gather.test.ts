import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLadder } from '../../../api/ladder/build.ts';
import { type FoundCall, findCall } from '../../../core/call/find.ts';
import { createGatherer } from '../../../core/call/gather.ts';
import { createNeighbours } from '../../../core/call/graph/neighbours.ts';
import { nodeLetter, nodeText } from '../../../core/model/edge.ts';
import { silentLog } from '../../../core/runtime/log.ts';
import { openStore } from '../../../core/store/open.ts';
import type { Store } from '../../../core/store/store.ts';
import { makeDay } from '../../generate/day.ts';
import { scatter } from '../../generate/delivery.ts';
import { eventsOf } from '../../generate/property.ts';
import { createRandom } from '../../generate/random.ts';
import { storeHand } from '../../generate/store.ts';

const SEED = 23;

describe('a call that is read while it is walked', { timeout: 120_000 }, () => {
  let dir: string;
  let store: Store;
  const { sightings } = makeDay({ seed: SEED, calls: 24 });
  const keys = [...new Set(sightings.flatMap(({ shows }) => shows))]
    .filter((node) => nodeLetter(node) === 'c' || nodeLetter(node) === 'u')
    .map(nodeText);

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'calltrail-gather-'));
    store = await openStore({ kind: 'embedded', path: dir }, silentLog);
    const hands = scatter(eventsOf(sightings), createRandom(SEED), 2);
    for (const hand of hands) await storeHand(store, hand);
    // Delivered twice: a reader must not count what is there twice.
    for (const hand of hands) await storeHand(store, hand.slice(0, 50));
  });
  afterAll(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const gathered = (key: string, logs: boolean): Promise<FoundCall | undefined> => {
    const gatherer = createGatherer(store, { logs });
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
});
