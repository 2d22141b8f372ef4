import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/**
 * `describe` for tests that run another program. Where it is not installed they are skipped, except in CI: there a
 * missing program is a mistake in the CI, and the tests fail.
 */
export function needs(program: string): typeof describe | typeof describe.skip {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (found) return describe;
  if (process.env.CI !== undefined) throw new Error(`"${program}" is not installed, and in CI it has to be`);
  return describe.skip;
}
