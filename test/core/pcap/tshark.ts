import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs tshark over a capture and returns one row per frame, with all values of each field joined by commas. */
export function tsharkFields<F extends string>(
  capture: Buffer,
  fields: readonly F[],
  ...more: string[]
): Record<F, string>[] {
  const folder = mkdtempSync(join(tmpdir(), 'calltrail-tshark-'));
  try {
    const file = join(folder, 'capture');
    writeFileSync(file, capture);
    const args = ['-n', '-r', file, '-T', 'fields', '-E', 'separator=/t', ...fields.flatMap((field) => ['-e', field])];
    const out = execFileSync('tshark', [...args, ...more], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
    return out
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const values = line.split('\t');
        return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? ''])) as Record<F, string>;
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
