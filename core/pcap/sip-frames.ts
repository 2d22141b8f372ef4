/** Where SIP messages begin and end in bytes (RFC 3261 §7, §18.3): the start line, the empty line, Content-Length. */

/** A start line with a long Request-URI; torture tests (RFC 4475) stay below. */
const MAX_START_LINE = 8192;
const MAX_HEADER = 65_536;
/** The largest message taken from a stream; a Content-Length above it is not believed. */
const MAX_MESSAGE = 1_048_576;

const START_LINE = /^(?:SIP\/\d\.\d \d{3}(?: .*)?|[\w.!%*+`'~-]{1,64} +\S.* SIP\/\d\.\d)[ \t]*$/i;
const START_OF_START_LINE = /^[\w.!%*+`'~/-]{1,64}(?: .*)?$/;
const CONTENT_LENGTH = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$/im;
const CALL_ID = /^(?:call-id|i)[ \t]*:/im;

/** Whether a SIP message begins here; "more" when the first line is not complete and could still become a start line. */
export function startsSip(bytes: Buffer): 'yes' | 'no' | 'more' {
  const lineEnd = bytes.subarray(0, MAX_START_LINE).indexOf(10);
  if (lineEnd >= 0) {
    const end = lineEnd > 0 && bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd;
    return START_LINE.test(bytes.toString('latin1', 0, end)) ? 'yes' : 'no';
  }
  if (bytes.length >= MAX_START_LINE) return 'no';
  return START_OF_START_LINE.test(bytes.toString('latin1', 0, bytes.length).replace(/\r$/, '')) ? 'more' : 'no';
}

/** How many CR and LF bytes are at the beginning: keepalives (RFC 5626 §3.5.1), or the habit of ending with one more. */
export function leadingLineEnds(bytes: Buffer): number {
  let count = 0;
  while (bytes[count] === 13 || bytes[count] === 10) count++;
  return count;
}

/** The offset behind the empty line; -1 when there is none from `from` on. A bare LF ends a line too. */
export function headerEnd(bytes: Buffer, from = 0): number {
  const strict = bytes.indexOf('\r\n\r\n', from, 'latin1');
  const bare = bytes.indexOf('\n\n', from, 'latin1');
  if (bare >= 0 && (strict < 0 || bare < strict)) return bare + 2;
  return strict < 0 ? -1 : strict + 4;
}

/** Content-Length (or "l:") of a header; undefined when it has none. */
export function contentLength(header: Buffer): number | undefined {
  // "." and "$" know no CR: lines are split at LF, so the CR before it has to go.
  const digits = CONTENT_LENGTH.exec(header.toString('latin1', 0, header.length).replaceAll('\r', ''))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The next offset, after the first byte, where a line begins a SIP message that also has a Call-ID; -1 for none. */
export function findSip(bytes: Buffer): number {
  let mark = bytes.indexOf('SIP/', 1, 'latin1');
  while (mark >= 0) {
    const at = bytes.lastIndexOf(10, mark) + 1;
    const candidate = bytes.subarray(at);
    if (at > 0 && startsSip(candidate) === 'yes') {
      const end = headerEnd(candidate);
      // A message/sipfrag body (RFC 3420) begins with a start line too, but rarely goes on like a message.
      if (CALL_ID.test(candidate.toString('latin1', 0, end < 0 ? candidate.length : end))) return at;
    }
    const lineEnd = bytes.indexOf(10, mark);
    mark = lineEnd < 0 ? -1 : bytes.indexOf('SIP/', lineEnd, 'latin1');
  }
  return -1;
}

/** Cuts one direction of a TCP connection into SIP messages. */
export interface SipFramer {
  /** The messages that these bytes complete. */
  push(bytes: Buffer): Buffer[];
  /** What follows does not continue what came before; a message whose header is complete comes out as it is. */
  breakOff(): Buffer[];
  /** Bytes held. */
  held(): number;
  /** How often so far bytes had to be passed over because they begin no message, or no whole header. */
  passedOver(): number;
}

export function createSipFramer(): SipFramer {
  let held: Buffer = Buffer.alloc(0);
  /** The length of the message at the beginning of `held`, once its header is complete. */
  let wanted: number | undefined;
  let searched = 0;
  let passedOver = 0;

  const drop = (count: number): void => {
    held = held.subarray(count);
    wanted = undefined;
    searched = 0;
  };

  /** Moves to the next message that begins in `held`; forgets everything when none does. */
  const resynchronise = (): void => {
    const at = findSip(held);
    passedOver++;
    drop(at < 0 ? held.length : at);
  };

  /** The message at the beginning; undefined when more bytes have to come. */
  const take = (): Buffer | undefined => {
    while (held.length > 0) {
      if (wanted === undefined) {
        drop(leadingLineEnds(held));
        const starts = startsSip(held);
        if (starts === 'more') return undefined;
        if (starts === 'no') {
          resynchronise();
          continue;
        }
        const end = headerEnd(held, searched);
        if (end < 0 && held.length <= MAX_HEADER) {
          searched = Math.max(0, held.length - 3);
          return undefined;
        }
        wanted = end < 0 ? Number.POSITIVE_INFINITY : end + (contentLength(held.subarray(0, end)) ?? 0);
        if (wanted > MAX_MESSAGE) {
          resynchronise();
          continue;
        }
      }
      if (held.length < wanted) return undefined;
      const message = Buffer.from(held.subarray(0, wanted));
      drop(wanted);
      return message;
    }
    return undefined;
  };

  return {
    push: (bytes) => {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const messages: Buffer[] = [];
      for (let message = take(); message !== undefined; message = take()) messages.push(message);
      // A copy, so that a short tail does not keep a whole chunk alive.
      held = Buffer.from(held);
      return messages;
    },
    breakOff: () => {
      const cut = wanted === undefined ? [] : [Buffer.from(held)];
      if (wanted === undefined && held.length > 0) passedOver++;
      drop(held.length);
      return cut;
    },
    held: () => held.length,
    passedOver: () => passedOver,
  };
}

/**
 * Cuts the payload of one packet: several messages may follow each other in one, and a piece of a stream may begin or
 * end in the middle of one. What is no message is returned in `rest`, in order. Bytes behind a Content-Length that do
 * not begin another message stay with theirs: they are what the sender sent, and §18.3 lets a receiver ignore them.
 */
export function cutSip(payload: Buffer): { readonly messages: readonly Buffer[]; readonly rest: readonly Buffer[] } {
  const messages: Buffer[] = [];
  const rest: Buffer[] = [];
  let left = payload.subarray(leadingLineEnds(payload));
  while (left.length > 0) {
    const isSip = startsSip(left) === 'yes';
    const end = isSip ? headerEnd(left) : 0;
    const length = end > 0 ? end + (contentLength(left.subarray(0, end)) ?? 0) : 0;
    const behind = isSip && end > 0 ? nextMessage(left, length) : findSip(left);
    const size = behind < 0 ? left.length : behind;
    (isSip ? messages : rest).push(left.subarray(0, size));
    left = left.subarray(size);
  }
  return { messages, rest };
}

/** The offset of a message that begins right behind one of this length; -1 for none. */
function nextMessage(bytes: Buffer, length: number): number {
  if (length >= bytes.length) return -1;
  const behind = bytes.subarray(length);
  const at = length + leadingLineEnds(behind);
  return at < bytes.length && startsSip(bytes.subarray(at)) === 'yes' ? at : -1;
}
