import type { EachBatchPayload } from 'kafkajs';
import { type Consume, createDelivery, type DeliveryOptions } from '../deliver.ts';
import type { Gathered } from './gathered.ts';
import type { ReceiverMetrics } from './kafka-metrics.ts';
import type { Partitions } from './partitions.ts';

export interface HandOverDeps extends DeliveryOptions {
  readonly topic: string;
  readonly partitions: Partitions;
  readonly counters: ReceiverMetrics;
  readonly isClosing: () => boolean;
}

/** Hands what was fetched of a partition over to the indexer, in batches that are written down first. */
export interface HandOver {
  /**
   * Resolves when all of it is stored, or nothing more of it may be. Rejects when the group has to agree anew.
   * @param seek lets the library fetch the partition from another offset
   */
  all(take: Consume, fetched: EachBatchPayload, seek: (offset: number) => void): Promise<void>;
  /** Lets go of the batch that is on its way. */
  giveUp(): void;
}

/** While the store works the group is told that this process lives; the library does so as often as it should. */
const HEARTBEAT_MS = 1000;

export function createHandOver({ topic, partitions, counters, isClosing, ...options }: HandOverDeps): HandOver {
  let giveUp = () => {};
  let gaveUp = false;
  /** What is stored and not committed yet, by partition. Should the commit fail it may come again, and is counted once. */
  const uncounted = new Map<number, { readonly to: number; readonly batch: Gathered }[]>();

  const countTo = (partition: number, offset: number): void => {
    const all = uncounted.get(partition) ?? [];
    uncounted.set(
      partition,
      all.filter(({ to }) => to > offset),
    );
    for (const { to, batch } of all) {
      if (to > offset) continue;
      counters.stored(batch.count());
      for (const [what, events] of Object.entries(batch.dropped())) counters.dropped(what, events);
    }
  };

  const all = async (take: Consume, fetched: EachBatchPayload, seek: (offset: number) => void): Promise<void> => {
    const { batch, heartbeat, isRunning, resolveOffset, commitOffsetsIfNecessary } = fetched;
    const { partition } = batch;
    const agreement = partitions.agreement();
    let leaving: unknown;
    const isAgreed = (): boolean => partitions.agreement() === agreement;
    const isOurs = (): boolean => leaving === undefined && !isClosing() && isRunning() && isAgreed();

    const commit = async (offset: number, metadata: string): Promise<void> => {
      // Under another agreement the library would commit in its name what may be another's.
      if (!isAgreed()) throw new Error('the group has agreed anew on who reads what');
      const bounds = [{ partition, offset: String(offset), metadata }];
      await commitOffsetsIfNecessary({ topics: [{ topic, partitions: bounds }] });
      countTo(partition, offset);
    };

    /** Until the store has it; false when it was let go of, for whoever reads the partition next. */
    const deliver = async (gathered: Gathered): Promise<boolean> => {
      const onReject = (error: unknown): void => {
        options.onReject?.(error);
        if (leaving !== undefined) delivery.giveUp();
      };
      const delivery = createDelivery({ ...options, onReject }, counters.retry);
      giveUp = delivery.giveUp;
      if (gaveUp) delivery.giveUp();
      const timer = setInterval(() => {
        heartbeat().catch((error: unknown) => {
          leaving = error;
          // What the store is about to take it may take; what it refuses is for the next reader.
          if (delivery.failing()) delivery.giveUp();
        });
      }, HEARTBEAT_MS);
      try {
        return await delivery.deliver(take, gathered.events());
      } finally {
        clearInterval(timer);
      }
    };

    /** What follows it; undefined when it was not stored, as far as we know. */
    const hand = async (gathered: Gathered): Promise<Gathered | undefined> => {
      if (gathered.events().length > 0) {
        await commit(gathered.from, gathered.onItsWay());
        if (!isOurs() || !(await deliver(gathered))) return undefined;
      }
      uncounted.get(partition)?.push({ to: gathered.to(), batch: gathered });
      if (!isAgreed()) return undefined;
      resolveOffset(String(gathered.to() - 1));
      const next = gathered.next();
      partitions.keep(partition, next);
      return next;
    };

    const read = async (begun: Gathered): Promise<Gathered | undefined> => {
      let gathered: Gathered | undefined = begun;
      for (const message of batch.messages) {
        if (Number(message.offset) < gathered.to()) continue;
        if (gathered.isWhole() || !gathered.hasRoomFor(message)) gathered = await hand(gathered);
        // What is gathered and not handed over is read again, by whoever it is then.
        if (gathered === undefined || !isOurs()) return gathered;
        gathered.add(message);
      }
      // What ends elsewhere than it should goes on with the next fetch.
      if (gathered.isFrozen() && !gathered.isWhole()) {
        resolveOffset(String(gathered.to() - 1));
        return gathered;
      }
      return gathered.to() > gathered.from && isOurs() ? hand(gathered) : gathered;
    };

    const begun = await partitions.at(partition, Number(batch.firstOffset()));
    if (typeof begun === 'number') return seek(begun);
    // A commit whose answer did not arrive may have been made.
    countTo(partition, begun.from);
    uncounted.set(partition, []);
    let left: Gathered | undefined;
    try {
      left = await read(begun);
      if (left !== undefined && left.from > begun.from) await commit(left.from, left.before());
    } catch (error) {
      left = undefined;
      throw error;
    } finally {
      // Unless all went well the next try begins with what is written down.
      if (left === undefined) partitions.forget(partition);
    }
    if (leaving !== undefined) throw leaving;
  };

  return {
    all,
    giveUp() {
      gaveUp = true;
      giveUp();
    },
  };
}
