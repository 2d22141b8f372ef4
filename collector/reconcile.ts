import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../core/runtime/log.ts';
import type { Metrics } from '../core/runtime/metrics.ts';
import { reasonOf } from '../core/runtime/reason.ts';
import type { Source } from '../core/runtime/source.ts';

/** Sources that are the ones wanted, however often that changes. Those whose description is the same are not touched. */
export interface Reconciled<Wanted, Made extends Source> {
  /** Resolves when all of them have started and those no longer wanted are closed. One call after the other. */
  become(wanted: ReadonlyMap<string, Wanted>): Promise<void>;
  all(): readonly Made[];
  of(key: string): Made | undefined;
  /** Whoever calls `become` later changes nothing. */
  stop(): Promise<void>;
}

export interface ReconcileDeps<Wanted, Made extends Source> {
  /** @param before the source that this one takes over from; stopped when the new one is started */
  readonly make: (wanted: Wanted, before: Made | undefined) => Made;
  readonly metrics: Pick<Metrics, 'sourceGone'>;
  readonly log: Log;
}

export function createReconciled<Wanted, Made extends Source>({
  make,
  metrics,
  log,
}: ReconcileDeps<Wanted, Made>): Reconciled<Wanted, Made> {
  const running = new Map<string, { readonly wanted: Wanted; readonly source: Made }>();
  let last = Promise.resolve();
  let isStopped = false;

  const end = async (key: string): Promise<void> => {
    const ended = running.get(key);
    if (ended === undefined) return;
    running.delete(key);
    try {
      await ended.source.stop();
    } catch (error) {
      log.error(`${key} did not end well: ${reasonOf(error)}`);
    }
    metrics.sourceGone(ended.source.state().name);
  };

  /** One that cannot be made, or not be started, leaves what was there, and the others, as they are. */
  const begin = async (key: string, wanted: Wanted): Promise<void> => {
    const before = running.get(key);
    if (before !== undefined && isDeepStrictEqual(before.wanted, wanted)) return;
    try {
      const source = make(wanted, before?.source);
      await before?.source.stop();
      running.set(key, { wanted, source });
      await source.start();
    } catch (error) {
      log.error(`${key} cannot be listened to: ${reasonOf(error)}`);
    }
  };

  const apply = async (wanted: ReadonlyMap<string, Wanted>): Promise<void> => {
    if (isStopped) return;
    await Promise.all([...running.keys()].filter((key) => !wanted.has(key)).map(end));
    await Promise.all([...wanted].map(([key, one]) => begin(key, one)));
  };

  return {
    become(wanted) {
      const next = last.then(() => apply(wanted));
      last = next;
      return next;
    },
    all: () => [...running.values()].map(({ source }) => source),
    of: (key) => running.get(key)?.source,
    async stop() {
      isStopped = true;
      await last;
      await Promise.all([...running.values()].map(({ source }) => source.stop()));
    },
  };
}
