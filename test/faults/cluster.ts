import { join } from 'node:path';
import type { Role } from '../../core/config/config.ts';
import type { Broker } from '../system/kafka/broker.ts';
import { type CalltrailProcess, createSite, type Site } from './calltrail-process.ts';
import type { ServerStore } from './server-store.ts';

/** Processes of one role each, with a topic between them and a server behind them. */
export interface Cluster {
  readonly topic: string;
  /** Starts one, which is stopped with the others. */
  start(name: string, roles: readonly Role[], more?: Readonly<Record<string, unknown>>): Promise<Member>;
  /** Those that run, by their name. */
  running(): readonly Member[];
  stop(): Promise<void>;
}

export interface Member {
  readonly name: string;
  readonly site: Site;
  readonly calltrail: CalltrailProcess;
  /** kill -9. */
  kill(): Promise<void>;
  /** The same again, on what it left. */
  again(): Promise<Member>;
  stop(): Promise<void>;
}

export async function createCluster(
  directory: string,
  { broker, server, topic, partitions }: { broker: Broker; server: ServerStore; topic: string; partitions: number },
): Promise<Cluster> {
  await broker.createTopic(topic, partitions);
  const running = new Set<Member>();
  const run = async (name: string, site: Site): Promise<Member> => {
    const calltrail = await site.start();
    const member: Member = {
      ...{ name, site, calltrail },
      async kill() {
        running.delete(member);
        await calltrail.kill();
      },
      again: () => run(name, site),
      async stop() {
        running.delete(member);
        await calltrail.stop();
      },
    };
    running.add(member);
    return member;
  };
  return {
    topic,
    async start(name, roles, more = {}) {
      const kafka = { brokers: [broker.address], topic, group: topic };
      const journal = { path: join(directory, `journal-${name}`) };
      return run(
        name,
        await createSite(directory, journal, { name, more: { kafka, store: server.config, roles, ...more } }),
      );
    },
    running: () => [...running],
    async stop() {
      // In the direction of the events: what one has taken the next one is there for.
      for (const member of running) await member.stop();
    },
  };
}
