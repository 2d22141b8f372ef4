import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Config } from '../../core/config/config.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { startEngine } from '../../core/store/embedded/process.ts';
import { openStore } from '../../core/store/open.ts';
import { startCalltrail, startProcess } from '../../main.ts';
import { type CalltrailProcess, createSite } from '../faults/calltrail-process.ts';
import { connectSender } from '../faults/sender.ts';
import { readRuns, readStored } from '../faults/stored.ts';
import { readRecording } from '../replay/recording.ts';
import { type TruthDeps, withReplayed } from '../truth/run.ts';
import { readTruth } from '../truth/truth-file.ts';
import { type Broker, needsBroker, startBroker } from './kafka/broker.ts';
import { until } from './until.ts';

const RATE = 1000;
const LONG = { timeoutMs: 180_000 };

needsBroker()('Calltrail with Kafka between collector and indexers', { timeout: 400_000 }, () => {
  let broker: Broker;
  let directory: string;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    broker = await startBroker();
  }, 180_000);
  afterAll(() => broker.remove());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'calltrail-kafka-'));
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    rmSync(directory, { recursive: true, force: true });
  }, 120_000);

  const kafka = async (topic: string, partitions: number) => {
    await broker.createTopic(topic, partitions);
    return { brokers: [broker.address], topic, group: topic };
  };
  const start = async (site: Awaited<ReturnType<typeof createSite>>): Promise<CalltrailProcess> => {
    const running = await site.start();
    ends.push(() => running.stop());
    return running;
  };

  test('an indexer of three is killed, and then the collector: what was taken is stored, once', async () => {
    const engine = await startEngine({ path: join(directory, 'data') }, silentLog);
    ends.push(() => engine.stop());
    const server = { kind: 'clickhouse', url: engine.url, username: 'default', password: engine.password } as const;
    // With its tables: processes that start together need not make them together.
    const store = await openStore(server, silentLog);
    ends.push(() => store.close());
    const topic = await kafka('three-indexers', 6);
    const more = { kafka: topic, store: server, roles: ['indexer'] };
    const sites = await Promise.all([1, 2, 3].map((n) => createSite(directory, {}, { name: `indexer${n}`, more })));
    const site = await createSite(
      directory,
      { path: join(directory, 'journal') },
      { name: 'collector', more: { kafka: topic, roles: ['collector'] } },
    );
    const [collector, ...indexers] = await Promise.all([site, ...sites].map(start));
    const stored = (one: CalltrailProcess): Promise<number> => one.counted('calltrail_kafka_stored_events_total');

    const first = await connectSender(site.hepPort, 'first');
    first.run(RATE);
    for (const one of indexers) await until('each indexer stores', async () => (await stored(one)) > 0, LONG);
    await indexers[0]!.kill();
    const from = first.sent();
    await until('more is sent', () => first.sent() > from + 2 * RATE, LONG);
    await first.stop();

    const second = await connectSender(site.hepPort, 'second');
    second.run(RATE);
    await until('more is sent', () => second.sent() > 2 * RATE, LONG);
    const taken = (await collector!.counted('calltrail_bus_taken_total')) - first.sent();
    await collector!.kill();
    await second.stop();
    const again = await start(site);
    const last = await connectSender(site.hepPort, 'last');
    last.run(RATE);
    await until('more is sent', () => last.sent() > RATE, LONG);
    await last.stop();

    const rows = async (): Promise<ReadonlyMap<string, { rows: number; distinct: number; last: number }>> =>
      readRuns(store);
    await until(
      'all of it is stored',
      async () => {
        const now = await rows();
        return (
          (now.get('first')?.distinct ?? 0) >= first.sent() &&
          (now.get('second')?.distinct ?? 0) >= taken &&
          (now.get('last')?.distinct ?? 0) >= last.sent()
        );
      },
      { ...LONG, state: () => [again, ...indexers].map(({ program }) => program.output()).join('\n') },
    );
    const lost = await Promise.all([again, ...indexers.slice(1)].map((one) => one.counted('calltrail_lost_total')));
    // In order: what the collector had taken and nobody had heard of is stored as well by then.
    for (const one of [again, ...indexers.slice(1)]) await one.stop();
    const runs = await rows();
    expect(lost).toEqual([0, 0, 0]);
    for (const { sent, name } of [
      { sent: first.sent(), name: 'first' },
      { sent: last.sent(), name: 'last' },
    ]) {
      expect({ name, ...runs.get(name) }).toEqual({ name, rows: sent, distinct: sent, last: sent - 1 });
    }
    const killed = runs.get('second')!;
    expect(killed.rows).toBe(killed.distinct);
    // What one connection brought is stored up to some message, and without a hole.
    expect(killed.distinct).toBe(killed.last + 1);
    expect(killed.distinct).toBeGreaterThanOrEqual(taken);
    expect(killed.distinct).toBeLessThanOrEqual(second.sent());
  });

  test('the broker is killed and started again: senders go on, and all is stored once', async () => {
    const site = await createSite(directory, {}, { more: { kafka: await kafka('broker-away', 3) } });
    const calltrail = await start(site);
    const stored = (): Promise<number> => calltrail.counted('calltrail_kafka_stored_events_total');
    const sender = await connectSender(site.hepPort, 'steady');
    sender.run(RATE);
    await until('messages are stored', async () => (await stored()) > 0, LONG);
    for (const away of ['kill', 'stop'] as const) {
      await broker[away]();
      const from = sender.sent();
      await until('the sender goes on', () => sender.sent() > from + 3 * RATE, LONG);
      await broker.start();
      const before = await stored();
      await until('messages are stored again', async () => (await stored()) > before + 3 * RATE, {
        ...LONG,
        state: calltrail.program.output,
      });
    }
    await sender.stop();
    const { output } = calltrail.program;
    await until(
      'all is taken',
      async () => (await calltrail.counted('calltrail_bus_taken_total')) >= sender.sent(),
      LONG,
    );
    await until('all is sent', async () => (await calltrail.counted('calltrail_bus_waiting_events')) === 0, LONG);
    await until('all is stored', () => broker.isRead('broker-away', 'broker-away'), { ...LONG, state: output });
    expect(await stored()).toBe(sender.sent());
    const lost = await calltrail.counted('calltrail_lost_total');
    await calltrail.stop();
    const sent = sender.sent();
    const runs = await readStored(directory);
    expect({ lost, ...runs.get('steady') }).toEqual({ lost: 0, rows: sent, distinct: sent, last: sent - 1 });
  });

  test('a call is the same, byte for byte, whether it came through the topic or not', async () => {
    const recording = await readRecording(`${import.meta.dirname}/../recordings/04-failover-fork`);
    const identifiers = readTruth(recording.truth).groups.flatMap((group) => group.identifiers);
    const answersOf = async (deps: TruthDeps, apiOf: (httpUrl: string) => string): Promise<string[]> =>
      withReplayed(recording, 'recorded', deps, {}, ({ httpUrl }) =>
        Promise.all(
          identifiers.map(async (one) => {
            const response = await fetch(`${apiOf(httpUrl)}/api/calls/${encodeURIComponent(one)}`);
            return response.text();
          }),
        ),
      );

    let api = '';
    const topic = await kafka('same-bytes', 3);
    /** Collector and the rest apart, as two processes are: a journal here, the store there, the topic between. */
    const apart = async (config: Config) => {
      const through = { ...config, kafka: { ...topic, clientId: 'test', compression: 'zstd' } } as const;
      const rest = await startProcess({ ...through, roles: ['indexer', 'linker', 'api'] }, silentLog);
      const collector = await startCalltrail({ ...through, roles: ['collector'] }, silentLog);
      api = rest.httpUrl;
      return {
        ...collector,
        async settled() {
          await collector.settled();
          await rest.settled();
        },
        async stop() {
          await collector.stop();
          await rest.stop();
        },
      };
    };
    const through = await answersOf({ start: apart }, () => api);
    const straight = await answersOf({ start: (config) => startCalltrail(config, silentLog) }, (httpUrl) => httpUrl);
    expect(straight.every((text) => text.includes('"outcome"'))).toBe(true);
    expect(through).toEqual(straight);
  });
});
