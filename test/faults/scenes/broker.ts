import { startBroker } from '../../system/kafka/broker.ts';
import { until } from '../../system/until.ts';
import { createSite } from '../calltrail-process.ts';
import type { Fault } from '../fault.ts';
import { LONG, sentOn, through } from '../through.ts';

const TOPIC = 'broker-away';

export const brokerAway: Fault = {
  name: 'broker-away',
  what: 'kill -9 of the broker, then an orderly stop, each time started again; senders go on',
  async run({ directory, rate }) {
    const broker = await startBroker();
    try {
      await broker.createTopic(TOPIC, 3);
      const kafka = { brokers: [broker.address], topic: TOPIC, group: TOPIC };
      const site = await createSite(directory, {}, { more: { kafka } });
      let stored = 0;
      const result = await through(
        site,
        {
          rate,
          async stored({ calltrail, sender }) {
            stored = await calltrail.counted('calltrail_kafka_stored_events_total');
            return (await calltrail.counted('calltrail_bus_stored_total')) >= sender.sent() && stored >= sender.sent();
          },
        },
        async ({ calltrail, sender }) => {
          const read = (): Promise<number> => calltrail.counted('calltrail_kafka_stored_events_total');
          for (const away of ['kill', 'stop'] as const) {
            await broker[away]();
            await sentOn(sender, 3 * rate);
            await broker.start();
            const before = await read();
            const goesOn = async (): Promise<boolean> => (await read()) > before + 3 * rate;
            await until('messages are stored again', goesOn, { ...LONG, state: calltrail.program.output });
          }
        },
      );
      const sent = result.runs[0]?.sent;
      const wrong = stored === sent ? [] : [`${sent} messages sent, ${stored} counted as stored from the topic`];
      return { ...result, wrong: [...(result.wrong ?? []), ...wrong] };
    } finally {
      await broker.remove();
    }
  },
};
