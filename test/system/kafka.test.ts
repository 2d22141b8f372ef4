import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startCalltrail } from '../../calltrail.ts';
import type { Config } from '../../core/config/config.ts';
import { silentLog } from '../../core/runtime/log.ts';
import type { Store } from '../../core/store/store.ts';
import { createCluster } from '../faults/cluster.ts';
import { inDirectory } from '../faults/in-directory.ts';
import { connectSender } from '../faults/sender.ts';
import { startServerStore } from '../faults/server-store.ts';
import { OF_SENDERS, readRuns } from '../faults/stored.ts';
import { type Recording, readRecording } from '../replay/recording.ts';
import { withReplayed } from '../truth/run.ts';
import { readTruth } from '../truth/truth-file.ts';
import { startBroker } from './kafka/broker.ts';
import { until } from './until.ts';

const RATE = 1000;
const TOPIC = 'three-indexers';
const RECORDINGS = ['05-transfer-hold'];
const FOR_EVER = { messages: 0, events: 0, logs: 0, identifiers: 0 };
/** All that is derived from what was seen. When it came, and when it was written, is of the one time that it came. */
const TABLES = ['messages', 'events', 'logs', 'edges', 'identifiers', 'births'];

/** One of each call. */
const identifiersOf = (recording: Recording): string[] =>
  readTruth(recording.truth, { uniqueids: recording.ami.length > 0 }).groups.flatMap(
    ({ identifiers: [one] }) => one ?? [],
  );

async function answersOf(httpUrl: string, identifiers: readonly string[]): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const one of identifiers) {
    const paths = ['', '/ladder', '/legs', '/steps'].map((part) => `/api/calls/${encodeURIComponent(one)}${part}`);
    const texts = await Promise.all(paths.map(async (path) => (await fetch(`${httpUrl}${path}`)).text()));
    for (const [i, path] of paths.entries()) answers[path] = texts[i]!;
  }
  return answers;
}

/** Every row as a reader sees it, but for those of the load that goes on beside. */
async function rowsOf(store: Store, table: string): Promise<string[]> {
  const rows = await store.select(`SELECT * EXCEPT arrived FROM ${table} FINAL ORDER BY ALL`, {}, { maxSeconds: 60 });
  return rows.map((row) => JSON.stringify(row)).filter((text) => !text.includes('faults.example'));
}

test(
  'of three indexers one is killed and a fourth joins: nothing is lost or doubled, and calls and rows are those of one process, byte for byte',
  { timeout: 600_000 },
  () =>
    inDirectory(async (directory) => {
      const broker = await startBroker();
      const [apart, together] = [
        await startServerStore(`${directory}/apart`),
        await startServerStore(`${directory}/one`),
      ];
      const cluster = await createCluster(directory, { broker, server: apart, topic: TOPIC, partitions: 6 });
      try {
        const more = { store: { ...apart.config, retention: FOR_EVER }, correlation: { guesses: true } };
        const start = (name: string) => cluster.start(name, ['indexer'], more);
        const [taking, front, ...indexers] = await Promise.all([
          cluster.start('collector', ['collector']),
          cluster.start('front', ['linker', 'api'], more),
          ...['indexer1', 'indexer2', 'indexer3'].map(start),
        ]);
        const load = await connectSender(taking.site.hepPort, 'load');
        load.run(RATE);
        for (const { calltrail } of indexers) {
          const stored = (): Promise<number> => calltrail.counted('calltrail_kafka_stored_events_total');
          await until('each indexer stores', async () => (await stored()) > 0, { timeoutMs: 60_000 });
        }

        const recordings = await Promise.all(
          RECORDINGS.map((name) => readRecording(`${import.meta.dirname}/../recordings/${name}`)),
        );
        const isRead = (): Promise<boolean> => broker.isRead(TOPIC, TOPIC);
        const kafka = {
          brokers: [broker.address],
          topic: TOPIC,
          group: TOPIC,
          clientId: 'test',
          compression: 'zstd',
        } as const;
        /** One more collector: what it hears goes to the same topic. */
        const collector = (config: Config) => startCalltrail({ ...config, kafka, roles: ['collector'] }, silentLog);
        const play = async (): Promise<void> => {
          for (const recording of recordings)
            await withReplayed(recording, 'recorded', { start: collector }, {}, async () => {});
        };
        const harm = async (): Promise<void> => {
          await sleep(700);
          await indexers[0]!.kill();
          await sleep(700);
          await start('indexer4');
        };
        await Promise.all([play(), harm()]);
        await load.stop();
        await taking.stop();
        await until('all is stored', isRead, {
          timeoutMs: 120_000,
          state: () =>
            cluster
              .running()
              .map(({ calltrail }) => calltrail.program.output())
              .join('\n'),
        });
        const through: Record<string, string> = {};
        for (const one of recordings) Object.assign(through, await answersOf(front.site.httpUrl, identifiersOf(one)));
        const lost = await Promise.all(
          cluster.running().map(({ calltrail }) => calltrail.counted('calltrail_lost_total')),
        );

        // One process is to be alone with the machine.
        await cluster.stop();

        const straight: Record<string, string> = {};
        const alone = (config: Config) =>
          startCalltrail({ ...config, store: together.config as Config['store'] }, silentLog);
        for (const one of recordings) {
          const answer = await withReplayed(one, 'recorded', { start: alone }, {}, ({ httpUrl }) =>
            answersOf(httpUrl, identifiersOf(one)),
          );
          Object.assign(straight, answer);
        }

        expect(lost.every((count) => count === 0)).toBe(true);
        const sent = load.sent();
        expect((await readRuns(apart.store, OF_SENDERS)).get('load')).toEqual({
          rows: sent,
          distinct: sent,
          last: sent - 1,
        });
        expect(Object.values(straight).filter((text) => text.includes('"outcome"')).length).toBeGreaterThan(10);
        expect(through).toEqual(straight);
        for (const table of TABLES) {
          const rows = await rowsOf(together.store, table);
          expect(rows.length, table).toBeGreaterThan(0);
          expect(await rowsOf(apart.store, table), table).toEqual(rows);
        }
      } finally {
        await cluster.stop();
        await apart.stop();
        await together.stop();
        await broker.remove();
      }
    }),
);
