import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Metrics } from '../../runtime/metrics.ts';
import type { SourceState } from '../../runtime/source.ts';
import { type Consume, type DeliveryOptions, pause } from '../deliver.ts';
import { reasonOf } from './client.ts';
import { createHandOver } from './hand-over.ts';
import { createReceiverMetrics } from './kafka-metrics.ts';
import { createPartitions } from './partitions.ts';
import { ensureTopic } from './topic.ts';

export interface KafkaReceiverOptions extends DeliveryOptions {
  readonly client: Kafka;
  readonly topic: string;
  /** Of all indexers of a site: each partition is read by one of them. */
  readonly group: string;
  /** Most events handed over at once; default 20 000. A message of the topic is not cut. */
  readonly maxBatch?: number;
  /** How long the broker waits for more before it answers; default 800. */
  readonly lingerMs?: number;
  /** How long close lets the store try to take what it has begun; default 10 000. */
  readonly closeMs?: number;
  /** After so long without a word from it another indexer takes over what this one read; default 15 000. */
  readonly sessionMs?: number;
  readonly metrics?: Metrics;
  /** Told, in a sentence, of what an operator should know. */
  readonly say?: (level: 'info' | 'error', sentence: string) => void;
}

/** Reads a topic for the indexer. */
export interface KafkaReceiver {
  /** As that of every bus: one batch at a time, each until it is taken. It begins to read. */
  subscribe(consume: Consume): void;
  /** Resolves when the group has stored everything that is in the topic now. */
  drained(): Promise<void>;
  state(): SourceState;
  /** Lets the batch that is on its way end, leaves the group. Safe to call twice. */
  close(): Promise<void>;
}

/** More than the largest batch takes. */
const FETCH_BYTES = 32 * 1024 * 1024;
/** So much is worth an insert: it is handed over without waiting for more. */
const ENOUGH_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 2000;
const LAG_MS = 5000;
const POLL_MS = 100;

/**
 * Each batch is written down, as its bounds, before it is handed over: whoever reads the partition next, after this process
 * was killed or has left, forms the same batch, its inserts have the same tokens, and the store drops what it has. That
 * commit is also the fence: a process that the group has given up is told so by it and hands nothing over any more.
 */
export function createKafkaReceiver(options: KafkaReceiverOptions): KafkaReceiver {
  const { client, topic, group, maxBatch = 20_000, lingerMs = 800, closeMs = 10_000 } = options;
  const { sessionMs = 15_000, metrics, say = () => {} } = options;
  const admin: Admin = client.admin();
  const partitions = createPartitions({
    admin,
    topic,
    group,
    maxBatch,
    say,
    lost: (n) => counters.dropped('expired', n),
  });
  const counters = createReceiverMetrics(metrics, { waiting: partitions.waiting, lag: partitions.lag });
  let closing: Promise<void> | undefined;
  let running: Promise<void> = Promise.resolve();
  let consumer: Consumer | undefined;
  let trouble: string | undefined = 'not connected yet';
  let lastMs = 0;
  let ended = Promise.withResolvers<unknown>();
  let endPause = () => {};
  let consume: Consume | undefined;
  const handOver = createHandOver({ ...options, topic, partitions, counters, isClosing: () => closing !== undefined });

  const read = async (take: Consume): Promise<unknown> => {
    ended = Promise.withResolvers();
    await admin.connect();
    await ensureTopic(admin, topic);
    const one = client.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      heartbeatInterval: Math.floor(sessionMs / 5),
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES,
      minBytes: ENOUGH_BYTES,
      maxWaitTimeInMs: lingerMs,
      allowAutoTopicCreation: false,
      // What it ends by is told here, and a new one begins afresh.
      retry: { restartOnFailure: async () => false },
    });
    consumer = one;
    one.on('consumer.crash', ({ payload }) => ended.resolve(payload.error));
    one.on('consumer.group_join', ({ payload }) => {
      const own = payload.memberAssignment[topic] ?? [];
      partitions.assigned(own);
      counters.joined();
      trouble = undefined;
      say('info', own.length === 0 ? `no partition of ${topic} is left for this process` : `reads ${topic} ${own}`);
    });
    await one.connect();
    await one.subscribe({ topic, fromBeginning: true });
    await one.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      async eachBatch(payload: EachBatchPayload) {
        lastMs = Date.now();
        const { partition } = payload.batch;
        await handOver.all(take, payload, (offset) => one.seek({ topic, partition, offset: String(offset) }));
      },
    });
    return ended.promise;
  };

  const run = async (take: Consume): Promise<void> => {
    while (closing === undefined) {
      const why = await read(take).catch((error: unknown) => error);
      if (closing !== undefined) return;
      trouble = reasonOf(why);
      counters.failed();
      say('error', `the topic cannot be read and will be tried again: ${trouble}`);
      partitions.assigned([]);
      await leave();
      await pause(RETRY_MS, (end) => {
        endPause = end;
      });
    }
  };

  const leave = async (): Promise<void> => {
    const left = consumer;
    consumer = undefined;
    // A broker that is away cannot be told goodbye.
    await left?.disconnect().catch(() => {});
  };

  let looking = false;
  const look = async (): Promise<void> => {
    if (looking || trouble !== undefined) return;
    looking = true;
    // A broker that does not answer is seen by those who read: the lag stays what it was.
    await partitions.lookForLag().catch(() => {});
    looking = false;
  };
  const lagTimer = setInterval(() => void look(), LAG_MS).unref();

  const close = async (): Promise<void> => {
    clearInterval(lagTimer);
    const timer = setTimeout(handOver.giveUp, closeMs);
    endPause();
    await leave();
    ended.resolve(undefined);
    await running;
    await leave();
    clearTimeout(timer);
    await admin.disconnect();
  };

  return {
    subscribe(take) {
      if (consume !== undefined) throw new Error('the topic has a consumer already');
      consume = take;
      running = run(take);
    },
    async drained() {
      await admin.connect();
      const ends = await partitions.ends();
      while (closing === undefined && !(await partitions.areStored(ends))) {
        await pause(POLL_MS, (end) => {
          endPause = end;
        });
      }
    },
    state: () => ({
      name: 'kafka-read',
      state: trouble === undefined ? 'up' : 'connecting',
      detail: trouble === undefined ? `reads topic ${topic} in group ${group}` : `the topic is not read: ${trouble}`,
      lastSeenMs: lastMs,
    }),
    close: () => (closing ??= close()),
  };
}
