import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../system/until.ts';
import { createSite } from '../calltrail-process.ts';
import type { Fault } from '../fault.ts';
import { callsBegun } from '../sender.ts';
import { startServerStore } from '../server-store.ts';
import { countListed } from '../stored.ts';
import { LONG, sentOn, through } from '../through.ts';

/** Debian's package faketime: asked for the time it answers with another one, which a file can change at any moment. */
const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';

/** Ahead of the right time, in minutes, one after the other: small and large ones, forth and back, more than a journal's age. */
const STEPS = [90, -5, 10 * 24 * 60, -5 * 60, 60];

export const clockSteps: Fault = {
  name: 'clock-steps',
  what: 'the clock steps by minutes, hours and days, forth and back, while Calltrail runs; an hour back while it does not',
  async run({ directory, rate }) {
    if (!existsSync(LIBRARY)) throw new Error(`the clock cannot be stepped: ${LIBRARY} is missing (package faketime)`);
    const clock = join(directory, 'clock');
    const step = (minutes: number): void => writeFileSync(clock, `${minutes < 0 ? '-' : '+'}${Math.abs(minutes)}m\n`);
    step(0);
    const env = {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_CACHE_DURATION: '1',
      // A step of the clock is none of the time that passes.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
    const server = await startServerStore(directory);
    try {
      const more = { store: server.config, linker: { quietSeconds: 1, intervalSeconds: 1 } };
      const site = await createSite(directory, { path: join(directory, 'journal') }, { env, more });
      let begun = 0;
      const run = (name: string, minutes: readonly number[]) =>
        through(site, { rate, name, read: server.read }, async ({ calltrail, sender }) => {
          for (const one of minutes) {
            step(one);
            // So long the library believes what it read.
            await sleep(1500);
            await sentOn(sender, rate);
          }
          await sender.stop();
          begun += callsBegun(sender.sent());
          await until('calls are listed', async () => (await countListed(server.store)) >= begun, {
            ...LONG,
            state: calltrail.program.output,
          });
        });
      const first = await run('stepping', STEPS);
      const second = await run('started', [0]);
      const listed = await countListed(server.store);
      return {
        runs: [...first.runs, ...second.runs],
        lost: first.lost + second.lost,
        wrong: [
          ...(first.wrong ?? []),
          ...(second.wrong ?? []),
          ...(listed === begun ? [] : [`${begun} calls began, ${listed} are listed`]),
        ],
      };
    } finally {
      await server.stop();
    }
  },
};
