import { describe } from 'vitest';
import { testFaults } from './holds.ts';
import { journalDiskFull, storeDiskFull } from './scenes/disk.ts';
import { replyLost, storeAway } from './scenes/network.ts';

describe('the store is away or a disk full: what was taken is stored, once', () => {
  testFaults([storeAway, replyLost, journalDiskFull, storeDiskFull], { rounds: 2, awayMs: 3000 });
});
