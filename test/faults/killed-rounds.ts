import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../replay/random.ts';
import { until } from '../system/until.ts';
import { createSite } from './calltrail-process.ts';
import { ledgerProblems } from './fault.ts';
import { connectSender } from './sender.ts';
import { readStored, type StoredRun } from './stored.ts';
import { LONG } from './through.ts';

export interface KilledRound {
  readonly sent: number;
  /** What the process said it had taken, just before it was killed. */
  readonly taken: number;
  readonly stored: StoredRun;
}

export interface KilledOptions {
  readonly directory: string;
  readonly rounds: number;
  readonly seed: number;
  readonly perSecond: number;
}

/** Starts, sends, kills at a random moment, starts again on what is left, and so on; then lets the last one end in order. */
export async function killedRounds({ directory, rounds, seed, perSecond }: KilledOptions) {
  const site = await createSite(directory);
  const random = createRandom(seed);
  const ran: Omit<KilledRound, 'stored'>[] = [];
  for (let round = 0; round < rounds; round++) {
    const calltrail = await site.start();
    const sender = await connectSender(site.hepPort, `round${round}`);
    sender.run(perSecond);
    await sleep(200 + random() * 2500);
    // Of a process that was started again only what it took itself.
    const taken = await calltrail.counted('calltrail_bus_taken_total');
    await calltrail.kill();
    await sender.stop();
    ran.push({ sent: sender.sent(), taken });
  }
  const last = await site.start();
  await until('what was left is stored', async () => (await last.counted('calltrail_bus_waiting_events')) === 0, LONG);
  const [lost, wrong] = [await last.counted('calltrail_lost_total'), await ledgerProblems(last)];
  await last.stop();
  const stored = await readStored(directory);
  const nothing: StoredRun = { rows: 0, distinct: 0, last: -1 };
  const checked = ran.map((one, round): KilledRound => ({ ...one, stored: stored.get(`round${round}`) ?? nothing }));
  return { rounds: checked, lost, wrong };
}
