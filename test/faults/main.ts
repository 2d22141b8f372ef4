import { parseArgs } from 'node:util';
import { FAULTS } from './all.ts';
import { type Fault, problemsOf } from './fault.ts';
import { inDirectory } from './in-directory.ts';

/**
 * Tries faults against the real processes while messages come in, and checks every row of the store: what was promised is
 * there, once, and none out of the middle is missing. Prints the table that docs/reliability.md has.
 *
 *   npm run faults -- [--only NAME] [--rounds 50] [--away SECONDS] [--minutes N] [--seed 1] [--rate 2000]
 *
 * With --minutes all of it comes again, with other seeds, until the time is over.
 */

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '50' },
    away: { type: 'string', default: '600' },
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '2000' },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const unknown = values.only.filter((name) => !FAULTS.some((fault) => fault.name === name));
if (unknown.length > 0) {
  say(`There is no fault "${unknown.join(', ')}". There are: ${FAULTS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = FAULTS.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const until = Date.now() + Number(values.minutes) * 60_000;

async function tryFault(fault: Fault, seed: number): Promise<boolean> {
  const began = performance.now();
  const [rounds, rate, awayMs] = [Number(values.rounds), Number(values.rate), Number(values.away) * 1000];
  try {
    const result = await inDirectory((directory) => fault.run({ directory, seed, rate, rounds, awayMs }));
    const sum = (count: (run: (typeof result.runs)[number]) => number): number =>
      result.runs.reduce((all, run) => all + count(run), 0);
    const problems = problemsOf(result);
    const columns = [
      fault.name,
      sum(({ sent }) => sent),
      sum(({ promised }) => promised),
      sum(({ stored }) => stored?.rows ?? 0),
      result.lost,
      problems.length,
      Math.round((performance.now() - began) / 1000),
    ];
    say(`| ${columns.join(' | ')} |`);
    for (const problem of problems) say(`  seed ${seed}: ${problem}`);
    return problems.length === 0;
  } catch (error) {
    say(
      `| ${fault.name} | | | | | could not be tried | |\n  seed ${seed}: ${error instanceof Error ? error.stack : error}`,
    );
    return false;
  }
}

say('| fault | sent | promised | rows checked | lost | problems | seconds |\n|---|---|---|---|---|---|---|');
let good = true;
for (let seed = Number(values.seed); ; seed++) {
  for (const fault of chosen) good = (await tryFault(fault, seed)) && good;
  if (Date.now() >= until) break;
}
process.exitCode = good ? 0 : 1;
