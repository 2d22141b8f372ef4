import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../system/until.ts';
import { createSite } from '../calltrail-process.ts';
import type { Fault } from '../fault.ts';
import { LONG, sentOn, through } from '../through.ts';

/** A disk of its own, which takes a right that not every container has: without it this cannot be tried, and fails. */
async function onSmallDisk<T>(at: string, megabytes: number, work: () => Promise<T>): Promise<T> {
  mkdirSync(at, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', at], { encoding: 'utf8' });
  if (mounted.status !== 0) throw new Error(`a small disk could not be mounted (as root it can): ${mounted.stderr}`);
  try {
    return await work();
  } finally {
    spawnSync('umount', ['-l', at]);
  }
}

export const journalDiskFull: Fault = {
  name: 'journal-disk-full',
  what: 'the disk of the journal is full while the store stands still: senders wait, and go on when there is room again',
  async run({ directory, rate }) {
    const journal = join(directory, 'journal');
    return onSmallDisk(journal, 2, async () =>
      through(await createSite(directory, { path: journal }), { rate }, async ({ calltrail }) => {
        const engine = calltrail.enginePid();
        process.kill(engine, 'SIGSTOP');
        try {
          await until('the disk is full', () => calltrail.program.output().includes('ENOSPC'), LONG);
        } finally {
          process.kill(engine, 'SIGCONT');
        }
      }),
    );
  },
};

export const storeDiskFull: Fault = {
  name: 'store-disk-full',
  what: 'the disk of the store is full: it takes nothing until there is room again; the journal, on another one, takes all',
  async run({ directory, rate }) {
    const data = join(directory, 'data');
    return onSmallDisk(data, 96, async () =>
      through(
        await createSite(directory, { path: join(directory, 'journal') }),
        { rate },
        async ({ calltrail, sender }) => {
          const ballast = join(data, 'ballast');
          fill(ballast);
          const retries = (): Promise<number> => calltrail.counted('calltrail_bus_retries_total');
          await until('the store refuses rows', async () => (await retries()) > 1, {
            ...LONG,
            state: calltrail.program.output,
          });
          await sentOn(sender, rate);
          rmSync(ballast);
          await sentOn(sender, rate);
        },
      ),
    );
  },
};

/** To the last byte: what does not fit any more is what this is for. */
function fill(file: string): void {
  const megabyte = Buffer.alloc(1 << 20);
  for (const piece of [megabyte, Buffer.alloc(4096)]) {
    for (;;) {
      try {
        writeFileSync(file, piece, { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        break;
      }
    }
  }
}
