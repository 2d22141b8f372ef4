import type { Places } from '../../core/call/far-side.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import { risingNow } from '../../core/runtime/rising-clock.ts';
import type { Store } from '../../core/store/store.ts';
import type { CallsWatched } from '../outcomes/outcomes.ts';
import { createRounds } from '../rounds.ts';
import { createFeedReader } from './feed-reader.ts';
import { createLabeller } from './labeller.ts';
import { createLinkerMemory } from './memory.ts';
import { readProgress, writeProgress } from './progress.ts';
import { createQueue } from './queue.ts';
import { createWritten } from './written.ts';

export interface LinkerDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Pause between two passes; default 10 000. */
  readonly intervalMs?: number;
  /** A call is put together when nothing was written about it for so long; default 20 000. */
  readonly quietMs?: number;
  /** Rows of the feed after which memory lets go and the place is written down, also while a pass goes on; default 100 000. */
  readonly settleRows?: number;
  /** Told of every call before its row is written. */
  readonly watched?: CallsWatched;
  /** By which the trunk of a call is named; without it rows of calls say nothing of their session. */
  readonly places?: Places;
  /** Epoch µs. */
  readonly now?: () => number;
  /** Of the lease under which this runs (core/store/lease/lease.ts): versions of rows count up from it. */
  readonly term?: number;
  /** By how much the clocks of the processes that write into this store may differ; default 0, for one machine. */
  readonly skewUs?: number;
  /** Told of calls, by id, that were put together and are over; of one again when it is put together again. */
  readonly over?: (ids: readonly string[]) => void;
}

export interface Linker {
  start(): void;
  /** Resolves when the pass that runs has ended. Safe to call twice. */
  stop(): Promise<void>;
  /** One pass, and how many calls it put together. */
  pass(): Promise<number>;
  /** Forgets all labels and computes them again from what was written. */
  relink(): Promise<number>;
}

/** Legs that are looked at together: enough for few queries and large inserts. */
const CHUNK = 5000;
/** Rows of the feed that are taken in before the calls that have fallen silent are put together. */
const MAX_HEARD = 25_000;
/** A call that never falls silent is put together at least so often; else its answer would be known when it ends. */
const TALKING_US = 60_000_000;
/**
 * What has been quiet so long that it was put together stays in memory a little longer, as its next word may well come; calls
 * that go on stay for an hour, as the end of each would have to be put together with a beginning among millions of rows.
 */
const REMEMBER_US = 15_000_000;
const REMEMBER_TALK_US = 3_600_000_000;

/**
 * Puts calls together in the background, for lists and statistics: which legs are one call, and how it ended. It walks
 * over the same edges as a question does, with the same rules, and so knows nothing else; but it reads what indexers write
 * in the order in which it is written and keeps it for a while, so that an ordinary call costs no look-up at all. Once a
 * call has fallen silent it is labelled; whatever is written about it later makes it be looked at again. How far it came
 * is written down after the labels: killed anywhere, it does a part of its work again and writes the same.
 */
export function createLinker(deps: LinkerDeps): Linker {
  const {
    store,
    metrics,
    log,
    watched,
    intervalMs = 10_000,
    quietMs = 20_000,
    settleRows = 100_000,
    now = risingNow,
  } = deps;
  const memory = createLinkerMemory();
  const feed = createFeedReader(store);
  const written = createWritten(store, memory, Date.now() * 1000 + (deps.skewUs ?? 0));
  const link = createLabeller({ ...deps, memory, written, now });
  const startedUs = now();
  metrics.linkerLag(() => Math.max(0, now() - (memory.pendingUs() ?? passedUs ?? startedUs)) / 1e6);
  let lastVersion = deps.term ?? 0;
  let progressUs: number | undefined;
  /** When the last good pass began: with nothing waiting in memory, what was written since may wait in the store. */
  let passedUs: number | undefined;

  /**
   * Rises with every write, also when the clock does not. Within a term no clock is asked: what is written in the next one
   * must be above, whatever the clock of the process that has it.
   */
  const nextVersion = (): number => {
    lastVersion = Math.max(lastVersion + 1, deps.term === undefined ? Math.floor(now()) : 0);
    return lastVersion;
  };

  const begin = async (): Promise<number> => {
    const { linkedUs, version } = await readProgress(store);
    lastVersion = Math.max(lastVersion, version);
    return linkedUs;
  };

  const pass = async (): Promise<number> => {
    progressUs ??= await begin();
    let newestUs = progressUs;
    let nowUs: number;
    let linked = 0;
    let unsettled = 0;
    for (;;) {
      // Asked each time: a pass is long when much is written, and what it hears on the way falls silent on the way as well.
      nowUs = Math.floor(now());
      // Our clock may be behind the one by which that was written down: what is written now is behind it as well.
      const heard = await feed.next(Math.min(progressUs, nowUs), MAX_HEARD);
      if (heard === undefined || rounds.stopped()) break;
      memory.hear(heard);
      for (const { writtenUs } of [...heard.dialogs, ...heard.edges, ...heard.channels]) {
        if (writtenUs > newestUs) newestUs = writtenUs;
      }
      const reachedUs = Math.min(nowUs, newestUs);
      linked += await linkQuiet(reachedUs - quietMs * 1000);
      unsettled += heard.dialogs.length + heard.edges.length + heard.channels.length;
      // A pass has no end while more is written than it takes in.
      if (unsettled < settleRows || rounds.stopped()) continue;
      await settle(reachedUs, newestUs);
      unsettled = 0;
    }
    linked += await linkQuiet(nowUs - quietMs * 1000);
    if (!rounds.stopped()) await settle(nowUs, newestUs);
    return linked;
  };

  /** All that was written until `reachedUs` is heard: what is put together is forgotten and counted, and how far this came is written down. */
  const settle = async (reachedUs: number, newestUs: number): Promise<void> => {
    const quietUs = reachedUs - quietMs * 1000;
    memory.forget(quietUs - REMEMBER_US, quietUs - REMEMBER_TALK_US);
    written.forget();
    progressUs = memory.pendingUs() ?? newestUs;
    // Counted before it is said how far this came: whoever goes on from there counts what was not.
    const counted = (await watched?.passed(Math.floor(now()), quietUs)) ?? true;
    if (counted) await writeProgress(store, progressUs, nextVersion());
    passedUs = reachedUs;
  };

  const linkQuiet = async (quietUs: number): Promise<number> => {
    const queue = createQueue(memory.quiet(quietUs, quietUs - TALKING_US));
    let linked = 0;
    for (let seeds = queue.take(CHUNK); seeds.length > 0 && !rounds.stopped(); seeds = queue.take(CHUNK)) {
      linked += await link(seeds, queue, nextVersion());
    }
    return linked;
  };

  const rounds = createRounds(async () => {
    try {
      await pass();
    } catch (error) {
      // The next pass begins where the last good one ended.
      log.warn(`calls could not be linked, it will be tried again: ${reasonOf(error)}`);
    }
  }, intervalMs);

  return {
    start: rounds.start,
    async stop() {
      await rounds.stop();
      // A pass that was cut short, or failed, has counted calls as well.
      await watched?.passed(Math.floor(now()));
    },
    pass,
    async relink() {
      for (const table of ['labels', 'calls', 'endings', 'linker']) await store.command(`TRUNCATE TABLE ${table}`);
      memory.clear();
      feed.forget();
      written.forgetAll();
      progressUs = 0;
      return pass();
    },
  };
}
