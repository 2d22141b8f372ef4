import { parseArgs } from 'node:util';
import { fuzzes } from './all.ts';
import { shoot } from './shoot.ts';

/**
 * Is hostile to a Calltrail for as long as one likes: npm run fuzz -- [--minutes 60] [--seed N] [--only NAME]…
 * Prints its seed, what the process holds every minute, and what was wrong.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const chosen = fuzzes().filter(({ name }) => values.only.length === 0 || values.only.includes(name));
say(`seed ${values.seed}: ${chosen.map(({ name }) => name).join(', ')}`);
const { wrong, rounds } = await shoot(chosen, { seed: Number(values.seed), seconds: Number(values.minutes) * 60, say });
for (const problem of wrong) say(problem);
say(`fuzz: ${rounds} rounds, ${wrong.length} wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
