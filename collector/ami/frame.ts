/**
 * Splits what Asterisk's manager interface (AMI) sends into packets: one line of greeting, then packets of
 * "Key: value" lines, each ended by an empty line (main/manager.c). An empty line is a mark at which reading can begin
 * again, so what cannot be read costs the packet it is in and not the connection.
 */

/** The longest lines are variables; a real one has some kilobytes. */
export const MAX_LINE_BYTES = 256 * 1024;
export const MAX_PACKET_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_BUFFER = 16 * 1024;
const KEPT_OF_UNREADABLE = 4096;
/** The reply to `Action: Command` of Asterisk before 14: free text, with empty lines in it, up to this mark. */
const FOLLOWS = 'Response: Follows';
const END_OF_OUTPUT = '--END COMMAND--';

/** Keys and values as written; a key that occurs again (ChanVariable, Variable, Output) has an array. No prototype. */
export type AmiHeaders = Readonly<Record<string, string | readonly string[]>>;

export type AmiItem =
  /** The first line, "Asterisk Call Manager/13.0.0"; the version is that of the interface. */
  | { readonly kind: 'greeting'; readonly version: string }
  /** `bytes` are the packet as it came, without the empty line. */
  | { readonly kind: 'packet'; readonly headers: AmiHeaders; readonly bytes: Buffer }
  /** "no_greeting", "line_too_long", "packet_too_long" or "no_header", with at most 4096 bytes of it. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly bytes: Buffer };

export type AmiPacket = Extract<AmiItem, { kind: 'packet' }>;

export interface PacketReader {
  /** Takes the next bytes of the stream and returns what they complete. */
  push(chunk: Buffer): readonly AmiItem[];
  /** Bytes of a packet that has begun and is not complete: 0 when the stream may end here without loss. */
  pending(): number;
}

/** The stream may also begin with a packet, as a recording does that was made after the login. */
export function createPacketReader(): PacketReader {
  // What has come of the packet that has begun. Grows by doubling, so that single bytes cost linear time.
  let buffer = Buffer.allocUnsafe(FIRST_BUFFER);
  let length = 0;
  let lineStart = 0;
  let scanned = 0;
  let packetStart = 0;
  let isFirstLine = true;
  let inOutput = false;
  let skipping = false;

  const append = (chunk: Buffer): void => {
    if (length + chunk.length > buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(length + chunk.length, buffer.length * 2));
      buffer.copy(grown, 0, 0, length);
      buffer = grown;
    }
    chunk.copy(buffer, length);
    length += chunk.length;
  };

  /** Drops what has been read, so that the buffer holds one packet at most. */
  const compact = (): void => {
    if (skipping) {
      // Of a line that is skipped only its being empty or not matters: two bytes tell.
      packetStart = lineStart;
      length = Math.min(length, lineStart + 2);
    }
    if (packetStart === 0) {
      scanned = length;
      return;
    }
    buffer.copy(buffer, 0, packetStart, length);
    length -= packetStart;
    lineStart -= packetStart;
    scanned = length;
    packetStart = 0;
  };

  const skip = (reason: string, end: number): AmiItem => {
    skipping = true;
    inOutput = false;
    isFirstLine = false;
    return { kind: 'unreadable', reason, bytes: beginning(buffer.subarray(packetStart, end)) };
  };

  /** Why a packet that has grown up to `end` cannot be one. */
  const tooLong = (end: number): string | undefined => {
    if (end - lineStart > MAX_LINE_BYTES) return 'line_too_long';
    return end - packetStart > MAX_PACKET_BYTES ? 'packet_too_long' : undefined;
  };

  /** Takes the line that ends before the line feed at `end`. */
  const takeLine = (end: number): AmiItem | undefined => {
    const lineEnd = end > lineStart && buffer[end - 1] === RETURN ? end - 1 : end;
    const isEmpty = lineEnd === lineStart;
    if (skipping) {
      if (isEmpty) beginPacket(end + 1);
      return undefined;
    }
    if (isFirstLine) {
      isFirstLine = false;
      const item = readGreeting(buffer.toString('utf8', lineStart, lineEnd));
      if (item !== undefined) {
        beginPacket(end + 1);
        return item;
      }
    }
    const reason = tooLong(end);
    if (reason !== undefined) return skip(reason, end);
    if (isEmpty && !inOutput) {
      const bytes = Buffer.from(buffer.subarray(packetStart, lineStart));
      beginPacket(end + 1);
      return bytes.length === 0 ? undefined : readPacket(bytes);
    }
    const text = buffer.toString('latin1', Math.max(lineStart, lineEnd - FOLLOWS.length), lineEnd);
    if (inOutput) inOutput = !text.endsWith(END_OF_OUTPUT);
    else inOutput = lineStart === packetStart && text === FOLLOWS && lineEnd - lineStart === FOLLOWS.length;
    return undefined;
  };

  const beginPacket = (at: number): void => {
    packetStart = at;
    skipping = false;
    inOutput = false;
  };

  return {
    push(chunk) {
      append(chunk);
      const items: AmiItem[] = [];
      const view = buffer.subarray(0, length);
      for (let end = view.indexOf(NEWLINE, scanned); end >= 0; end = view.indexOf(NEWLINE, lineStart)) {
        const item = takeLine(end);
        if (item !== undefined) items.push(item);
        lineStart = end + 1;
      }
      const reason = skipping ? undefined : tooLong(length);
      if (reason !== undefined) items.push(skip(reason, length));
      compact();
      return items;
    },
    pending: () => length,
  };
}

/** Nothing when the line is that of a packet. */
function readGreeting(line: string): AmiItem | undefined {
  const version = /^Asterisk Call Manager[^/]{0,40}\/(\S{1,40})/.exec(line)?.[1];
  if (version !== undefined) return { kind: 'greeting', version };
  if (line === '' || line.includes(':')) return undefined;
  return { kind: 'unreadable', reason: 'no_greeting', bytes: beginning(Buffer.from(line)) };
}

function readPacket(bytes: Buffer): AmiItem {
  const lines = bytes.toString('utf8').split('\n');
  lines.pop();
  const isOutput = lines[0]?.trimEnd() === FOLLOWS;
  // No prototype: a key may be called "__proto__".
  const headers: Record<string, string | string[]> = Object.create(null);
  let last: string | undefined;
  const add = (key: string, value: string): void => {
    const before = headers[key];
    if (before === undefined) headers[key] = value;
    else if (typeof before === 'string') headers[key] = [before, value];
    else before.push(value);
    last = key;
  };
  for (const line of lines) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    const key = /^([^\s:]{1,256}):/.exec(text)?.[1];
    if (isOutput && (key === undefined || !/^(?:Response|Privilege|ActionID|Message)$/.test(key))) {
      if (text !== END_OF_OUTPUT) add('Output', text.replace(END_OF_OUTPUT, ''));
    } else if (key !== undefined) {
      add(key, text.slice(key.length + (text[key.length + 1] === ' ' ? 2 : 1)));
    } else if (last !== undefined) {
      // A value with a line break in it, which Asterisk writes as it is.
      const before = headers[last];
      if (typeof before === 'string') headers[last] = `${before}\n${text}`;
      else before?.push(`${before.pop()}\n${text}`);
    }
  }
  if (last === undefined) return { kind: 'unreadable', reason: 'no_header', bytes: beginning(bytes) };
  return { kind: 'packet', headers, bytes };
}

const beginning = (bytes: Buffer): Buffer => Buffer.from(bytes.subarray(0, KEPT_OF_UNREADABLE));
