import { parseArgs } from 'node:util';
import { compareAt } from './compare.ts';
import { tableOf } from './table.ts';

/**
 * Compares the detector with what others page by, on simulated traffic, and prints a table for each rate:
 * npm run simulate -- --rate 6,60,600 --seeds 6. Deterministic by the number of seeds.
 */

const { values } = parseArgs({
  options: {
    /** Attempts a minute of the whole site in working hours. */
    rate: { type: 'string', default: '6,60,600' },
    /** Sites of each kind of run: each is six weeks to learn and four that count. */
    seeds: { type: 'string', default: '6' },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const rates = values.rate.split(',').map(Number);
const seeds = Number(values.seeds);
if (!Number.isInteger(seeds) || seeds < 1 || rates.some((rate) => !(rate > 0 && rate <= 6000))) {
  process.stderr.write(
    '--rate takes numbers from above 0 to 6000, separated by commas; --seeds a whole number from 1.\n',
  );
  process.exitCode = 2;
} else {
  for (const rate of rates) print(`${tableOf(compareAt(rate, seeds))}\n`);
}
