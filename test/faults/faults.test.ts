import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../system/until.ts';
import { type CalltrailProcess, createSite, type Site } from './calltrail-process.ts';
import { killedRounds } from './killed-rounds.ts';
import { connectSender } from './sender.ts';
import { readStored } from './stored.ts';

const RATE = 2000;

const mountSmallDisk = (at: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', at]).status === 0;

const canMount = ((): boolean => {
  const at = mkdtempSync(join(tmpdir(), 'calltrail-mount-'));
  try {
    return mountSmallDisk(at) && spawnSync('umount', [at]).status === 0;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
})();

describe('when something breaks, what was taken is stored, once', { timeout: 240_000 }, () => {
  let directory: string;
  let running: CalltrailProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'calltrail-faults-'));
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (site: Site): Promise<CalltrailProcess> => {
    running = await site.start();
    return running;
  };

  /** Sends while `harm` happens; stops in order; answers what was sent and what is stored. */
  const through = async (site: Site, harm: (calltrail: CalltrailProcess, sent: () => number) => Promise<void>) => {
    const calltrail = await start(site);
    const sender = await connectSender(site.hepPort, 'steady');
    sender.run(RATE);
    await until('messages are stored', async () => (await calltrail.counted('calltrail_bus_stored_total')) > 0);
    await harm(calltrail, sender.sent);
    await sender.stop();
    await until(
      'all of them are stored',
      async () => (await calltrail.counted('calltrail_bus_stored_total')) >= sender.sent(),
      { timeoutMs: 120_000, state: calltrail.program.output },
    );
    const lost = await calltrail.counted('calltrail_lost_total');
    await calltrail.stop();
    return { sent: sender.sent(), lost, stored: (await readStored(directory)).get('steady') };
  };

  test('the process is killed at any moment, again and again', async () => {
    const { rounds } = await killedRounds({ directory, rounds: 5, seed: 11, perSecond: RATE });
    for (const { taken, sent, stored } of rounds) {
      expect(stored.rows).toBe(stored.distinct);
      // What one connection brought is stored up to some message, and without a hole.
      expect(stored.distinct).toBe(stored.last + 1);
      expect(stored.distinct).toBeGreaterThanOrEqual(taken);
      expect(stored.distinct).toBeLessThanOrEqual(sent);
    }
    expect(rounds.some(({ taken }) => taken > 0)).toBe(true);
  });

  test('the engine of the store is killed', async () => {
    const site = await createSite(directory);
    const { sent, lost, stored } = await through(site, async (calltrail) => {
      for (let i = 0; i < 2; i++) {
        const engine = calltrail.enginePid();
        process.kill(engine, 'SIGKILL');
        await until('the engine is back', () => {
          const now = calltrail.enginePid();
          return now > 0 && now !== engine;
        });
        await sleep(500);
      }
    });
    expect({ lost, ...stored }).toEqual({ lost: 0, rows: sent, distinct: sent, last: sent - 1 });
  });

  test('the store hangs: senders are not slowed down, and all is stored when it answers again', async () => {
    const site = await createSite(directory);
    const { sent, lost, stored } = await through(site, async (calltrail, sentSoFar) => {
      const engine = calltrail.enginePid();
      process.kill(engine, 'SIGSTOP');
      const from = sentSoFar();
      await until('the sender goes on', () => sentSoFar() > from + 3 * RATE);
      const taken = await calltrail.counted('calltrail_bus_taken_total');
      process.kill(engine, 'SIGCONT');
      expect(taken).toBeGreaterThan(from);
    });
    expect({ lost, ...stored }).toEqual({ lost: 0, rows: sent, distinct: sent, last: sent - 1 });
  });

  // A small disk is one that is mounted, which takes a right that not every container has.
  test.runIf(canMount)(
    'the disk of the journal is full: senders wait, and go on when there is room again',
    async () => {
      const journal = join(directory, 'journal');
      mkdirSync(journal);
      expect(mountSmallDisk(journal)).toBe(true);
      try {
        const site = await createSite(directory, { path: journal });
        const { sent, lost, stored } = await through(site, async (calltrail) => {
          const engine = calltrail.enginePid();
          process.kill(engine, 'SIGSTOP');
          await until('the disk is full', () => calltrail.program.output().includes('ENOSPC'));
          process.kill(engine, 'SIGCONT');
        });
        expect({ lost, ...stored }).toEqual({ lost: 0, rows: sent, distinct: sent, last: sent - 1 });
      } finally {
        await running?.stop();
        spawnSync('umount', [journal]);
      }
    },
  );
});
