import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../replay/random.ts';
import { startBroker } from '../../system/kafka/broker.ts';
import { until } from '../../system/until.ts';
import { createCluster, type Member } from '../cluster.ts';
import { type CheckedRun, type Fault, ledgerProblems } from '../fault.ts';
import { callsBegun, connectSender, type NumberedSender } from '../sender.ts';
import { startServerStore } from '../server-store.ts';
import { countListed } from '../stored.ts';
import { LONG, sentOn } from '../through.ts';

const ROLES = ['collector', 'indexer', 'linker', 'api'] as const;

/** One sender's way until the collector that it spoke to was killed, or to the end. */
interface Leg {
  readonly sender: NumberedSender;
  /** What the collector had taken of it; all when nobody killed it. */
  promised: number;
}

export const rolesKilled: Fault = {
  name: 'roles-killed',
  what: 'kill -9 of a collector, an indexer, the linker and the api at random moments, each a process of its own with Kafka between',
  async run({ directory, rate, rounds, seed }) {
    const random = createRandom(seed);
    const broker = await startBroker();
    const server = await startServerStore(directory);
    const cluster = await createCluster(directory, { broker, server, topic: 'roles-killed', partitions: 4 });
    try {
      const members = new Map<string, Member>();
      for (const role of ROLES) {
        const linker = { quietSeconds: 1, intervalSeconds: 1 };
        members.set(role, await cluster.start(role, [role], { linker }));
      }
      const second = await cluster.start('indexer2', ['indexer']);
      const of = (role: string): Member => members.get(role)!;
      const legs: Leg[] = [];
      const connect = async (): Promise<Leg> => {
        const sender = await connectSender(of('collector').site.hepPort, `leg${legs.length}`);
        sender.run(rate);
        const leg = { sender, promised: 0 };
        legs.push(leg);
        return leg;
      };

      let leg = await connect();
      for (let round = 0; round < rounds; round++) {
        for (const role of ROLES) {
          await sleep(200 + random() * 1500);
          if (role === 'collector') {
            // The counter is the process's own: what it took before came over this very connection.
            leg.promised = await of(role).calltrail.counted('calltrail_bus_taken_total');
          }
          await of(role).kill();
          if (role === 'collector') await leg.sender.stop();
          members.set(role, await of(role).again());
          if (role === 'collector') leg = await connect();
        }
      }
      await sentOn(leg.sender, rate);
      await leg.sender.stop();
      leg.promised = leg.sender.sent();

      const output = (): string =>
        cluster
          .running()
          .map(({ calltrail }) => calltrail.program.output())
          .join('\n');
      const wait = { ...LONG, state: output };
      const collector = of('collector').calltrail;
      await until(
        'all is taken',
        async () => (await collector.counted('calltrail_bus_taken_total')) === leg.promised,
        wait,
      );
      await until('all is sent', async () => (await collector.counted('calltrail_bus_waiting_events')) === 0, wait);
      await until('all is stored', () => broker.isRead(cluster.topic, cluster.topic), wait);
      const stored = await server.read();
      const begun = [...stored.values()].reduce((calls, { distinct }) => calls + callsBegun(distinct), 0);
      await until('all calls are listed', async () => (await countListed(server.store)) >= begun, wait);
      const listed = await countListed(server.store);
      const answers = (await of('api').calltrail.get('/api/search?limit=1')).ok;
      const lost = await Promise.all(
        [...members.values(), second].map((one) => one.calltrail.counted('calltrail_lost_total')),
      );
      const runs: CheckedRun[] = legs.map(({ sender, promised }) => ({
        ...{ name: sender.name, sent: sender.sent(), promised },
        stored: stored.get(sender.name),
      }));
      return {
        runs,
        lost: lost.reduce((sum, one) => sum + one, 0),
        wrong: [
          ...(await ledgerProblems(collector)),
          ...(listed === begun ? [] : [`${begun} calls began, ${listed} are listed`]),
          ...(answers ? [] : ['the api does not answer']),
        ],
      };
    } finally {
      await cluster.stop();
      await server.stop();
      await broker.remove();
    }
  },
};
