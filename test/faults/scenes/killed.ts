import type { Fault } from '../fault.ts';
import { killedRounds } from '../killed-rounds.ts';

export const killed: Fault = {
  name: 'killed',
  what: 'kill -9 of the whole of Calltrail at a random moment, started again on what was left, and so on',
  async run({ directory, rounds, seed, rate }) {
    const { rounds: all, lost, wrong } = await killedRounds({ directory, rounds, seed, perSecond: rate });
    return {
      ...{ lost, wrong },
      runs: all.map(({ sent, taken, stored }, i) => ({ name: `round${i}`, sent, promised: taken, stored })),
    };
  },
};
