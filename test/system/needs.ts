import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

/** With the place where Debian keeps servers, which is not in everybody's path. */
export const PROGRAM_ENV: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin` };

/**
 * `describe` for tests that run other programs. Where one is not installed they are skipped, except in CI: there a
 * missing program is a mistake in the CI, and the tests fail.
 */
export function needs(...programs: readonly string[]): typeof describe | typeof describe.skip {
  const missing = programs.filter(
    (program) => spawnSync(program, ['--version'], { env: PROGRAM_ENV, stdio: 'ignore' }).error,
  );
  if (missing.length === 0) return describe;
  const names = missing.join(', ');
  if (process.env.CI !== undefined) throw new Error(`not installed, and in CI it has to be: ${names}`);
  return describe.skip;
}
