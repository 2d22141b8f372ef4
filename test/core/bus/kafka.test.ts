import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Bus } from '../../../core/bus/bus.ts';
import { createJournalBus } from '../../../core/bus/journal/bus.ts';
import { createKafkaClient } from '../../../core/bus/kafka/client.ts';
import {
  createKafkaReceiver,
  type KafkaReceiver,
  type KafkaReceiverOptions,
} from '../../../core/bus/kafka/receiver.ts';
import { createKafkaSender, type KafkaSender, type KafkaSenderOptions } from '../../../core/bus/kafka/sender.ts';
import type { CaptureEvent } from '../../../core/model/capture-event.ts';
import { createMetrics, type Metrics } from '../../../core/runtime/metrics.ts';
import { type Broker, needsBroker, startBroker } from '../../system/kafka/broker.ts';
import { busContract, events } from './contract.ts';

const WAIT = { timeout: 40_000, interval: 50 };
const idsOf = (some: readonly CaptureEvent[]): string[] => some.map(({ id }) => id);

needsBroker()('Kafka between collector and indexer', { timeout: 90_000 }, () => {
  let broker: Broker;
  let made = 0;
  const base = mkdtempSync(join(tmpdir(), 'calltrail-kafka-'));
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    broker = await startBroker();
  }, 180_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
    await broker.remove();
    rmSync(base, { recursive: true, force: true });
  });

  const client = () =>
    createKafkaClient({
      ...{ brokers: [broker.address], clientId: 'test', topic: 'unused', group: 'unused', compression: 'none' },
    });
  const newTopic = async (partitions = 1): Promise<string> => {
    const topic = `topic-${made++}`;
    await broker.createTopic(topic, partitions);
    return topic;
  };
  const send = (topic: string, more: Partial<KafkaSenderOptions> = {}): KafkaSender => {
    const sender = createKafkaSender({ client: client(), topic, ...more });
    ends.push(sender.close);
    return sender;
  };
  const receive = (topic: string, more: Partial<KafkaReceiverOptions> = {}): KafkaReceiver => {
    const options = { client: client(), topic, group: topic, lingerMs: 20, retryMs: 5, closeMs: 20, sessionMs: 6000 };
    const receiver = createKafkaReceiver({ ...options, ...more });
    ends.push(receiver.close);
    return receiver;
  };
  const lostOf = async (metrics: Metrics): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^calltrail_lost_total\{/.test(line));
  const numberOf = async (metrics: Metrics, name: string): Promise<number> => {
    const lines = (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  /** Journal, topic and reader as one bus. */
  const whole = async ({ capacity, maxBatch }: { capacity: number; maxBatch: number }): Promise<Bus> => {
    const topic = await newTopic();
    const journal = await createJournalBus({ directory: join(base, topic), capacity, maxBatch, retryMs: 5 });
    const sender = createKafkaSender({ client: client(), topic });
    journal.subscribe(sender.send);
    const receiver = createKafkaReceiver({ client: client(), topic, group: topic, maxBatch, lingerMs: 20, retryMs: 5 });
    let reads = false;
    const drained = async (): Promise<void> => {
      await journal.drained();
      await receiver.drained();
    };
    const close = async (): Promise<void> => {
      await journal.close();
      if (reads) await receiver.drained();
      await sender.close();
      await receiver.close();
    };
    let closing: Promise<void> | undefined;
    return {
      publish: journal.publish,
      room: journal.room,
      drained,
      subscribe(consume) {
        receiver.subscribe(consume);
        reads = true;
      },
      close: () => (closing ??= close()),
    };
  };
  busContract('the topic', whole, { waitsForStore: false });

  test.each(['none', 'gzip', 'zstd'] as const)('carries events under compression %s', async (compression) => {
    const topic = await newTopic();
    const seen: CaptureEvent[] = [];
    receive(topic).subscribe(async (batch) => void seen.push(...batch));
    await send(topic, { compression }).send(events(0, 300), { journal: 'j', from: 0 });
    await vi.waitFor(() => expect(seen).toEqual(events(0, 300)), WAIT);
  });

  test('hands the batch that was on its way when a reader ended to the next one as the same batch', async () => {
    const topic = await newTopic();
    const sender = send(topic);
    for (let i = 0; i < 40; i += 4) await sender.send(events(i, 4), { journal: 'j', from: i * 100 });
    const before: string[][] = [];
    const stuck = Promise.withResolvers<void>();
    const first = receive(topic, { maxBatch: 8 });
    first.subscribe(async (batch) => {
      before.push(idsOf(batch));
      if (before.length < 3) return;
      stuck.resolve();
      throw new Error('the store does not say whether it has it');
    });
    await stuck.promise;
    await first.close();
    for (let i = 40; i < 60; i += 4) await sender.send(events(i, 4), { journal: 'j', from: i * 100 });
    const after: string[][] = [];
    // Were the batch formed anew it would be larger.
    receive(topic, { maxBatch: 1000 }).subscribe(async (batch) => void after.push(idsOf(batch)));
    await vi.waitFor(() => expect(after.flat()).toContain(events(59, 1)[0]!.id), WAIT);
    expect(after[0]).toEqual(before[2]);
    expect([...before.slice(0, 2).flat(), ...after.flat()]).toEqual(idsOf(events(0, 60)));
  });

  test('drops what a collector sends again, also when another reader has the partition by then', async () => {
    const topic = await newTopic();
    const metrics = createMetrics();
    const place = { journal: 'again', from: 64 };
    await send(topic).send(events(0, 20), place);
    const first: string[] = [];
    const one = receive(topic);
    one.subscribe(async (batch) => void first.push(...idsOf(batch)));
    await vi.waitFor(() => expect(first).toHaveLength(20), WAIT);
    await one.drained();
    await one.close();
    const sender = send(topic);
    await sender.send(events(0, 20), place);
    await sender.send(events(20, 5), { journal: 'again', from: 6400 });
    const second: string[] = [];
    receive(topic, { metrics }).subscribe(async (batch) => void second.push(...idsOf(batch)));
    await vi.waitFor(() => expect(second.length).toBeGreaterThanOrEqual(5), WAIT);
    expect(second).toEqual(idsOf(events(20, 5)));
    const repeated = (): Promise<number> => numberOf(metrics, 'calltrail_kafka_repeated_events_total');
    await vi.waitFor(async () => expect(await repeated()).toBe(20), WAIT);
  });

  test('skips what is damaged or of another program, and counts it', async () => {
    const topic = await newTopic();
    const metrics = createMetrics();
    const producer = client().producer();
    await producer.connect();
    const header = { 'calltrail-run': '1 foreign 0 3 7' };
    await producer.send({
      topic,
      messages: [{ value: 'hello' }, { value: Buffer.alloc(100, 7), headers: header }, { key: 'k', value: null }],
    });
    await producer.disconnect();
    await send(topic).send(events(0, 3), { journal: 'j', from: 0 });
    const seen: string[] = [];
    receive(topic, { metrics }).subscribe(async (batch) => void seen.push(...idsOf(batch)));
    await vi.waitFor(() => expect(seen).toEqual(idsOf(events(0, 3))), WAIT);
    await vi.waitFor(async () => expect(await numberOf(metrics, 'calltrail_kafka_stored_events_total')).toBe(3), WAIT);
    expect((await lostOf(metrics)).sort()).toEqual([
      'calltrail_lost_total{stage="kafka",reason="damaged"} 7',
      'calltrail_lost_total{stage="kafka",reason="unreadable"} 2',
    ]);
  });

  test('gives the broker less at once when it takes less, and gives up an event that is larger than all it takes', async () => {
    const topic = await newTopic();
    const admin = client().admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: topic, configEntries: [{ name: 'max.message.bytes', value: '20000' }] }],
    });
    await admin.disconnect();
    const metrics = createMetrics();
    const huge = events(50, 1).map((event) => ({ ...event, text: 'x'.repeat(50_000) }));
    const batch = [...events(0, 50), ...huge, ...events(51, 150)];
    await send(topic, { metrics }).send(batch, { journal: 'j', from: 0 });
    const seen: string[] = [];
    receive(topic).subscribe(async (some) => void seen.push(...idsOf(some)));
    await vi.waitFor(() => expect(seen).toHaveLength(200), WAIT);
    expect(seen).toEqual(idsOf([...events(0, 50), ...events(51, 150)]));
    expect(await lostOf(metrics)).toEqual(['calltrail_lost_total{stage="kafka",reason="too_large"} 1']);
  });

  test('shares partitions among readers that come and go, and each event is handed over once', async () => {
    const topic = await newTopic(4);
    const sender = send(topic);
    const seen: string[] = [];
    const readers: KafkaReceiver[] = [];
    const busy = new Set<number>();
    const join = (): void => {
      const number = readers.length;
      const reader = receive(topic, { maxBatch: 50, closeMs: 10_000 });
      reader.subscribe(async (batch) => {
        seen.push(...idsOf(batch));
        busy.add(number);
        await new Promise((resolve) => setImmediate(resolve));
      });
      readers.push(reader);
    };
    let sent = 0;
    const more = async (batches: number): Promise<void> => {
      for (let i = 0; i < batches; i++, sent += 10) {
        await sender.send(events(sent, 10), { journal: 'j', from: sent * 100 });
      }
    };
    join();
    await more(20);
    join();
    await vi.waitFor(async () => {
      await more(4);
      expect(busy.size).toBe(2);
    }, WAIT);
    await readers[0]!.close();
    await more(20);
    await vi.waitFor(() => expect(new Set(seen).size).toBe(sent), WAIT);
    expect(seen).toHaveLength(sent);
  });

  test('says how many messages of each partition are not stored yet', async () => {
    const topic = await newTopic();
    const metrics = createMetrics();
    const sender = send(topic);
    const gate = Promise.withResolvers<void>();
    receive(topic, { metrics }).subscribe(() => gate.promise);
    for (let i = 0; i < 6; i++) await sender.send(events(i, 1), { journal: 'j', from: i * 100 });
    const lag = (): Promise<number> => numberOf(metrics, 'calltrail_kafka_lag_messages{partition="0"}');
    await vi.waitFor(async () => expect(await lag()).toBe(6), WAIT);
    gate.resolve();
    await vi.waitFor(async () => expect(await lag()).toBe(0), WAIT);
  });
});
