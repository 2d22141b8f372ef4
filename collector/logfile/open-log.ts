import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MARK_BYTES, markOf, type Position } from './position.ts';

/** One opened log file, read by position. Also after it was renamed or deleted: the descriptor keeps it. */
export interface OpenLog {
  readonly ino: string;
  size(): Promise<number>;
  /** Nanoseconds since the epoch of the last write. */
  writtenAt(): Promise<bigint>;
  /** What is there from `offset` on, at most so many bytes; empty at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** undefined when there is no such file; rejects when it is there and cannot be read. */
export async function openLog(path: string): Promise<OpenLog | undefined> {
  let handle: FileHandle;
  try {
    // Before opening: a pipe would keep the caller waiting for its writer.
    if (!(await stat(path)).isFile()) throw new Error(`${path} is not a file`);
    handle = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const { ino } = await handle.stat({ bigint: true });
  return {
    ino: String(ino),
    size: async () => (await handle.stat()).size,
    writtenAt: async () => (await handle.stat({ bigint: true })).mtimeNs,
    async read(offset, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

/** The file's inode and size; undefined when there is no such file. */
export async function statLog(path: string): Promise<{ readonly ino: string; readonly size: number } | undefined> {
  try {
    const { ino, size } = await stat(path, { bigint: true });
    return { ino: String(ino), size: Number(size) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** With fewer bytes to compare, two files may begin alike by chance. */
const ENOUGH_TO_COMPARE = 64;

/** True when the file begins as the one that was read up to `position`, and reaches that far. */
export async function isSameLog(log: OpenLog, position: Position): Promise<boolean> {
  if ((await log.size()) < position.offset) return false;
  if (position.markLength < ENOUGH_TO_COMPARE && log.ino !== position.ino) return false;
  return markOf(await log.read(0, position.markLength)) === position.mark;
}

/** The hash of the first bytes, as far as they are written. */
export async function markLog(log: OpenLog): Promise<Pick<Position, 'markLength' | 'mark'>> {
  const start = await log.read(0, MARK_BYTES);
  return { markLength: start.length, mark: markOf(start) };
}

export interface RotatedLog {
  readonly path: string;
  readonly ino: string;
  readonly writtenAt: bigint;
}

/**
 * What rotation made of earlier files, oldest first: "freeswitch.log.2026-11-21-10-21-38.1" (mod_logfile),
 * "freeswitch.log.1", "freeswitch.log-20261121" (logrotate). Compressed ones cannot be gone on with.
 */
export async function rotatedLogs(path: string): Promise<readonly RotatedLog[]> {
  const name = basename(path);
  const directory = dirname(path);
  const found: RotatedLog[] = [];
  for (const other of await readdir(directory)) {
    if (!other.startsWith(`${name}.`) && !other.startsWith(`${name}-`)) continue;
    if (/\.(?:gz|bz2|xz|zst|lz4|zip|Z)$/.test(other)) continue;
    try {
      const seen = await stat(join(directory, other), { bigint: true });
      if (!seen.isFile()) continue;
      found.push({ path: join(directory, other), ino: String(seen.ino), writtenAt: seen.mtimeNs });
    } catch (error) {
      // Renamed or deleted since the directory was listed.
      if (!isMissing(error)) throw error;
    }
  }
  return found.sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : a.writtenAt > b.writtenAt ? 1 : 0));
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
