import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * How far the journal is stored, as positions (bytes since its first record ever). What lies before `from` is stored; the
 * records from `from` to `to` were handed over as one batch and may be stored: after a crash they are handed over as that
 * same batch, so that its deduplication token is the same. Equal when nothing is on its way.
 */
export interface Cursor {
  readonly from: number;
  readonly to: number;
}

const NAME = 'cursor.json';

/** Undefined when there is none yet, or one that says nothing. */
export async function readCursor(directory: string): Promise<Cursor | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, NAME), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { from, to } = JSON.parse(text) as Cursor;
    return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to ? { from, to } : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces it as a whole: a process that is killed leaves the old one or the new one. */
export async function writeCursor(directory: string, cursor: Cursor): Promise<void> {
  const next = join(directory, `${NAME}.next`);
  await writeFile(next, JSON.stringify(cursor));
  await rename(next, join(directory, NAME));
}
