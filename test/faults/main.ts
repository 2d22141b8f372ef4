import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killedRounds } from './killed-rounds.ts';

/**
 * Kills Calltrail at random moments while messages come in over TCP, as often as one likes, and checks after each that what
 * it said it had taken is stored, each message once and none out of the middle missing.
 *
 *   npm run faults -- [--rounds 50] [--seed 1] [--rate 2000]
 */

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '2000' },
  },
});
const directory = mkdtempSync(join(tmpdir(), 'calltrail-faults-'));
try {
  const options = {
    directory,
    rounds: Number(values.rounds),
    seed: Number(values.seed),
    perSecond: Number(values.rate),
  };
  const { rounds } = await killedRounds(options);
  let [sent, taken, rows, wrong] = [0, 0, 0, 0];
  for (const [number, round] of rounds.entries()) {
    const { stored } = round;
    sent += round.sent;
    taken += round.taken;
    rows += stored.rows;
    const isRight =
      stored.rows === stored.distinct && stored.distinct === stored.last + 1 && stored.distinct >= round.taken;
    if (isRight) continue;
    wrong += 1;
    process.stdout.write(
      `round ${number}: sent ${round.sent}, taken ${round.taken}, stored ${stored.rows} rows of ${stored.distinct} messages up to number ${stored.last}\n`,
    );
  }
  process.stdout.write(
    `faults: ${rounds.length} kills, ${sent} messages sent, ${taken} said to be taken, ${rows} rows stored and checked; ${wrong} rounds with a lost or a double one\n`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
