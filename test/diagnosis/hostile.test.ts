import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCall } from '../../api/call/finder.ts';
import { factsOf } from '../../api/ladder/facts.ts';
import { clockOffsets } from '../../core/call/clocks.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { chancesOf } from '../../core/diagnosis/missing/leg-chances.ts';
import { stableId } from '../../core/model/id.ts';
import { atOnce } from '../../core/runtime/in-turns.ts';
import type { Store } from '../../core/store/store.ts';
import { hostileCall } from '../generate/hostile-calls.ts';
import { storeHand } from '../generate/store.ts';
import { openEmptyStore } from '../system/empty-store.ts';

const BEGAN_US = Date.UTC(2026, 10, 20) * 1000;
const SECOND_US = 1_000_000;

describe('a call that somebody made to be dear', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(() => store.close());

  const read = async (callId: string) => {
    const found = await openCall({ store, unmask: () => undefined, guesses: false }, callId, {}, {});
    if (found === undefined) throw new Error(`nothing is stored under ${callId}`);
    return { call: found.call, facts: await factsOf(store, found.call) };
  };

  it.each(['naming sixty hops each', 'naming sixty routes each'])(
    'is asked for a thousand of the hosts that it names and nobody saw, however many there are: %s',
    async (name) => {
      const { callId, packets } = hostileCall(name, 100, BEGAN_US);
      await storeHand(store, packets);
      const { call, facts } = await read(callId);
      const chances = atOnce(chancesOf(caseOf(call, facts, BEGAN_US + 60 * SECOND_US), new Map()));
      const unseen = chances.filter(({ seenBy }) => seenBy.size === 0);
      expect(unseen).toHaveLength(1000);
      // What was seen makes as much due as ever.
      expect(new Set(chances.flatMap(({ because }) => because.map(({ message }) => message.id))).size).toBe(100);
    },
  );

  it('has the clocks of 32 sensors compared by a message, however many have seen it', async () => {
    const { callId, packets } = hostileCall('hanging up', 3, BEGAN_US);
    const copies = packets.flatMap((packet) =>
      Array.from({ length: 40 }, (_, i) => {
        const [sensor, atUs] = [`s${String(i).padStart(2, '0')}`, packet.atUs + i * SECOND_US];
        return { ...packet, sensor, atUs, id: stableId(sensor, atUs, packet.payload) };
      }),
    );
    await storeHand(store, copies);
    const { facts } = await read(callId);
    expect(facts.messages).toHaveLength(120);
    const offsets = clockOffsets(facts.messages);
    expect(offsets.size).toBe(31);
    expect(offsets.get('s07')).toBe(7 * SECOND_US);
  });
});
