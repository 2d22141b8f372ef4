import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../../../core/runtime/log.ts';
import { heldStore } from '../../../../core/store/lease/held-store.ts';
import { createLease, type Hold, type Lease } from '../../../../core/store/lease/lease.ts';
import type { Store } from '../../../../core/store/store.ts';
import { createRandom } from '../../../replay/random.ts';
import { openEmptyStore } from '../../../system/empty-store.ts';
import { until } from '../../../system/until.ts';
import { SAMPLES } from '../helpers.ts';

const LEASE_MS = 1500;
const LONG = { timeoutMs: 60_000 };

/** One process of several, as far as the lease goes. */
interface Contender {
  readonly name: string;
  readonly lease: Lease;
  hold: Hold | undefined;
  /** Nothing of it reaches the store any more, nor comes back: as with a kill -9. */
  crash(): void;
  /** The store does not answer it for a while. */
  hang(ms: number): void;
}

describe('a lease', { timeout: 120_000 }, () => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmptyStore();
  });
  afterAll(async () => {
    await store.close();
  });

  const site = (name: string) => {
    const all: Contender[] = [];
    const terms: number[] = [];
    const twice: string[] = [];
    let count = 0;
    const holders = (): Contender[] => all.filter(({ hold }) => hold?.held() === true);
    const start = (): Contender => {
      const me = `box ${count++}`;
      let dead = false;
      let away = Promise.resolve();
      const through = async <T>(work: () => Promise<T>): Promise<T> => {
        await away;
        if (dead) return new Promise<T>(() => {});
        return work();
      };
      const contender: Contender = {
        name: me,
        hold: undefined,
        lease: createLease({
          store: {
            select: (...args) => through(() => store.select(...args)),
            insert: (...args) => through(() => store.insert(...args)),
          },
          ...{ log: silentLog, name, me, leaseMs: LEASE_MS },
          gained(hold) {
            const others = holders().filter((one) => one !== contender);
            if (others.length > 0) twice.push(`${me} beside ${others.map((one) => one.name).join()}`);
            terms.push(hold.term);
            contender.hold = hold;
          },
          async lost() {
            contender.hold = undefined;
          },
        }),
        crash() {
          dead = true;
          contender.hold = undefined;
        },
        hang(ms) {
          away = sleep(ms);
        },
      };
      all.push(contender);
      contender.lease.start();
      return contender;
    };
    return { start, holders, terms, twice, all };
  };

  test('is one process’s, is let go by a stop, and is then taken at once by one that stands by', async () => {
    const { start, holders, terms } = site('stop');
    const first = start();
    await until('the first one has it', () => holders().length === 1, LONG);
    const second = start();
    await until('the second one knows who has it', () => second.lease.holder() === first.name, LONG);
    expect([first.lease.isHeld(), second.lease.isHeld()]).toEqual([true, false]);
    await first.lease.stop();
    await first.lease.stop();
    await until('the second one has it', () => second.lease.isHeld(), LONG);
    await second.lease.stop();
    expect(terms).toHaveLength(2);
    expect(terms[1]! - terms[0]!).toBeGreaterThanOrEqual(1_000_000_000);
  });

  test('is had by one of those that begin at the same moment', async () => {
    const { start, holders, twice } = site('together');
    const all = [1, 2, 3, 4].map(start);
    await until('one has it', () => holders().length > 0, LONG);
    await sleep(2 * LEASE_MS);
    expect(holders()).toHaveLength(1);
    expect(twice).toEqual([]);
    for (const { lease } of all) await lease.stop();
  });

  test('that its holder cannot renew ends before another has it, and nothing is written under it any more', async () => {
    const { start, holders, twice } = site('hangs');
    const first = start();
    await until('the first one has it', () => holders().length === 1, LONG);
    const old = first.hold!;
    const writes = heldStore(store, old);
    await writes.insert('hosts', [SAMPLES.hosts], 'while held');
    const second = start();
    first.hang(6 * LEASE_MS);
    await until('the second one has it', () => second.lease.isHeld(), LONG);
    expect(old.held()).toBe(false);
    await expect(writes.insert('hosts', [SAMPLES.hosts], 'when lost')).rejects.toThrow(/nothing is written/);
    await expect(writes.command('SELECT 1')).rejects.toThrow(/nothing is written/);
    // What it had sent before reaches the store now, and changes nothing.
    await sleep(4 * LEASE_MS);
    expect([second.lease.isHeld(), first.lease.isHeld(), twice]).toEqual([true, false, []]);
    await first.lease.stop();
    await second.lease.stop();
  });

  test('is never had by two while processes come, hang and are killed at random, and somebody has it in the end', async () => {
    const random = createRandom(7);
    const { start, holders, twice, all, terms } = site('random');
    const alive = new Set([start(), start(), start()]);
    for (let round = 0; round < 8; round++) {
      await sleep(random() * 2 * LEASE_MS);
      const [victim] = holders().length > 0 && random() < 0.8 ? holders() : [...alive];
      if (victim === undefined) continue;
      if (random() < 0.5) {
        victim.crash();
        alive.delete(victim);
        alive.add(start());
      } else victim.hang(random() * 4 * LEASE_MS);
    }
    await until('one has it', () => holders().length === 1, LONG);
    expect(twice).toEqual([]);
    expect(terms).toEqual([...terms].sort((a, b) => a - b));
    for (const one of all) if (alive.has(one)) await one.lease.stop();
  });
});
