import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the page into a folder of its own, which is the caller's to remove, and answers that folder. */
export async function buildPage(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'calltrail-page-'));
  // A process of its own: under the test runner's NODE_ENV the page would be built in development mode.
  const env = { ...process.env, NODE_ENV: 'production' };
  const vite = join(ROOT, 'node_modules/.bin/vite');
  await run(vite, ['build', 'web', '--outDir', directory, '--emptyOutDir', '--logLevel', 'warn'], { cwd: ROOT, env });
  return directory;
}
