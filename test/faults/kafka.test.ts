import { describe } from 'vitest';
import { testFaults } from './holds.ts';
import { brokerAway } from './scenes/broker.ts';
import { rolesKilled } from './scenes/roles.ts';

describe('with Kafka a process or the broker ends: what was taken is stored, once', () => {
  testFaults([rolesKilled, brokerAway], { rounds: 1, awayMs: 3000 });
});
