import type { Config } from '../config/config.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { reasonOf } from '../runtime/reason.ts';
import type { SourceState } from '../runtime/source.ts';
import type { Bus } from './bus.ts';
import { createJournalBus } from './journal/bus.ts';
import type { KafkaReceiver } from './kafka/receiver.ts';
import type { KafkaSender } from './kafka/sender.ts';

/** The ways of events through this process, as its roles need them. */
export interface Ways {
  /** Where sources publish to: the journal. Only with the role of a collector. */
  readonly into?: Bus;
  /** Where the indexer reads from. Only with its role. */
  readonly outOf?: Pick<Bus, 'subscribe'>;
  /** Of the brokers, where there are any. */
  states(): SourceState[];
  /** Resolves when all that was published, and of a topic all that is in it now, is stored; without an indexer here, sent. */
  drained(): Promise<void>;
  /** Stops taking and handing over. What is not on its way yet stays in the journal or the topic. Safe to call twice. */
  close(): Promise<void>;
}

/** About two seconds of what two cores store; beyond it TCP and ESL wait while the store works. */
export const BUS_CAPACITY = 60_000;
/** Rows wait this long for company: larger batches cost the engine less. */
export const BUS_LINGER_MS = 800;
/** On the way to a topic they wait for company there. */
const SEND_LINGER_MS = 200;

/**
 * @param lingerMs how long rows wait for company
 * @throws when the journal's directory cannot be made, read or written; brokers that are away are waited for
 */
export async function openWays(
  config: Config,
  metrics: Metrics,
  log: Log,
  lingerMs: () => number = () => BUS_LINGER_MS,
): Promise<Ways> {
  const say = (level: 'info' | 'error', sentence: string): void => log[level](sentence);
  const { kafka, roles, journal } = config;
  const { path, ...limits } = journal;
  const open = (lingers: () => number, complaint: string) =>
    createJournalBus({
      ...{ directory: path, limits, capacity: BUS_CAPACITY, lingerMs: lingers, metrics, say },
      onReject: (error) => log.error(`${complaint} and will be tried again: ${reasonOf(error)}`),
    });
  if (kafka === undefined) {
    if (!roles.includes('collector')) return { states: () => [], drained: async () => {}, close: async () => {} };
    const bus = await open(lingerMs, NOT_STORED);
    return { into: bus, outOf: bus, states: () => [], drained: bus.drained, close: bus.close };
  }

  // The library takes a tenth of a second to load: only those wait for it who have brokers.
  const [{ createKafkaClient }, { createKafkaReceiver }, { createKafkaSender }] = await Promise.all([
    import('./kafka/client.ts'),
    import('./kafka/receiver.ts'),
    import('./kafka/sender.ts'),
  ]);
  const client = createKafkaClient(kafka);
  const { topic, group, compression } = kafka;
  let into: Bus | undefined;
  let sender: KafkaSender | undefined;
  let receiver: KafkaReceiver | undefined;
  if (roles.includes('collector')) {
    const [bus, to] = [
      await open(() => SEND_LINGER_MS, 'a batch could not be sent to the brokers'),
      createKafkaSender({ client, topic, compression, metrics, say }),
    ];
    bus.subscribe(to.send);
    into = bus;
    sender = to;
  }
  if (roles.includes('indexer')) {
    const onReject = (error: unknown): void => log.error(`${NOT_STORED} and will be tried again: ${reasonOf(error)}`);
    receiver = createKafkaReceiver({ client, topic, group, lingerMs: BUS_LINGER_MS, metrics, say, onReject });
  }
  return {
    ...(into === undefined ? {} : { into }),
    ...(receiver === undefined ? {} : { outOf: receiver }),
    states: () => [sender, receiver].flatMap((one) => (one === undefined ? [] : [one.state()])),
    async drained() {
      await into?.drained();
      await receiver?.drained();
    },
    async close() {
      await into?.close();
      await sender?.close();
      await receiver?.close();
    },
  };
}

const NOT_STORED = 'a batch could not be stored';
