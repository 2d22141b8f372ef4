import { findCalls } from '../../core/call/find.ts';
import { createNeighbours } from '../../core/call/graph/neighbours.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import { callRow, goneRow, legsOf, readLabels, readListed, readMembers } from './labels.ts';

export interface LinkerDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Pause between two passes; default 15 000. */
  readonly intervalMs?: number;
  /** Epoch µs. */
  readonly now?: () => number;
}

export interface Linker {
  start(): void;
  /** Resolves when the pass that runs has ended. Safe to call twice. */
  stop(): Promise<void>;
  /** One pass, and how many calls it labelled. */
  pass(): Promise<number>;
  /** Forgets all labels and computes them again from the edges. */
  relink(): Promise<number>;
}

/** Calls that are put together at a time: enough for few queries, few enough to stay small in memory. */
const CHUNK = 1000;
/** Rows become visible a little after they arrived; what came shortly before the last pass is looked at once more. */
const OVERLAP_US = 30_000_000;

/**
 * Labels calls in the background, for lists and statistics: which legs are one call, and how it ended. It does not know
 * more than a question does, as it walks over the same edges; it only has done so already. Whatever touches a leg makes
 * the linker look at its whole call again, so a label is right one pass after the call fell silent. How far it came is
 * written down after the labels: killed anywhere, it does a part of its work again and writes the same.
 */
export function createLinker({
  store,
  metrics,
  log,
  intervalMs = 15_000,
  now = () => Date.now() * 1000,
}: LinkerDeps): Linker {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let lastVersion = 0;

  /** Rises with every write, also when the clock does not. */
  const nextVersion = (): number => {
    lastVersion = Math.max(lastVersion + 1, Math.floor(now()));
    return lastVersion;
  };

  const pass = async (): Promise<number> => {
    const nowUs = Math.floor(now());
    const doneUs = await readProgress(store);
    const version = nextVersion();
    const queue = createQueue(await readTouched(store, Math.max(0, doneUs - OVERLAP_US), nowUs));
    let linked = 0;
    for (let seeds = queue.take(CHUNK); seeds.length > 0 && !stopped; seeds = queue.take(CHUNK)) {
      linked += await link(seeds, queue, version, nowUs);
    }
    if (!stopped) await writeProgress(store, nowUs, version);
    metrics.linked(linked);
    return linked;
  };

  /**
   * Labels these legs, each with the call that is found from itself: a leg that served many callers is in the call of
   * each of them, and found from itself it is in its own. Legs whose label is no longer right are put into the queue.
   */
  const link = async (seeds: readonly NodeKey[], queue: Queue, version: number, nowUs: number): Promise<number> => {
    const finder = { store, neighbours: createNeighbours(store), guesses: false };
    const found = await findCalls(
      finder,
      seeds.map((node) => [node]),
    );
    const inCalls = [...new Set(found.flatMap((call) => (call === undefined ? [] : legsOf(call))))];
    const before = await readLabels(store, inCalls);
    const listed = await readListed(store, seeds.map(nodeText));
    const labels: Row<'labels'>[] = [];
    const rows: Row<'calls'>[] = [];
    const left = new Set<string>();
    for (const [i, call] of found.entries()) {
      const seed = seeds[i];
      if (call === undefined || seed === undefined) continue;
      const id = call.facts.root.id;
      labels.push({ node: seed, call: id, version, arrived: nowUs });
      if (id === nodeText(seed)) rows.push(callRow(call, version, nowUs));
      else if (listed.has(nodeText(seed))) rows.push(goneRow(nodeText(seed), version, nowUs));
      const old = before.get(seed);
      if (old !== undefined && old !== id) left.add(old);
      queue.add(legsOf(call).filter((node) => before.get(node) !== id));
    }
    await store.insert('labels', labels, `labels ${version} ${seeds[0]}`);
    await store.insert('calls', rows, `calls ${version} ${seeds[0]}`);
    queue.add(await readMembers(store, [...left]));
    return rows.filter((row) => row.gone === 0).length;
  };

  const loop = async (): Promise<void> => {
    try {
      await pass();
    } catch (error) {
      // The next pass begins where the last good one ended.
      log.warn(`calls could not be linked, it will be tried again: ${error instanceof Error ? error.message : error}`);
    }
    if (!stopped) timer = setTimeout(run, intervalMs);
  };
  const run = (): void => {
    running = loop();
  };

  return {
    start: () => {
      timer = setTimeout(run, intervalMs);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
    pass,
    async relink() {
      for (const table of ['labels', 'calls', 'linker']) await store.command(`TRUNCATE TABLE ${table}`);
      return pass();
    },
  };
}

/** Legs that wait to be labelled; each comes once a pass. */
interface Queue {
  add(nodes: readonly NodeKey[]): void;
  take(count: number): NodeKey[];
}

function createQueue(first: readonly NodeKey[]): Queue {
  const seen = new Set<NodeKey>(first);
  const waiting = [...first];
  return {
    add(nodes) {
      for (const node of nodes) {
        if (seen.has(node)) continue;
        seen.add(node);
        waiting.push(node);
      }
    },
    take: (count) => waiting.splice(0, count),
  };
}

async function readProgress(store: Store): Promise<number> {
  const [row] = await store.select<{ us: number | string }>(
    "SELECT toUnixTimestamp64Micro(argMax(linked_until, version)) AS us FROM linker WHERE name = 'calls'",
  );
  return Number(row?.us ?? 0);
}

async function writeProgress(store: Store, untilUs: number, version: number): Promise<void> {
  await store.insert(
    'linker',
    [{ name: 'calls', linked_until: untilUs, version, arrived: untilUs }],
    `linker ${version}`,
  );
}

/** Legs that something was heard of, each once, oldest first. */
async function readTouched(store: Store, sinceUs: number, untilUs: number): Promise<NodeKey[]> {
  const rows = await store.select<{ node: NodeKey }>(
    `SELECT node FROM touched
     WHERE arrived BETWEEN fromUnixTimestamp64Micro({since:Int64}) AND fromUnixTimestamp64Micro({until:Int64})
     GROUP BY node ORDER BY min(arrived), node`,
    { since: sinceUs, until: untilUs },
    { maxSeconds: 60 },
  );
  return rows.map(({ node }) => node);
}
