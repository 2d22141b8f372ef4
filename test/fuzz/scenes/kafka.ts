import kafkajs, { type Producer } from 'kafkajs';
import { headerOf, RUN_HEADER, runsOf } from '../../../core/bus/kafka/run.ts';
import { below, garbage, oneOf, spoiled } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';

/** Messages in the topic that no collector of ours wrote, or that were damaged on the way. */
export function kafka(broker: string, topic: string): Fuzz {
  let producer: Producer | undefined;
  return {
    name: 'kafka',
    async round(_target, random) {
      if (producer === undefined) {
        producer = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING }).producer();
        await producer.connect();
      }
      const runs = runsOf(
        Array.from({ length: 5 }, (_, i) => ({
          ...{
            kind: 'unreadable',
            id: `fuzz${below(random, 1e9)}`,
            atUs: Date.now() * 1000,
            arrivedUs: Date.now() * 1000,
          },
          ...{ source: 'fuzz', peer: '', reason: `fuzz${i}`, bytes: garbage(random, 100) },
        })) as Parameters<typeof runsOf>[0],
        { journal: 'fuzz', from: below(random, 1e6) },
      );
      const messages = Array.from({ length: 40 }, () => {
        const run = oneOf(random, runs);
        const header = headerOf(run);
        return {
          value:
            random() < 0.1
              ? null
              : random() < 0.6
                ? spoiled(random, run.value, garbage(random, 80))
                : garbage(random, 300),
          headers:
            random() < 0.2
              ? {}
              : {
                  [RUN_HEADER]: random() < 0.7 ? header : spoiled(random, Buffer.from(header), Buffer.from('-1 9e9 x')),
                },
        };
      });
      await producer.send({ topic, messages });
    },
    close: async () => producer?.disconnect(),
  };
}
