import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { describe } from 'vitest';
import { freePort } from '../ports.ts';
import { type Program, startProgram } from '../program.ts';
import { until } from '../until.ts';

/** A Kafka broker in a process of its own (KRaft mode: it is its own controller), which keeps its data over a stop. */
export interface Broker {
  /** "host:port" */
  readonly address: string;
  /** Where it speaks TLS and asks for a password. */
  readonly securedAddress: string | undefined;
  start(): Promise<void>;
  /** In order, as by its service manager. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Partitions are made of topics with `partitions`. */
  createTopic(topic: string, partitions: number): Promise<void>;
  /** Whether a group has committed everything that is in a topic. */
  isRead(topic: string, group: string): Promise<boolean>;
  /** Stops it and forgets everything. */
  remove(): Promise<void>;
}

const version = /<kafka\.version>(.*)</.exec(readFileSync(join(import.meta.dirname, 'pom.xml'), 'utf8'))?.[1];
const JARS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'calltrail-tests', `kafka-${version}`);
const JVM = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}/*`];
const START_MS = 120_000;

/** `describe` for tests that need a broker; skipped where there is none, except in CI. */
export function needsBroker(): typeof describe | typeof describe.skip {
  const hasJava = spawnSync('java', ['-version'], { stdio: 'ignore' }).error === undefined;
  if (hasJava && existsSync(JARS)) return describe;
  if (process.env.CI !== undefined) throw new Error('no Kafka broker is installed, and in CI it has to be');
  return describe.skip;
}

/** Whom it lets in over TLS, by PLAIN and SCRAM, and the PEM file (key and certificate) that it shows them. */
export interface Secured {
  readonly pem: string;
  readonly username: string;
  readonly password: string;
}

const scramOf = (bits: string, { username, password }: Secured): string =>
  `SCRAM-SHA-${bits}=[name=${username},password=${password}]`;

function securedLines({ pem, username, password }: Secured, address: string): Readonly<Record<string, string>> {
  const login = 'org.apache.kafka.common.security';
  const scram = `${login}.scram.ScramLoginModule required;`;
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': pem,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.secured.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_${username}="${password}";`,
    'listener.name.secured.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.secured.scram-sha-512.sasl.jaas.config': scram,
    secured: `SECURED://${address}`,
  };
}

export async function startBroker(guarded?: Secured): Promise<Broker> {
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-kafka-'));
  const [port, controller] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
  const address = `127.0.0.1:${port}`;
  const securedAddress = guarded && `127.0.0.1:${await freePort('127.0.0.1')}`;
  const { secured = '', ...security } =
    guarded && securedAddress ? securedLines(guarded, securedAddress) : ({} as Record<string, string>);
  const behind = secured === '' ? '' : `,${secured}`;
  const properties = join(directory, 'server.properties');
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${address},CONTROLLER://127.0.0.1:${controller}${behind}`,
    'advertised.listeners': `PLAINTEXT://${address}${behind}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL',
    'log.dirs': join(directory, 'logs'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    ...security,
  };
  writeFileSync(
    properties,
    Object.entries(lines)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
  );
  const format = spawnSync('java', [
    ...JVM,
    ...['kafka.tools.StorageTool', 'format', '-t', '5L6g3nShT-eMCtK--X86sw', '-c', properties],
    ...(guarded === undefined ? [] : ['256', '512'].flatMap((bits) => ['--add-scram', scramOf(bits, guarded)])),
  ]);
  if (format.status !== 0) throw new Error(`the broker's directory: ${format.stderr}`);

  let program: Program | undefined;
  const client = new kafkajs.Kafka({ brokers: [address], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 0 } });
  const withAdmin = async <T>(work: (admin: ReturnType<typeof client.admin>) => Promise<T>): Promise<T> => {
    const admin = client.admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  };
  const broker: Broker = {
    address,
    securedAddress,
    async start() {
      const started = startProgram('java', [...JVM, 'kafka.Kafka', properties], { cwd: directory, stopMs: 30_000 });
      program = started;
      const isUp = async (): Promise<boolean> => {
        if (!started.isRunning()) throw new Error(`the broker ended:\n${started.output()}`);
        return withAdmin(async (admin) => (await admin.describeCluster()).brokers.length > 0).catch(() => false);
      };
      await until('the broker answers', isUp, { timeoutMs: START_MS, state: started.output });
    },
    stop: async () => program?.stop(),
    async kill() {
      program?.signal('SIGKILL');
      await program?.ended;
    },
    createTopic: (topic, partitions) =>
      withAdmin(async (admin) => {
        await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
      }),
    isRead: (topic, groupId) =>
      withAdmin(async (admin) => {
        const ends = await admin.fetchTopicOffsets(topic);
        const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
        const read = new Map(found?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        return ends.every(({ partition, high }) => Number(high) === 0 || (read.get(partition) ?? -1) >= Number(high));
      }),
    async remove() {
      await program?.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}
