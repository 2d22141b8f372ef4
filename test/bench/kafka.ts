import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Consumer, ProduceAcks, Producer } from '@platformatic/kafka';
import kafkajs from 'kafkajs';
import { createKafkaClient } from '../../core/bus/kafka/client.ts';
import { createKafkaReceiver } from '../../core/bus/kafka/receiver.ts';
import { headerOf, RUN_HEADER, type Run, runsOf } from '../../core/bus/kafka/run.ts';
import { createKafkaSender } from '../../core/bus/kafka/sender.ts';
import { countAll, type PacketFrame } from '../../core/model/capture-event.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { createIntake } from '../collector/hep/helpers.ts';
import { startBroker } from '../system/kafka/broker.ts';
import { packetsOf } from './load/packets.ts';
import { percentile } from './measured.ts';

/**
 * What it costs to send packets through a topic and to read them again, with kafkajs and with @platformatic/kafka: the same
 * messages, requests and broker, one after the other, as only ratios of one run mean anything. Then the product's own
 * sender and receiver, compressions included, and what a connection costs that is idle. Needs what the system tests need
 * (test/system/install.sh).
 *
 *   node test/bench/kafka.ts [--calls 6000] [--rounds 3]
 */

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '6000' }, rounds: { type: 'string', default: '3' } },
});
const load = { seed: 1, calls: Number(values.calls), startSec: Math.floor(Date.now() / 1000) - 900, spanSec: 1800 };
const metrics = createMetrics();
const intake = createIntake({}, metrics, { source: 'bench', trustSenderClock: true });
const frames: PacketFrame[] = [];
const take = (): void => void frames.push(...intake.take().filter((event) => event.kind === 'frame'));
for (const packet of packetsOf(load, { packets: 0, bytes: 0, dialogs: 0 })) {
  intake.read(packet, Date.now() * 1000, '192.0.2.1', 9060);
  if (intake.full()) take();
}
take();
const packets = countAll(frames);
const BATCH = 20;
const batches = Array.from({ length: Math.ceil(frames.length / BATCH) }, (_, i) =>
  frames.slice(i * BATCH, (i + 1) * BATCH),
);
const runs = runsOf(frames, { journal: 'bench', from: 0 });
const bytes = runs.reduce((sum, { value }) => sum + value.length, 0);
/** Three messages of 256 KB a request, as the product sends them. */
const REQUEST = 3;
const requests: Run[][] = [];
for (let i = 0; i < runs.length; i += REQUEST) requests.push(runs.slice(i, i + REQUEST));

const cpuSince = (from: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(from);
  return (((user + system) / 1e6) * 1e6) / packets;
};

const broker = await startBroker();
let made = 0;
const newTopic = async (): Promise<string> => {
  const topic = `bench-${made++}`;
  await broker.createTopic(topic, 1);
  return topic;
};

/** CPU seconds of this process per million packets. */
interface Cost {
  readonly produce: number;
  readonly consume: number;
}

const FETCH = 32 * 1024 * 1024;

async function withKafkajs(topic: string): Promise<Cost> {
  const client = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let from = process.cpuUsage();
  for (const request of requests) {
    const messages = request.map((run) => ({ key: 'k', value: run.value, headers: { [RUN_HEADER]: headerOf(run) } }));
    await producer.send({ topic, acks: -1, messages });
  }
  const produce = cpuSince(from);
  await producer.disconnect();
  const consumer = client.consumer({ groupId: topic, maxBytesPerPartition: FETCH, maxBytes: FETCH });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  from = process.cpuUsage();
  const all = Promise.withResolvers<void>();
  let read = 0;
  await consumer.run({
    autoCommit: false,
    async eachBatch({ batch }) {
      for (const { value } of batch.messages) read += value?.length ?? 0;
      if (read >= bytes) all.resolve();
    },
  });
  await all.promise;
  const consume = cpuSince(from);
  await consumer.disconnect();
  return { produce, consume };
}

async function withPlatformatic(topic: string): Promise<Cost> {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [broker.address] });
  let from = process.cpuUsage();
  for (const request of requests) {
    const messages = request.map((run) => ({
      ...{ topic, key: Buffer.from('k'), value: run.value },
      headers: new Map([[Buffer.from(RUN_HEADER), Buffer.from(headerOf(run))]]),
    }));
    await producer.send({ messages, acks: ProduceAcks.ALL, idempotent: true });
  }
  const produce = cpuSince(from);
  await producer.close();
  const consumer = new Consumer({ clientId: 'bench', groupId: topic, bootstrapBrokers: [broker.address] });
  from = process.cpuUsage();
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false, maxBytes: FETCH });
  let read = 0;
  for await (const { value } of stream) {
    read += (value as Buffer).length;
    if (read >= bytes) break;
  }
  const consume = cpuSince(from);
  await consumer.close(true);
  return { produce, consume };
}

async function withProduct(topic: string, compression: 'none' | 'gzip' | 'zstd'): Promise<Cost> {
  const config = { brokers: [broker.address], clientId: 'bench', topic, group: topic, compression } as const;
  const client = createKafkaClient(config);
  const sender = createKafkaSender({ client, topic, compression });
  // It gives the memory of frames back.
  const own = batches.map((batch) => batch.map((frame) => ({ ...frame, bytes: Buffer.from(frame.bytes) })));
  let from = process.cpuUsage();
  let position = 0;
  for (const batch of own) {
    await sender.send(batch, { journal: 'bench', from: position });
    position += 1e6;
  }
  const produce = cpuSince(from);
  await sender.close();
  const receiver = createKafkaReceiver({ client, topic, group: topic });
  from = process.cpuUsage();
  const all = Promise.withResolvers<void>();
  let read = 0;
  receiver.subscribe(async (batch) => {
    read += countAll(batch);
    if (read >= packets) all.resolve();
  });
  await all.promise;
  const consume = cpuSince(from);
  await receiver.close();
  return { produce, consume };
}

/** Of a second in which nothing is sent. */
async function idle(topic: string): Promise<number> {
  const client = createKafkaClient({
    ...{ brokers: [broker.address], clientId: 'bench', topic, group: topic, compression: 'none' },
  });
  const receiver = createKafkaReceiver({ client, topic, group: topic });
  receiver.subscribe(async () => {});
  await sleep(5000);
  const from = process.cpuUsage();
  await sleep(10_000);
  const { user, system } = process.cpuUsage(from);
  await receiver.close();
  return (user + system) / 1e7;
}

const ways: Readonly<Record<string, (topic: string) => Promise<Cost>>> = {
  kafkajs: withKafkajs,
  '@platformatic/kafka': withPlatformatic,
  'the product': (topic) => withProduct(topic, 'none'),
  'the product, zstd': (topic) => withProduct(topic, 'zstd'),
  'the product, gzip': (topic) => withProduct(topic, 'gzip'),
};
const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  say(`${packets} packets in ${runs.length} messages of ${Math.round(bytes / runs.length / 1024)} KB`);
  const costs = new Map<string, Cost[]>(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, way] of Object.entries(ways)) costs.get(name)!.push(await way(await newTopic()));
  }
  say('CPU s per million packets, median of the rounds      send    read');
  for (const [name, rounds] of costs) {
    const median = (of: (cost: Cost) => number): string => percentile(rounds.map(of), 50).toFixed(2).padStart(7);
    say(`${name.padEnd(46)} ${median(({ produce }) => produce)} ${median(({ consume }) => consume)}`);
  }
  say(`a reader without work: ${((await idle(await newTopic())) * 100).toFixed(1)} % of a core`);
} finally {
  await broker.remove();
}
