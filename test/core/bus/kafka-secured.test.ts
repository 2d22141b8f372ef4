import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKafkaClient } from '../../../core/bus/kafka/client.ts';
import { createKafkaReceiver } from '../../../core/bus/kafka/receiver.ts';
import { createKafkaSender } from '../../../core/bus/kafka/sender.ts';
import type { KafkaConfig } from '../../../core/config/config.ts';
import { type Broker, needsBroker, startBroker } from '../../system/kafka/broker.ts';
import { events } from './contract.ts';

needsBroker()('Kafka over TLS, with a password', { timeout: 60_000 }, () => {
  const username = 'calltrail';
  const password = 'S3cret-of-the-test';
  const directory = mkdtempSync(join(tmpdir(), 'calltrail-secured-'));
  const fixture = (name: string): string =>
    readFileSync(`${import.meta.dirname}/../../collector/hep/fixtures/${name}`, 'utf8');
  const ca = fixture('tls-cert.pem');
  const pem = join(directory, 'both.pem');
  let broker: Broker;
  beforeAll(async () => {
    writeFileSync(pem, fixture('tls-key.pem') + ca);
    broker = await startBroker({ pem, username, password });
  }, 180_000);
  afterAll(async () => {
    await broker.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const config = (topic: string, change: Partial<KafkaConfig>): KafkaConfig => ({
    ...{ brokers: [broker.securedAddress ?? ''], topic, group: topic, clientId: 'test', compression: 'none' },
    tls: { ca },
    ...change,
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('sends and reads by %s', async (mechanism) => {
    const client = createKafkaClient(config(mechanism, { sasl: { mechanism, username, password } }));
    const sender = createKafkaSender({ client, topic: mechanism });
    // Nobody has made the topic.
    await sender.send(events(0, 5), { journal: 'j', from: 0 });
    const receiver = createKafkaReceiver({ client, topic: mechanism, group: mechanism, lingerMs: 20 });
    const seen = Promise.withResolvers<unknown>();
    receiver.subscribe(async (batch) => seen.resolve(batch));
    expect(await seen.promise).toEqual(events(0, 5));
    await receiver.close();
    await sender.close();
  });

  test('says why it is not let in', async () => {
    const refused = { mechanism: 'scram-sha-256', username, password: 'wrong' } as const;
    for (const [change, why] of [
      [{ sasl: refused }, /authentication/i],
      [{ tls: {}, sasl: { ...refused, password } }, /certificate/i],
    ] as const) {
      const sender = createKafkaSender({ client: createKafkaClient(config('refused', change)), topic: 'refused' });
      await expect(sender.send(events(0, 1), { journal: 'j', from: 0 })).rejects.toThrow(why);
      expect(sender.state()).toMatchObject({
        name: 'kafka-send',
        state: 'connecting',
        detail: expect.stringMatching(why),
      });
      await sender.close();
    }
  });
});
