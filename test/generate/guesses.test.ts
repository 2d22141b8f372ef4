import { describe, expect, it } from 'vitest';
import { withGuesses } from '../../core/call/graph/guess.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { walk } from '../../core/call/graph/walk.ts';
import type { NodeKey } from '../../core/model/edge.ts';
import { type Played, stage } from '../golden/stage.ts';
import { openEmptyStore } from '../system/empty-store.ts';
import { deliver, scatter } from './delivery.ts';
import { eventsOf } from './property.ts';
import { SECOND } from './scene.ts';
import { storeHand } from './store.ts';
import { unseenBox } from './topologies/unseen.ts';

const LIMIT_MS = 120_000;

/** Pairs of one call that a question for every dialog finds, asked with guesses, of all that there are. */
interface Guessed {
  readonly expected: number;
  readonly right: number;
  readonly wrong: number;
  /** Dialogs whose answer is not that of the others in it. */
  readonly unequal: number;
}

async function guessAll({ truth, sightings, random, correlation }: Played, lostPackets = 0): Promise<Guessed> {
  const heard = deliver(sightings, random, { lostPackets });
  const store = await openEmptyStore();
  try {
    for (const hand of scatter(eventsOf(heard), random, 2))
      await storeHand(store, hand, { ...correlation, guesses: true });
    const neighbours = createNeighbours(store);
    const answers = new Map<NodeKey, string>();
    const count = { expected: 0, right: 0, wrong: 0, unequal: 0 };
    const ask = async (node: NodeKey): Promise<void> => {
      const own = new Set(truth.ownersOf(node).flatMap((call) => [...call.nodes]));
      const { nodes, edges } = await withGuesses(await walk([node], neighbours), neighbours, store);
      answers.set(node, [...nodes].sort().join(' '));
      count.expected += own.size - 1;
      for (const other of nodes) if (other !== node) count[own.has(other) ? 'right' : 'wrong']++;
      expect(edges.map(({ kind, tier }) => `${kind} ${tier}`)).toEqual(edges.map(() => 'guess guess'));
    };
    await Promise.all([...new Set(heard.flatMap(({ shows }) => shows))].map(ask));
    for (const [, answer] of answers) {
      if (answer.split(' ').some((other) => answers.get(other as NodeKey) !== answer)) count.unequal++;
    }
    return count;
  } finally {
    await store.close();
  }
}

const calls = (count: number, hidesCaller = false) => Array.from({ length: count }, () => unseenBox(hidesCaller));
const numbers = { caller: '1001', callee: '02188889999', calleeRewritten: '+982188889999', domain: 'pbx.example' };

describe('guesses about a box that nobody hears', { timeout: LIMIT_MS }, () => {
  it('find both sides of every call when calls between the same numbers come one after the other', async () => {
    const guessed = await guessAll(stage(calls(8), { numbers, everyUs: 5 * SECOND }));
    expect(guessed).toEqual({ expected: guessed.expected, right: guessed.expected, wrong: 0, unequal: 0 });
    expect(guessed.expected).toBeGreaterThan(0);
  });

  it('are not made from the number alone: a box that writes its own caller gives only what ends alike', async () => {
    const { right, wrong, unequal, expected } = await guessAll(
      stage(calls(12, true), { numbers, everyUs: 5 * SECOND }),
    );
    expect({ wrong, unequal }).toEqual({ wrong: 0, unequal: 0 });
    expect(right).toBeLessThan(expected);
  });

  it('refuse rather than choose in a storm between one pair of numbers, and when much of it is lost', async () => {
    for (const [seconds, lost] of [
      [0.02, 0],
      [0.3, 0.4],
    ] as const) {
      const { wrong, unequal, right, expected } = await guessAll(
        stage(calls(16), { numbers, everyUs: seconds * SECOND }),
        lost,
      );
      expect({ wrong, unequal }, `every ${seconds} s`).toEqual({ wrong: 0, unequal: 0 });
      expect(right).toBeLessThan(expected);
    }
  });
});
