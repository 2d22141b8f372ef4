/**
 * Splits what mod_event_socket sends into frames: header lines, an empty line, then as many bytes of body as
 * Content-Length says. The next header follows the last byte of a body at once; a JSON body does not even end its
 * line. The stream has no resynchronisation mark, so the first thing that cannot be a frame ends the reading for good.
 */

/** A real header block has some 200 bytes; only the wrong port or a lost frame border makes a long one. */
export const MAX_HEADER_BYTES = 64 * 1024;
/** A channel with large SDP and multipart variables makes an event of a few MB. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

const NEWLINE = 0x0a;
const FIRST_HEADER_BUFFER = 1024;

/** One frame. Of some thousand log lines a second a few headers are wanted, so headers are read when asked for. */
export class EslFrame {
  /** Content-Type: "auth/request", "command/reply", "api/response", "text/event-json", "log/data", … */
  readonly type: string;
  /** The header lines as they were sent, without the last line end. */
  readonly head: string;
  /** Empty for a frame without Content-Length. May share memory with the chunk it came in. */
  readonly body: Buffer;

  constructor(type: string, head: string, body: Buffer) {
    this.type = type;
    this.head = head;
    this.body = body;
  }

  /** By name in lower case; values as sent. The first of two equal names counts. */
  get headers(): ReadonlyMap<string, string> {
    return readHeaders(this.head);
  }
}

export interface FrameFailure {
  /** "header_too_long", "no_content_type", "bad_length" or "body_too_big". */
  readonly reason: string;
  /** What could not be read, at most 4096 bytes of it. */
  readonly bytes: Buffer;
}

export interface FrameReader {
  /** Takes the next bytes of the stream and returns the frames that they complete. Nothing more after a failure. */
  push(chunk: Buffer): readonly EslFrame[];
  /** Why the stream cannot be read on; undefined while it can. */
  failure(): FrameFailure | undefined;
  /** Bytes of a frame that has begun and is not complete: 0 when the stream may end here without loss. */
  pending(): number;
}

interface Head {
  readonly type: string;
  readonly text: string;
  readonly length: number;
}

export function createFrameReader(): FrameReader {
  // The header block that has begun: grows by doubling, so that a stream cut into single bytes costs linear time.
  let header = Buffer.allocUnsafe(FIRST_HEADER_BUFFER);
  let headerLength = 0;
  let head: Head | undefined;
  // Pieces of the body, joined once when it is complete.
  let pieces: Buffer[] = [];
  let bodyLength = 0;
  let failure: FrameFailure | undefined;

  const fail = (reason: string, bytes: Buffer): void => {
    failure = { reason, bytes: Buffer.from(bytes.subarray(0, 4096)) };
  };

  const keepHeader = (bytes: Buffer): void => {
    const needed = headerLength + bytes.length;
    if (needed > header.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, header.length * 2));
      header.copy(grown, 0, 0, headerLength);
      header = grown;
    }
    bytes.copy(header, headerLength);
    headerLength = needed;
  };

  /** Reads header bytes from `start`; returns where the body begins, or the chunk's end. */
  const readHeader = (chunk: Buffer, start: number): number => {
    let at = start;
    if (headerLength === 0) {
      // `userauth` and `bgapi` replies have been seen with one empty line too many.
      while (chunk[at] === NEWLINE) at++;
    }
    // The empty line that ends a header may be cut in two: "…\n" was kept, "\n…" comes now.
    const isCut = headerLength > 0 && header[headerLength - 1] === NEWLINE && chunk[at] === NEWLINE;
    const found = isCut ? at : chunk.indexOf('\n\n', at, 'latin1');
    const blockEnd = found < 0 ? chunk.length : found;
    if (headerLength + blockEnd - at > MAX_HEADER_BYTES) {
      fail('header_too_long', headerLength > 0 ? header.subarray(0, headerLength) : chunk.subarray(at));
      return chunk.length;
    }
    if (found < 0) {
      keepHeader(chunk.subarray(at));
      return chunk.length;
    }
    let block = chunk.subarray(at, blockEnd);
    if (headerLength > 0) {
      keepHeader(block);
      block = header.subarray(0, headerLength);
      headerLength = 0;
    }
    const read = readHead(block);
    if (typeof read === 'string') fail(read, block);
    else head = read;
    return isCut ? found + 1 : found + 2;
  };

  /** Reads body bytes from `start`; returns where the next frame begins. */
  const readBody = (chunk: Buffer, start: number, { length }: Head): number => {
    const piece = chunk.subarray(start, Math.min(chunk.length, start + length - bodyLength));
    if (piece.length > 0) pieces.push(piece);
    bodyLength += piece.length;
    return start + piece.length;
  };

  return {
    push(chunk) {
      const frames: EslFrame[] = [];
      let at = 0;
      while (failure === undefined && (at < chunk.length || head?.length === bodyLength)) {
        if (head === undefined) {
          at = readHeader(chunk, at);
          continue;
        }
        at = readBody(chunk, at, head);
        if (bodyLength < head.length) break;
        const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, bodyLength);
        frames.push(new EslFrame(head.type, head.text, body));
        head = undefined;
        pieces = [];
        bodyLength = 0;
      }
      return frames;
    },
    failure: () => failure,
    pending: () => headerLength + bodyLength + (head === undefined ? 0 : 1),
  };
}

function readHead(block: Buffer): Head | string {
  const text = block.toString('utf8');
  let type = valueIn(text, 'Content-Type: ');
  let written = valueIn(text, 'Content-Length: ');
  if (type === undefined || written === undefined) {
    // Written in another way, or not there.
    const headers = readHeaders(text);
    type = headers.get('content-type');
    written = headers.get('content-length') ?? '0';
  }
  if (type === undefined) return 'no_content_type';
  if (!/^\d+$/.test(written)) return 'bad_length';
  const length = Number(written);
  if (length > MAX_BODY_BYTES) return 'body_too_big';
  return { type, text, length };
}

/** What stands behind `name` where a line begins with it as FreeSWITCH writes it; undefined where none does. */
export function valueIn(head: string, name: string): string | undefined {
  for (let at = head.indexOf(name); at >= 0; at = head.indexOf(name, at + 1)) {
    if (at > 0 && head.charCodeAt(at - 1) !== NEWLINE) continue;
    const end = head.indexOf('\n', at);
    return head.slice(at + name.length, end < 0 ? head.length : end);
  }
  return undefined;
}

/** Header lines are "Name: value"; values of these outer headers are not encoded (mod_event_socket, inbound mode). */
function readHeaders(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1));
  }
  return headers;
}
