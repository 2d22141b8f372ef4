import type { Kafka, Producer } from 'kafkajs';
import { releaseFrame } from '../../frame/reader.ts';
import type { CaptureEvent } from '../../model/capture-event.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { SourceState } from '../../runtime/source.ts';
import type { BatchPlace } from '../journal/handover.ts';
import { COMPRESSION, reasonOf, refusalOf } from './client.ts';
import { createSenderMetrics } from './kafka-metrics.ts';
import { halvesOf, headerOf, RUN_HEADER, type Run, runsOf } from './run.ts';
import { ensureTopic } from './topic.ts';

export interface KafkaSenderOptions {
  readonly client: Kafka;
  readonly topic: string;
  readonly compression?: keyof typeof COMPRESSION;
  readonly metrics?: Metrics;
  /** Told, in a sentence, of what an operator should know. */
  readonly say?: (level: 'info' | 'error', sentence: string) => void;
}

/** Writes batches of a journal to a topic. */
export interface KafkaSender {
  /**
   * Resolves when every broker that has to have the batch has it. Rejects when that is not known: the same batch may be sent
   * again, and readers drop what they have of it. Takes over the memory of the batch's frames.
   */
  send(batch: readonly CaptureEvent[], place: BatchPlace): Promise<void>;
  state(): SourceState;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/**
 * What became of one batch: counted when all of it is over, as a batch comes
 * again as a whole when a part of it did not get there.
 */
interface Tally {
  events: number;
  bytes: number;
  tooLarge: number;
}

/** One request: brokers refuse more than 1,048,588 bytes of one partition unless told otherwise, compressed or not. */
const REQUEST_BYTES = 768 * 1024;

/**
 * A batch goes to one partition whole, which its place in the journal decides: neighbours in time stay together, so that
 * an indexer stores them in one piece, and the next batch goes elsewhere, so that all indexers have work. One request at a
 * time: a partition has the batches of one journal in order.
 */
export function createKafkaSender(options: KafkaSenderOptions): KafkaSender {
  const { client, topic, compression = 'none', metrics, say = () => {} } = options;
  const counters = createSenderMetrics(metrics);
  let producer: Promise<Producer> | undefined;
  let trouble: string | undefined;
  let lastMs = 0;

  const connect = async (): Promise<Producer> => {
    const admin = client.admin();
    try {
      await admin.connect();
      await ensureTopic(admin, topic);
    } finally {
      await admin.disconnect();
    }
    const connected = client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    await connected.connect();
    return connected;
  };

  /** Whatever state it is in, the next one begins afresh, with a producer id of its own. */
  const dropProducer = async (): Promise<void> => {
    const dropped = producer;
    producer = undefined;
    await dropped?.then(
      (connected) => connected.disconnect(),
      () => {},
    );
  };

  const write = async (to: Producer, key: string, runs: readonly Run[], tally: Tally): Promise<void> => {
    const messages = runs.map((run) => ({ key, value: run.value, headers: { [RUN_HEADER]: headerOf(run) } }));
    try {
      await to.send({ topic, acks: -1, compression: COMPRESSION[compression], messages });
      for (const run of runs) {
        tally.events += run.events;
        tally.bytes += run.value.length;
      }
    } catch (error) {
      if (!['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'].includes(refusalOf(error))) throw error;
      await writeLess(to, key, runs, tally);
    }
  };

  /** The broker takes less than is usual, or one event is larger than all that it takes. */
  const writeLess = async (to: Producer, key: string, runs: readonly Run[], tally: Tally): Promise<void> => {
    if (runs.length > 1) {
      for (const run of runs) await write(to, key, [run], tally);
      return;
    }
    const [run] = runs as [Run];
    const halves = halvesOf(run);
    if (halves !== undefined) {
      for (const half of halves) await write(to, key, [half], tally);
      return;
    }
    tally.tooLarge += run.events;
    say('error', `an event of ${run.value.length} bytes was given up: the broker takes no message of that size`);
  };

  return {
    async send(batch, place) {
      try {
        producer ??= connect();
        const to = await producer;
        const key = `${place.journal} ${place.from}`;
        const tally: Tally = { events: 0, bytes: 0, tooLarge: 0 };
        for (const request of requestsOf(runsOf(batch, place))) await write(to, key, request, tally);
        counters.sent(tally.events, tally.bytes);
        if (tally.tooLarge > 0) counters.lost('too_large', tally.tooLarge);
        if (trouble !== undefined) say('info', 'the broker takes events again');
        trouble = undefined;
        lastMs = Date.now();
      } catch (error) {
        trouble = reasonOf(error);
        counters.failed();
        await dropProducer();
        throw new Error(trouble, { cause: error });
      }
      for (const event of batch) if (event.kind === 'frame') releaseFrame(event);
    },
    state: () => ({
      name: 'kafka-send',
      state: trouble === undefined ? 'up' : 'connecting',
      detail: trouble === undefined ? `sends to topic ${topic}` : `the broker does not take events: ${trouble}`,
      lastSeenMs: lastMs,
    }),
    close: dropProducer,
  };
}

function requestsOf(runs: readonly Run[]): Run[][] {
  const requests: Run[][] = [];
  let room = 0;
  for (const run of runs) {
    if (room < run.value.length || requests.length === 0) {
      requests.push([]);
      room = REQUEST_BYTES;
    }
    requests.at(-1)!.push(run);
    room -= run.value.length;
  }
  return requests;
}
