import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './errors.ts';
import type { Spooled } from './spool.ts';

/**
 * Rows on their way to the engine of this machine: the writer lays them into the spool's directory and names the file in
 * its request. Sent as a body they would be copied through a socket and the memory of the engine's process, which cost as
 * much as storing them.
 */

/** The request's header with the name of the file. */
export const ROWS_HEADER = 'x-calltrail-rows';
const NAME = /^[0-9a-f-]{36}\.rows$/;

/** Writes the pieces into a new file of the directory, and answers its name. */
export async function layRows(directory: string, pieces: readonly Buffer[]): Promise<string> {
  const name = `${randomUUID()}.rows`;
  // Whoever tidies up temporary directories does not know that this one is in use.
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, name);
  const file = await open(path, 'wx', 0o600);
  try {
    let left = pieces.reduce((sum, { length }) => sum + length, 0);
    for (let rest = [...pieces]; left > 0; ) {
      const { bytesWritten } = await file.writev(rest);
      left -= bytesWritten;
      rest = without(rest, bytesWritten);
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return name;
}

/** The rows that a request names. Throws {@link EngineError} for what is no name of a file there. */
export async function takeRows(directory: string, name: string): Promise<Spooled> {
  if (!NAME.test(name)) throw new EngineError(36, 'BAD_ARGUMENTS', 'the rows have no valid name');
  const file = join(directory, name);
  const { size } = await stat(file).catch(() => {
    throw new EngineError(107, 'FILE_DOESNT_EXIST', 'the rows are not there');
  });
  return { file, bytes: size, remove: () => rm(file, { force: true }) };
}

/** What is left of the pieces when so many bytes are written. */
function without(pieces: readonly Buffer[], bytes: number): Buffer[] {
  const rest = [...pieces];
  let skip = bytes;
  while (rest[0] !== undefined && skip >= rest[0].length) skip -= rest.shift()?.length ?? 0;
  if (rest[0] !== undefined && skip > 0) rest[0] = rest[0].subarray(skip);
  return rest;
}
