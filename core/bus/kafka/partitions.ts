import type { Admin } from 'kafkajs';
import { type Gathered, gather } from './gathered.ts';
import { readPlace } from './place.ts';

/** The partitions that this process reads, and how far each of them is. */
export interface Partitions {
  /** The group has agreed anew on who reads what: whatever is known of any partition may be out of date. */
  assigned(partitions: readonly number[]): void;
  /** Rises with every agreement: what was begun under an earlier one is not committed any more. */
  agreement(): number;
  /** What is being gathered of a partition whose next message is the one at `offset`; where it is not, the offset of what is. */
  at(partition: number, offset: number): Promise<Gathered | number>;
  keep(partition: number, gathered: Gathered): void;
  forget(partition: number): void;
  /** Events that were read and are not stored. */
  waiting(): number;
  lag(): Iterable<readonly [partition: number, messages: number]>;
  lookForLag(): Promise<void>;
  /** The offset behind the last message of each partition of the topic. */
  ends(): Promise<ReadonlyMap<number, number>>;
  /** Whether the group has committed all that lies before. */
  areStored(ends: ReadonlyMap<number, number>): Promise<boolean>;
}

export interface PartitionsDeps {
  readonly admin: Admin;
  readonly topic: string;
  readonly group: string;
  readonly maxBatch: number;
  readonly say: (level: 'info' | 'error', sentence: string) => void;
  /** Messages are gone that nobody had read. */
  readonly lost: (messages: number) => void;
}

export function createPartitions({ admin, topic, group, maxBatch, say, lost }: PartitionsDeps): Partitions {
  let agreement = 0;
  let own: readonly number[] = [];
  const open = new Map<number, Gathered>();
  const highs = new Map<number, number>();
  const stored = new Map<number, number>();

  /** A connection that broke while nobody asked anything is noticed when somebody does. */
  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch {
      await admin.disconnect();
      await admin.connect();
      return ask();
    }
  };

  /** What the group wrote down last. */
  const committed = async (): Promise<Map<number, { readonly offset: number; readonly metadata: string | null }>> => {
    const [found] = await asked(() => admin.fetchOffsets({ groupId: group, topics: [topic] }));
    return new Map(
      (found?.partitions ?? []).map(({ partition, offset, metadata }) => [
        partition,
        { offset: Number(offset), metadata },
      ]),
    );
  };

  const offsets = () => asked(() => admin.fetchTopicOffsets(topic));

  const begin = async (partition: number, offset: number): Promise<Gathered | number> => {
    const { offset: from = -1, metadata } = (await committed()).get(partition) ?? {};
    // Of a partition that no one has read yet there is everything from its first message on.
    if (from < 0) return gather(offset, { to: offset, seen: new Map() }, maxBatch);
    const place = readPlace(metadata, from);
    if (offset <= from) return gather(from, place, maxBatch);
    // The library is ahead of what is stored; or the broker does not have it any more.
    const low = (await offsets()).find((one) => one.partition === partition)?.low;
    const first = Math.max(from, Number(low ?? 0));
    if (first < offset) return first;
    lost(offset - from);
    say(
      'error',
      `${offset - from} messages of partition ${partition} were deleted by the broker before they were read`,
    );
    return gather(offset, { ...place, to: Math.max(offset, place.to) }, maxBatch);
  };

  return {
    assigned(partitions) {
      agreement += 1;
      own = partitions;
      open.clear();
    },
    agreement: () => agreement,
    async at(partition, offset) {
      const known = open.get(partition);
      if (known !== undefined && known.to() === offset) return known;
      const begun = await begin(partition, offset);
      if (typeof begun === 'object') open.set(partition, begun);
      return begun;
    },
    keep: (partition, gathered) => void open.set(partition, gathered),
    forget: (partition) => void open.delete(partition),
    waiting: () => [...open.values()].reduce((sum, gathered) => sum + gathered.count(), 0),
    *lag() {
      for (const partition of own) {
        const high = highs.get(partition);
        const from = open.get(partition)?.from ?? stored.get(partition);
        if (high !== undefined && from !== undefined) yield [partition, Math.max(0, high - from)];
      }
    },
    async lookForLag() {
      for (const { partition, high } of await offsets()) highs.set(partition, Number(high));
      for (const [partition, { offset }] of await committed()) stored.set(partition, Math.max(0, offset));
    },
    async ends() {
      return new Map((await offsets()).map(({ partition, high }) => [partition, Number(high)]));
    },
    async areStored(ends) {
      const done = await committed();
      return [...ends].every(([partition, end]) => end === 0 || (done.get(partition)?.offset ?? -1) >= end);
    },
  };
}
