import { expect, test } from 'vitest';
import { type Fault, problemsOf } from './fault.ts';
import { inDirectory } from './in-directory.ts';

const SEED = 11;
const RATE = 1000;

/** A test a fault: what was promised is stored, once, and what is lost is 0. Whatever it needs is there, or it fails. */
export function testFaults(faults: readonly Fault[], { rounds, awayMs }: { rounds: number; awayMs: number }): void {
  for (const fault of faults) {
    test(`${fault.name}: ${fault.what}`, { timeout: 300_000 }, async () => {
      const options = { seed: SEED, rate: RATE, rounds, awayMs };
      const result = await inDirectory((directory) => fault.run({ ...options, directory }));
      expect(problemsOf(result), `with seed ${SEED}`).toEqual([]);
    });
  }
}
