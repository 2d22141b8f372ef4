import { describe } from 'vitest';
import { testFaults } from './holds.ts';
import { engineKilled, storeHangs } from './scenes/engine.ts';
import { killed } from './scenes/killed.ts';
import { deliveredTwice } from './scenes/twice.ts';

describe('a process ends or hangs: what was taken is stored, once', () => {
  testFaults([killed, engineKilled, storeHangs, deliveredTwice], { rounds: 3, awayMs: 3000 });
});
