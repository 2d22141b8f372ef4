import { DEBUG, type LineStart, readLineStart } from './record.ts';

/**
 * Puts the bytes of a FreeSWITCH log file back together into the messages that were logged, across any split.
 *
 * With channels in front mod_logfile writes each line of a message through a buffer of 2048 bytes: a longer one is cut
 * at 2047, its line break is lost, and the next write follows at once. So the cut is found by counting from the start of
 * the write, and taken for one only where the next record begins. Lines without a channel are written whole.
 */

export interface LogLine {
  readonly channel: string;
  /** 0 console … 7 debug; DEBUG1 to DEBUG10 are 7. */
  readonly level: number;
  /** "" and 0 where the file does not say: lines without a time. */
  readonly file: string;
  readonly line: number;
  /** The local time as written, "" for a line without one. */
  readonly stamp: string;
  /** As the event socket would have sent it, as far as the file still has it: without the channel, with line breaks. */
  readonly text: string;
  /** False for text before the first record: the file is no log, or is read from its middle. */
  readonly known: boolean;
}

export interface LogLineReader {
  /** Takes the next bytes and returns the messages known to be complete: a message ends where the next one begins. */
  push(bytes: Buffer): LogLine[];
  /** Gives up waiting for the rest: the message that is being read, and a line without its end, as they are. */
  flush(): LogLine[];
  /** Bytes taken that no returned message holds yet. */
  pending(): number;
  /** True when the last line has no end yet. */
  isMidLine(): boolean;
}

const LINE_FEED = 0x0a;
/** What one write of mod_logfile can put on disk when it names the channel. */
const WRITE_BYTES = 2047;
/** A longer line is taken in pieces. */
const MAX_LINE_BYTES = 64 * 1024;
/** A longer message is given out in parts. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Enough of a line to see what it is. */
const START_BYTES = 600;
const REMEMBERED_CHANNELS = 10_000;

type Head = Omit<LogLine, 'text'>;
const NO_HEAD: Head = { channel: '', level: DEBUG, file: '', line: 0, stamp: '', known: false };

export function createLogLineReader(): LogLineReader {
  const channels = createRecentChannels();
  let carry: Buffer = Buffer.alloc(0);
  /** The message being read; `head` outlives it, for a rest that comes late. */
  let head: Head = NO_HEAD;
  let parts: string[] | undefined;
  let partBytes = 0;
  let pendingBytes = 0;
  /** Bytes since the start of the write that named a channel; undefined while lines are written whole. */
  let written: number | undefined;
  /** The last piece had no line break: the next one goes on with it. */
  let isOpen = false;
  let out: LogLine[] = [];

  const emit = (): void => {
    if (parts !== undefined) out.push({ ...head, text: parts.join('') });
    // A rest that comes later has no time of its own.
    head = { ...head, stamp: '' };
    parts = undefined;
    partBytes = 0;
    pendingBytes = 0;
  };

  const add = (text: string, bytes: number): void => {
    if (parts !== undefined && partBytes + bytes > MAX_MESSAGE_BYTES) emit();
    parts ??= [];
    parts.push(text);
    partBytes += bytes;
  };

  /** One line, or what is left of it after a cut. `bytes` counts what it took of the file. */
  const takeLine = (start: LineStart, bytes: number, lineBreak: string): void => {
    if (start.kind === 'record' || (start.kind === 'of_channel' && start.channel !== head.channel)) {
      emit();
      const { channel } = start;
      head =
        start.kind === 'record'
          ? { channel, level: start.level, file: start.file, line: start.line, stamp: start.stamp, known: true }
          : { ...NO_HEAD, channel, known: true };
      channels.add(channel);
      add(start.text + lineBreak, bytes);
    } else if (parts !== undefined || start.text.trim() !== '') {
      add(start.text + lineBreak, bytes);
    }
    // Counted after the message before it was given out: these bytes belong to the new one.
    if (parts !== undefined) pendingBytes += bytes;
    isOpen = lineBreak === '';
  };

  const begins = (bytes: Buffer): boolean =>
    readLineStart(bytes.toString('utf8', 0, START_BYTES), channels.has).kind !== 'bare';

  /** The second piece of a line that was too long is no start of anything. */
  const startOf = (line: Buffer): LineStart =>
    isOpen ? bareStart(line) : readLineStart(line.toString('utf8'), channels.has);

  /** True when the write that is being read ends within these bytes, and the next one begins there. */
  const isCut = (line: Buffer): boolean => {
    if (written === undefined) return false;
    const cut = WRITE_BYTES - written;
    return cut >= 0 && cut < line.length && begins(line.subarray(cut));
  };

  /** A line of the file without its line break, which may hold several writes. */
  const takeBytes = (line: Buffer, ended: boolean): void => {
    let rest = line;
    for (;;) {
      // What a cut left of a line and the next channel's UUID would be read as one word: look at what is left alone.
      const isRestOfWrite = isCut(rest) && startOf(rest.subarray(0, WRITE_BYTES - (written ?? 0))).kind === 'bare';
      const start = isRestOfWrite ? bareStart(rest) : startOf(rest);
      if (start.kind !== 'bare') written = start.channel === '' ? undefined : 0;
      if (!isCut(rest) || (start.kind === 'bare' && !isRestOfWrite)) {
        takeLine(start, rest.length + (ended ? 1 : 0), ended ? '\n' : '');
        if (written !== undefined) written += rest.length + (ended ? 1 : 0);
        return;
      }
      const own = rest.subarray(0, WRITE_BYTES - (written ?? 0));
      takeLine(startOf(own), own.length, '\n');
      rest = rest.subarray(own.length);
      written = undefined;
    }
  };

  const given = (): LogLine[] => {
    const lines = out;
    out = [];
    return lines;
  };

  return {
    push(bytes) {
      const data = carry.length === 0 ? bytes : Buffer.concat([carry, bytes]);
      let at = 0;
      while (at < data.length) {
        const found = data.indexOf(LINE_FEED, at);
        const end = found < 0 ? data.length : found;
        if (end - at > MAX_LINE_BYTES) {
          takeBytes(data.subarray(at, at + MAX_LINE_BYTES), false);
          at += MAX_LINE_BYTES;
        } else if (found < 0) {
          break;
        } else {
          takeBytes(data.subarray(at, end), true);
          at = end + 1;
        }
      }
      // A copy: the chunk would be kept for the sake of its last line.
      carry = Buffer.from(data.subarray(at));
      return given();
    },
    flush() {
      if (carry.length > 0) takeBytes(carry, false);
      carry = Buffer.alloc(0);
      emit();
      return given();
    },
    pending: () => pendingBytes + carry.length,
    isMidLine: () => carry.length > 0,
  };
}

const bareStart = (bytes: Buffer): LineStart => ({ kind: 'bare', text: bytes.toString('utf8').replaceAll('\0', '') });

/** The last UUIDs that a record began with. */
function createRecentChannels(): { add(uuid: string): void; has(uuid: string): boolean } {
  let recent = new Set<string>();
  let older = new Set<string>();
  return {
    add(uuid) {
      if (uuid === '' || recent.has(uuid)) return;
      if (recent.size >= REMEMBERED_CHANNELS) {
        older = recent;
        recent = new Set();
      }
      recent.add(uuid);
    },
    has: (uuid) => recent.has(uuid) || older.has(uuid),
  };
}
