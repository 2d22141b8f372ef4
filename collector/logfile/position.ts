import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stableId } from '../../core/model/id.ts';

/**
 * How far a log file was read. The file is known by its first bytes, as rotation changes its name and a copy its inode;
 * a log begins with times to the microsecond, so two files that begin alike hold the same lines.
 */
export interface Position {
  readonly ino: string;
  /** How many of the first bytes were compared, at most {@link MARK_BYTES}, and their hash. */
  readonly markLength: number;
  readonly mark: string;
  readonly offset: number;
}

export const MARK_BYTES = 1024;

export const markOf = (start: Buffer): string => createHash('sha1').update(start).digest('hex');

/** Where the position of one file is kept. */
export interface PositionFile {
  /** undefined when there is none yet. Rejects with a sentence when it is there and unreadable. */
  read(): Promise<Position | undefined>;
  /** Whoever reads it finds the old one or the new one, never half of it. */
  write(position: Position): Promise<void>;
}

export function openPositionFile(stateDir: string, path: string, node: string): PositionFile {
  const directory = join(stateDir, 'log-files');
  const name = join(directory, `${stableId(resolve(path), node)}.json`);
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(name, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      const position = readPosition(text);
      if (position === undefined) throw new Error(`${name} holds no position of a log file`);
      return position;
    },
    async write(position) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      // The path is for a person who wonders what this is.
      await writeFile(`${name}.new`, `${JSON.stringify({ path: resolve(path), node, ...position })}\n`);
      await rename(`${name}.new`, name);
    },
  };
}

function readPosition(text: string): Position | undefined {
  let value: Partial<Record<keyof Position, unknown>> | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    return undefined;
  }
  const { ino, markLength, mark, offset } = value ?? {};
  if (typeof ino !== 'string' || typeof mark !== 'string') return undefined;
  if (!isCount(markLength) || !isCount(offset) || markLength > MARK_BYTES) return undefined;
  return { ino, markLength, mark, offset };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
