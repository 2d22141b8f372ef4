import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../system/until.ts';
import { createSite } from '../calltrail-process.ts';
import type { Fault } from '../fault.ts';
import { sentOn, through } from '../through.ts';

export const engineKilled: Fault = {
  name: 'engine-killed',
  what: 'kill -9 of the embedded engine, twice',
  run: async ({ directory, rate }) =>
    through(await createSite(directory), { rate }, async ({ calltrail }) => {
      for (let i = 0; i < 2; i++) {
        const engine = calltrail.enginePid();
        process.kill(engine, 'SIGKILL');
        await until('the engine is back', () => {
          const now = calltrail.enginePid();
          return now > 0 && now !== engine;
        });
        await sleep(500);
      }
    }),
};

export const storeHangs: Fault = {
  name: 'store-hangs',
  what: 'the embedded engine stands still (SIGSTOP) for so long; senders go on',
  run: async ({ directory, rate, awayMs }) =>
    through(await createSite(directory), { rate }, async ({ calltrail, sender }) => {
      const engine = calltrail.enginePid();
      process.kill(engine, 'SIGSTOP');
      const from = sender.sent();
      try {
        await sentOn(sender, Math.floor((awayMs / 1000) * rate));
        const taken = await calltrail.counted('calltrail_bus_taken_total');
        if (taken <= from) throw new Error('nothing was taken while the store stood still');
      } finally {
        process.kill(engine, 'SIGCONT');
      }
    }),
};
