import type { Places } from '../../core/call/far-side.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import type { CallsWatched } from '../outcomes/outcomes.ts';
import { callRow, endingRow, goneRow, legsOf } from './call-row.ts';
import { readMembers } from './labels.ts';
import type { LinkerMemory } from './memory.ts';
import { callsOf } from './put-together.ts';
import type { Queue } from './queue.ts';
import { createSessions } from './session.ts';
import type { Written } from './written.ts';

export interface LabellerDeps {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly memory: LinkerMemory;
  readonly written: Written;
  readonly watched?: CallsWatched;
  readonly places?: Places;
  readonly over?: (ids: readonly string[]) => void;
  /** Epoch µs. */
  readonly now: () => number;
}

/**
 * Labels these legs, each with the call that is found from itself: a leg that served many callers is in the call of
 * each of them, and found from itself it is in its own. Legs whose label is no longer right are put into the queue.
 *
 * @param version of the rows: above that of all that was written before
 * @returns how many calls were put together
 */
export type Labeller = (seeds: readonly NodeKey[], queue: Queue, version: number) => Promise<number>;

/** Writes calls, the moments of their ends, and which call a leg is in. */
export function createLabeller({
  store,
  metrics,
  memory,
  written,
  watched,
  places,
  over,
  now,
}: LabellerDeps): Labeller {
  const sessions = places === undefined ? undefined : createSessions(places);
  return async (seeds, queue, version) => {
    const nowUs = Math.floor(now());
    const found = await callsOf(store, memory, seeds);
    const before = await written.before(
      found.flatMap(({ call }) => legsOf(call)),
      found.flatMap(({ legs }) => legs),
    );
    await watched?.saw(found, before.call, nowUs);
    const labels: Row<'labels'>[] = [];
    const rows: Row<'calls'>[] = [];
    const endings: Row<'endings'>[] = [];
    const left = new Set<string>();
    for (const { call, legs } of found) {
      const id = call.facts.root.id;
      memory.noteTalk(call.component.nodes, call.facts.outcome === 'in_progress');
      for (const leg of legs) {
        const old = before.label(leg);
        // A leg that the call is named after needs no label, unless it had another one.
        if (old !== id && (old !== undefined || id !== nodeText(leg))) {
          labels.push({ node: leg, call: id, version, arrived: nowUs });
          if (old !== undefined) left.add(old);
        }
        if (id !== nodeText(leg) && before.listed(nodeText(leg))) rows.push(goneRow(nodeText(leg), version, nowUs));
      }
      const named = legs.find((leg) => id === nodeText(leg));
      if (named !== undefined) {
        const row = callRow(call, version, nowUs, sessions?.of(call));
        rows.push(row);
        endings.push(endingRow(named, row));
      }
      queue.add(legsOf(call).filter((node) => before.call(node) !== id));
    }
    await store.insert('labels', labels, `labels ${version} ${seeds[0]}`);
    await store.insert('calls', rows, `calls ${version} ${seeds[0]}`);
    await store.insert('endings', endings, `endings ${version} ${seeds[0]}`);
    written.note(labels, rows);
    over?.(rows.filter(({ gone, outcome }) => gone === 0 && outcome !== 'in_progress').map(({ id }) => id));
    memory.done(seeds);
    metrics.linked(endings.length);
    queue.add(await readMembers(store, [...left]));
    return endings.length;
  };
}
