import { expect, test } from 'vitest';
import { inDirectory } from '../faults/in-directory.ts';
import { startBroker } from '../system/kafka/broker.ts';
import { fuzzes } from './all.ts';
import { kafka } from './scenes/kafka.ts';
import { shoot } from './shoot.ts';

const SEED = 11;

test('whatever is sent to any listener or address: nothing crashes, leaks or stalls, and neighbours are served', {
  timeout: 400_000,
}, async () => {
  const { wrong, rounds } = await shoot(fuzzes(), { seed: SEED, seconds: 15 });
  expect(wrong).toEqual([]);
  expect(rounds).toBeGreaterThan(30);
});

test('whatever lies in the topic: it is counted, and what lies behind it is stored', { timeout: 400_000 }, () =>
  inDirectory(async () => {
    const broker = await startBroker();
    try {
      await broker.createTopic('fuzz', 1);
      const more = { kafka: { brokers: [broker.address], topic: 'fuzz', group: 'fuzz' } };
      const { wrong } = await shoot([kafka(broker.address, 'fuzz')], { seed: SEED, seconds: 5, more });
      expect(wrong).toEqual([]);
    } finally {
      await broker.remove();
    }
  }),
);
