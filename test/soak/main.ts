import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CalltrailProcess, createSite } from '../faults/calltrail-process.ts';
import { inDirectory } from '../faults/in-directory.ts';
import { countMessages } from '../faults/stored.ts';
import { createRandom } from '../replay/random.ts';
import { until } from '../system/until.ts';
import type { SoakOrder, SoakSent } from './sender.ts';
import { growthOf, type Sample } from './steady.ts';

/**
 * Sends at half of what the product takes and puts together for ever for as long as one likes, with people who search
 * beside, and says whether memory, open files and lag stay as they are:
 * npm run soak -- [--minutes 20] [--rate 5500] [--searches 2] [--every 30]
 * Prints a line each time it looks, and in the end the same as JSON. Ends with 1 when something grows or is missing.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '5500' },
    searches: { type: 'string', default: '2' },
    every: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const [seconds, rate, searches, every] = [
  Number(values.minutes) * 60,
  Number(values.rate),
  Number(values.searches),
  Number(values.every),
];
/** Of the load: what a call is at least. */
const PACKETS_A_CALL = 6;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const megabytesOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
const filesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** People who look for the newest calls, for numbers and for one call, so many times a second. */
function startSearching({ get }: CalltrailProcess) {
  const random = createRandom(Number(values.seed));
  let [count, slowestMs, failed, stopped] = [0, 0, 0, false];
  const one = async (): Promise<void> => {
    const number = String(Math.floor(random() * 10_000)).padStart(4, '0');
    const paths = ['/api/search?limit=50', `/api/search?q=${number}`, '/metrics', '/api/search?q=%2B4930&limit=20'];
    const began = performance.now();
    const answer = await get(paths[Math.floor(random() * paths.length)]!);
    await answer.text();
    if (!answer.ok) failed += 1;
    count += 1;
    slowestMs = Math.max(slowestMs, performance.now() - began);
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await one().catch(() => {
        failed += 1;
      });
      await sleep(1000 / searches);
    }
  };
  const running = loop();
  return {
    look() {
      const seen = { searches: count, slowestSearchMs: Math.round(slowestMs) };
      slowestMs = 0;
      return seen;
    },
    failed: () => failed,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

await inDirectory(async (directory) => {
  const site = await createSite(directory);
  const calltrail = await site.start();
  const { counted } = calltrail;
  const sender = fork(join(import.meta.dirname, 'sender.ts'));
  let sent: SoakSent = { packets: 0, over: false };
  sender.on('message', (told: SoakSent) => {
    sent = told;
  });
  const order: SoakOrder = {
    ...{ port: site.hepPort, rate, seconds, seed: Number(values.seed) },
    ...{
      calls: Math.ceil((rate * seconds) / PACKETS_A_CALL) + 1000,
      startSec: Math.floor(Date.now() / 1000) - 60,
      spanSec: seconds + 120,
    },
  };
  sender.send(order);
  const people = startSearching(calltrail);
  const samples: Sample[] = [];
  const began = performance.now();
  let before = { sum: 0, count: 0 };

  const look = async (): Promise<Sample> => {
    const lag = {
      sum: await counted('calltrail_store_lag_seconds_sum'),
      count: await counted('calltrail_store_lag_seconds_count'),
    };
    const batches = lag.count - before.count;
    const lagSeconds = batches === 0 ? 0 : (lag.sum - before.sum) / batches;
    before = lag;
    const [engine, { pid }] = [calltrail.enginePid(), calltrail.program];
    return {
      ...{ seconds: Math.round((performance.now() - began) / 1000), sent: sent.packets },
      taken: await counted('calltrail_bus_taken_total'),
      stored: await counted('calltrail_bus_stored_total'),
      waiting: await counted('calltrail_bus_waiting_events'),
      lost: await counted('calltrail_lost_total'),
      lagSeconds: Math.round(lagSeconds * 100) / 100,
      linkerLagSeconds: Math.round(await counted('calltrail_linker_lag_seconds')),
      processMb: Math.round(megabytesOf(pid)),
      engineMb: Math.round(megabytesOf(engine)),
      files: filesOf(pid) + filesOf(engine),
      ...people.look(),
    };
  };

  say(
    'seconds |     sent |    taken |   stored | waiting | lost | lag s | linker lag s | MB | engine MB | files | searches | slowest ms',
  );
  while (!sent.over) {
    await sleep(Math.min(every, seconds / 8) * 1000);
    if (sent.over) break;
    const one = await look();
    samples.push(one);
    say(Object.values(one).join(' | '));
  }
  await people.stop();
  await until('all is stored', async () => (await counted('calltrail_bus_stored_total')) >= sent.packets, {
    timeoutMs: 300_000,
  });
  const lost = await counted('calltrail_lost_total');
  sender.disconnect();
  await calltrail.stop();
  const rows = await countMessages(directory);
  const growth = growthOf(samples);
  for (const { what, mean, growth: grew, bound, isSteady } of growth) {
    say(
      `${what}: ${mean.toFixed(1)} in the mean of the second half, grew by ${grew.toFixed(1)}, may grow by ${bound.toFixed(1)}: ${isSteady ? 'steady' : 'GROWS'}`,
    );
  }
  const reached = sent.packets / seconds;
  say(
    `sent ${sent.packets} (${Math.round(reached)} a second), ${rows} rows, ${lost} lost, ${people.failed()} searches failed`,
  );
  const isGood =
    growth.every(({ isSteady }) => isSteady) &&
    rows === sent.packets &&
    lost === 0 &&
    people.failed() === 0 &&
    reached > rate * 0.95;
  say(
    JSON.stringify({ options: { seconds, rate, searches }, samples, growth, sent: sent.packets, rows, lost, isGood }),
  );
  process.exitCode = isGood ? 0 : 1;
});
