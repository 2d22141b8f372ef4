import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../../runtime/log.ts';
import { reasonOf } from '../../runtime/reason.ts';
import type { Store } from '../store.ts';
import { createLeaseRows, type LeaseState } from './lease-rows.ts';
import { byRank, createRivals } from './rivals.ts';

/** What a process has while it is the one. */
export interface Hold {
  /**
   * Above that of every holder before, by at least a thousand million; about the epoch µs at which it was taken. Versions
   * of rows that count up from it are above all that were written before.
   */
  readonly term: number;
  /** False for ever once it has run out or was let go: nothing may be written any more. */
  readonly held: () => boolean;
}

export interface Lease {
  start(): void;
  /** Lets it go, so that another process has it at once. Safe to call twice. */
  stop(): Promise<void>;
  isHeld(): boolean;
  /** Who has it, as far as is known; undefined for nobody. */
  holder(): string | undefined;
}

export interface LeaseDeps {
  readonly store: Pick<Store, 'select' | 'insert'>;
  readonly log: Log;
  /** Of what it is for; the same in every process. */
  readonly name: string;
  /** Different in every process and at every start of it. */
  readonly me: string;
  readonly leaseMs: number;
  gained(hold: Hold): void;
  /** It is over. Resolves when nothing of what began with `gained` goes on; until then it is not taken again. */
  lost(): Promise<void>;
}

interface OwnHold extends Hold {
  /** When the last renewal that was acknowledged was sent, by both clocks. */
  renewedMs: number;
  renewedWallMs: number;
  over: boolean;
}

const TERM_STEP = 1_000_000_000;

/**
 * One process of many, by a table of a store that knows no compare-and-set. A claim is written, and read back after a wait
 * that is longer than a claim may take from its first look to its acknowledgement: so of two that claim at once each sees
 * the other, and the first in rank has it (Fischer's timed exclusion; Lamport, "A Fast Mutual Exclusion Algorithm", §2). The
 * holder counts its time from before it sends a renewal, by its own clock; the others count from when they saw one, by
 * theirs, and wait a third longer (as Kubernetes' leader election does): clocks may differ and step, they must only run
 * equally fast. A holder that cannot renew stops before anybody takes over.
 *
 * @see docs/decisions/0017-lease-and-cluster.md
 */
export function createLease({ store, log, name, me, leaseMs, gained, lost }: LeaseDeps): Lease {
  /** From the look before a claim to its acknowledgement. */
  const claimMs = leaseMs / 6;
  /** From there to reading it back; must be above `claimMs`. */
  const settleMs = leaseMs / 3;
  const rows = createLeaseRows(store, name);
  const rivals = createRivals(me, leaseMs + leaseMs / 3);
  const ended = new AbortController();
  let beat = 0;
  let running: Promise<void> = Promise.resolve();
  let current: OwnHold | undefined;
  /** What ended with the last hold. */
  let ending: Promise<void> = Promise.resolve();
  let stopping = false;
  let seenHolder: string | undefined;
  let awayBefore = false;
  let highest = 0;

  const write = (state: LeaseState, term: number): Promise<void> =>
    rows.write({ holder: me, state, term, beat: ++beat });

  const look = async () => {
    const beganMs = performance.now();
    const found = await rows.read();
    const alive = rivals.alive(found, beganMs, performance.now());
    highest = Math.max(highest, ...found.map(({ term }) => term));
    const [first] = alive;
    seenHolder = first?.state === 'held' ? first.holder : undefined;
    return { beganMs, alive };
  };

  /** A machine that slept has a monotonic clock that slept as well: both clocks must say that there is time. */
  const isFresh = ({ renewedMs, renewedWallMs }: OwnHold): boolean =>
    performance.now() - renewedMs < leaseMs && Date.now() - renewedWallMs < leaseMs;

  const take = (term: number, renewedMs: number, renewedWallMs: number): void => {
    const hold: OwnHold = {
      ...{ term, renewedMs, renewedWallMs, over: false },
      held: (): boolean => {
        if (!hold.over && !isFresh(hold)) hold.over = true;
        return !hold.over;
      },
    };
    if (!hold.held()) return;
    current = hold;
    log.info(`${name}: this process does it from now (${me})`);
    gained(hold);
  };

  const lose = (why: string): void => {
    if (current === undefined) return;
    current.over = true;
    current = undefined;
    log.warn(`${name}: this process does it no more: ${why}`);
    ending = lost().catch(told);
  };

  const contend = async (): Promise<void> => {
    await ending;
    const { beganMs, alive } = await look();
    if (alive.length > 0 || stopping) return;
    const term = Math.max(Math.floor(Date.now() * 1000), highest + TERM_STEP);
    const [sentMs, sentWallMs] = [performance.now(), Date.now()];
    try {
      await write('claim', term);
      if (performance.now() - beganMs > claimMs) throw new Error('the store took a claim too slowly to be safe');
      await pause(settleMs, undefined, { signal: ended.signal });
      const others = (await look()).alive;
      const mine = { holder: me, state: 'claim', term, beat } as const;
      if (others.every((other) => byRank(mine, other) < 0)) return take(term, sentMs, sentWallMs);
    } catch (error) {
      // One that cannot be withdrawn is taken for dead after a while.
      await write('withdrawn', term).catch(() => undefined);
      throw error;
    }
    await write('withdrawn', term);
  };

  const renew = async (hold: OwnHold): Promise<void> => {
    const [sentMs, sentWallMs] = [performance.now(), Date.now()];
    await write('held', hold.term);
    if (!hold.held()) return;
    hold.renewedMs = sentMs;
    hold.renewedWallMs = sentWallMs;
    // It cannot be; if it is all the same, this is the one that must give way.
    const { alive } = await look();
    const above = alive.find(({ state, term }) => state === 'held' && term > hold.term);
    if (above !== undefined && current === hold) lose(`${above.holder} has it as well`);
  };

  /** Renewals may hang in a store that does not answer: this clock does not. */
  const watch = setInterval(
    () => {
      if (current !== undefined && !current.held()) lose('it was not renewed in time');
    },
    Math.max(20, leaseMs / 50),
  );
  watch.unref();

  const told = (error: unknown): void => {
    if (stopping) return;
    const text = `${name}: ${reasonOf(error)}`;
    if (!awayBefore) log.warn(`${text}; it will be tried again`);
    awayBefore = true;
  };

  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const hold = current;
      try {
        await (hold === undefined ? contend() : renew(hold));
        awayBefore = false;
      } catch (error) {
        told(error);
      }
      // What was taken a moment ago says so at once.
      const gainedNow = hold === undefined && current !== undefined;
      const wait = gainedNow ? 0 : current === undefined ? leaseMs / 4 : leaseMs / 3;
      await pause(wait, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };

  return {
    start() {
      running = loop();
    },
    async stop() {
      if (stopping) return void (await running);
      stopping = true;
      // It is renewed until all has ended that it is held for.
      const hold = current;
      if (hold === undefined) ended.abort();
      else await lost();
      ended.abort();
      await running;
      clearInterval(watch);
      await ending;
      const kept = hold?.held() === true;
      if (hold !== undefined) hold.over = true;
      current = undefined;
      // What is not released is taken over when it has run out.
      if (kept) await write('released', hold.term).catch(() => undefined);
    },
    isHeld: () => current?.held() === true,
    holder: () => (current?.held() === true ? me : seenHolder),
  };
}
