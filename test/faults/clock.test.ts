import { describe } from 'vitest';
import { testFaults } from './holds.ts';
import { clockSteps } from './scenes/clock.ts';

describe('the clock steps: what was taken is stored, once, and every call is listed', () => {
  testFaults([clockSteps], { rounds: 1, awayMs: 3000 });
});
