import { describe } from 'vitest';
import { testFaults } from './holds.ts';
import { rolesKilled } from './scenes/roles.ts';

describe('of several processes one ends: what was taken is stored, once', () => {
  testFaults([rolesKilled], { rounds: 1, awayMs: 3000 });
});
