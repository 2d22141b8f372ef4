import { parseArgs } from 'node:util';
import { checkSeed } from './property.ts';

/**
 * Checks the property of the join over many generated days: node test/generate/run.ts --seeds 200 --calls 100.
 * One line for each failing seed and its first failures, one line in all; exit code 1 when any failed.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    calls: { type: 'string', default: '100' },
    /** The first seed, to repeat one that failed. */
    from: { type: 'string', default: '1' },
  },
});

const SHOWN = 10;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const [seeds, calls, from] = [Number(values.seeds), Number(values.calls), Number(values.from)];
const total = { calls: 0, sightings: 0, asked: 0, found: 0, expected: 0, failed: 0, failures: 0 };
const startedMs = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  const result = await checkSeed(seed, calls);
  total.calls += result.calls;
  total.sightings += result.sightings;
  total.asked += result.asked;
  total.found += result.found;
  total.expected += result.expected;
  total.failures += result.failures.length;
  if (result.failures.length === 0) continue;
  total.failed++;
  print(`seed ${seed} (${result.weather}): ${result.failures.length} failures`);
  for (const failure of result.failures.slice(0, SHOWN)) print(`  ${failure}`);
}
print(
  `total  ${seeds} seeds, ${total.calls} calls, ${total.sightings} sightings, ${total.asked} identifiers asked, ` +
    `${total.expected} expected, ${total.found} found, ${total.failures} failures in ${total.failed} seeds, ` +
    `${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
);
process.exitCode = total.failed === 0 ? 0 : 1;
