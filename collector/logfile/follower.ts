import { isSameLog, markLog, type OpenLog, openLog, rotatedLogs, statLog } from './open-log.ts';
import { MARK_BYTES, type Position } from './position.ts';

/**
 * The bytes of a log file as one stream across its rotations. Asked again and again rather than told: fs.watch says
 * nothing about a file on NFS, and on some systems nothing about one that grows while it is kept open.
 *
 * - renamed and created anew: the old one is read to its end through its descriptor first
 * - copied and truncated: read from its beginning; what was not read yet is read from the copy, if there is one
 * - deleted: goes on with the descriptor until a new file is there
 * - several rotations while nobody read: the files in between are read in their order
 */
export interface Follower {
  next(): Promise<Step>;
  /** Where to go on from when so many of the last bytes are to come again; undefined when that is in an earlier file. */
  position(pendingBytes: number): Position | undefined;
  /** Where the next bytes are read. */
  offset(): number;
  close(): Promise<void>;
}

export type Step =
  /** More of the stream. */
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** Nothing new at the moment. */
  | { readonly kind: 'idle' }
  /** There is no file at the path. */
  | { readonly kind: 'absent' }
  /** What follows goes on from `position`; `before` is what stands before it, which was taken earlier. */
  | { readonly kind: 'resumed'; readonly before: Buffer }
  /** What follows does not go on from what came before: "middle" of a file, the start of another one, "lost" the place. */
  | { readonly kind: 'begins'; readonly where: 'start' | 'middle' | 'lost' };

export interface FollowerOptions {
  readonly path: string;
  readonly from: Position | undefined;
  /** Without `from`, at most so much of a file that is there already. */
  readonly firstBytes: number;
}

const CHUNK_BYTES = 256 * 1024;
/** How much of what was taken earlier is given to the reader again: some thousand ticks of the switch's clock. */
const BEFORE_BYTES = 64 * 1024;

interface Current {
  readonly log: OpenLog;
  /** False for a rotated file: nothing is written to it any more. */
  isLive: boolean;
  offset: number;
  mark: Pick<Position, 'markLength' | 'mark'>;
}

export function createFollower({ path, from, firstBytes }: FollowerOptions): Follower {
  let resume = from;
  let current: Current | undefined;

  const position = ({ log, mark, offset }: Current): Position => ({ ino: log.ino, ...mark, offset });

  const switchTo = async (log: OpenLog, isLive: boolean, offset: number): Promise<void> => {
    const old = current;
    current = { log, isLive, offset, mark: await markLog(log) };
    await old?.log.close();
  };

  /** A rotated file that begins as the one that was read. */
  const findRotated = async (lost: Position, except: string): Promise<OpenLog | undefined> => {
    const logs = [...(await rotatedLogs(path))].reverse().filter(({ ino }) => ino !== except);
    // A renamed file before a copy of it.
    const ordered = [...logs.filter(({ ino }) => ino === lost.ino), ...logs.filter(({ ino }) => ino !== lost.ino)];
    for (const candidate of ordered) {
      const log = await openLog(candidate.path);
      if (log === undefined) continue;
      if (await isSameLog(log, lost)) return log;
      await log.close();
    }
    return undefined;
  };

  const goOn = async (log: OpenLog, isLive: boolean, offset: number): Promise<Step> => {
    resume = undefined;
    await switchTo(log, isLive, offset);
    const start = Math.max(0, offset - BEFORE_BYTES);
    return { kind: 'resumed', before: await log.read(start, offset - start) };
  };

  const open = async (): Promise<Step> => {
    const log = await openLog(path);
    if (resume !== undefined) {
      if (log !== undefined && (await isSameLog(log, resume))) return goOn(log, true, resume.offset);
      const rotated = await findRotated(resume, log?.ino ?? '');
      if (rotated !== undefined) {
        await log?.close();
        return goOn(rotated, false, resume.offset);
      }
    }
    if (log === undefined) return { kind: 'absent' };
    const start = resume === undefined ? await firstLineOfLast(firstBytes, log) : 0;
    const where = resume !== undefined ? 'lost' : start > 0 ? 'middle' : 'start';
    resume = undefined;
    await switchTo(log, true, start);
    return { kind: 'begins', where };
  };

  /** The file that came after this one and is no longer at the path. */
  const rotatedAfter = async ({ log }: Current, liveIno: string): Promise<string | undefined> => {
    const since = await log.writtenAt();
    const isNext = (ino: string, writtenAt: bigint): boolean => writtenAt > since && ino !== log.ino && ino !== liveIno;
    return (await rotatedLogs(path)).find(({ ino, writtenAt }) => isNext(ino, writtenAt))?.path;
  };

  const truncated = async (was: Current): Promise<Step> => {
    const copy = await findRotated(position(was), was.log.ino);
    if (copy !== undefined) {
      await switchTo(copy, false, was.offset);
      return next();
    }
    was.offset = 0;
    was.mark = await markLog(was.log);
    return { kind: 'begins', where: 'start' };
  };

  const atEnd = async (done: Current): Promise<Step> => {
    const now = await statLog(path);
    if (done.isLive && now?.ino === done.log.ino) return { kind: 'idle' };
    const between = await rotatedAfter(done, now?.ino ?? '');
    // Until it is told to open the new file, the writer goes on with the old one (logrotate: `create`, then HUP): as
    // long as the new one is empty, the old one is the file.
    if (between === undefined && (now === undefined || now.size === 0)) {
      return { kind: now === undefined ? 'absent' : 'idle' };
    }
    if (done.isLive) {
      // Something may have been written to it between the last look at it and the first line in the new one.
      done.isLive = false;
      return next();
    }
    const log = await openLog(between ?? path);
    if (log !== undefined) await switchTo(log, between === undefined, 0);
    return log === undefined ? { kind: 'absent' } : next();
  };

  const next = async (): Promise<Step> => {
    if (current === undefined) return open();
    if (!(await isSameLog(current.log, position(current)))) return truncated(current);
    if (current.mark.markLength < MARK_BYTES) current.mark = await markLog(current.log);
    const bytes = await current.log.read(current.offset, CHUNK_BYTES);
    if (bytes.length === 0) return atEnd(current);
    current.offset += bytes.length;
    return { kind: 'bytes', bytes };
  };

  return {
    next,
    position(pendingBytes) {
      if (current === undefined || current.offset < pendingBytes) return undefined;
      return { ...position(current), offset: current.offset - pendingBytes };
    },
    offset: () => current?.offset ?? 0,
    async close() {
      const old = current;
      current = undefined;
      await old?.log.close();
    },
  };
}

/** Where the first whole line of the last so many bytes begins. */
async function firstLineOfLast(bytes: number, log: OpenLog): Promise<number> {
  const start = (await log.size()) - bytes;
  if (start <= 0) return 0;
  const found = (await log.read(start, CHUNK_BYTES)).indexOf('\n');
  return start + found + 1;
}
