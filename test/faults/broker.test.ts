import { describe } from 'vitest';
import { testFaults } from './holds.ts';
import { brokerAway } from './scenes/broker.ts';

describe('the broker is away: what was taken is stored, once', () => {
  testFaults([brokerAway], { rounds: 1, awayMs: 3000 });
});
