import { FLAW, type SipFlaw } from './flaw.ts';
import { scanSip } from './scan.ts';
import { createSipScan } from './sip-scan.ts';
import { isStartLine } from './start-line.ts';

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;

/** One message, or a piece of one, inside a payload: read it with `readSip(payload.subarray(start, end))`. */
export interface SipPiece {
  readonly start: number;
  readonly end: number;
  /** "fragment": it begins in the middle of a message. Else what the scanner says of it. */
  readonly flaw: SipFlaw;
}

const scratch = createSipScan();
/** How a line of an SDP body begins; enough to tell the rest of a body from noise. */
const SDP_LINE = /(?:^|\n)(?:v=0|[oscbtakm]=\S)/;

/**
 * Takes apart what a stream transport handed over in one read: CRLF keepalives (RFC 5626 §4.4.1), several messages back
 * to back, each as long as its Content-Length says (RFC 3261 §18.3), and pieces of messages, as FreeSWITCH before 1.11
 * reports each recv() by itself. A payload without any message is one piece, or none when it is only keepalives. Pieces
 * are in order and do not overlap; the bytes between them are line ends or NUL. Time is linear: nothing is read thrice.
 */
export function splitSip(bytes: Buffer): SipPiece[] {
  const pieces: SipPiece[] = [];
  const end = bytes.length;
  let from = 0;
  let at = skipKeepalive(bytes, from, end);
  while (at < end) {
    scanSip(bytes, from, end, scratch);
    const { flaw, flaws } = scratch;
    const stop = pieceEnd(bytes, end);
    // Without a start line and without a header: the tail of a body if SIP stands beside it, else noise.
    const tail = (flaws & FLAW.not_sip) !== 0 && (pieces.length > 0 || stop < end || hasSdp(bytes, at, stop));
    const headless = tail || (flaws & FLAW.fragment) !== 0;
    // The line end before a fragment says that its first line is whole, so it belongs to it.
    pieces.push({ start: headless ? from : at, end: stop, flaw: headless ? 'fragment' : flaw });
    from = stop;
    at = skipKeepalive(bytes, from, end);
  }
  return pieces;
}

/**
 * The end of the piece that was just scanned. Without Content-Length, or without the headers that would tell it, that is
 * where the next message surely begins.
 */
function pieceEnd(bytes: Buffer, end: number): number {
  if (!scratch.headersEnded || scratch.contentLength >= 0) return scratch.bodyEnd;
  return findStartLine(bytes, scratch.bodyStart, end);
}

function hasSdp(bytes: Buffer, start: number, end: number): boolean {
  return SDP_LINE.test(bytes.toString('latin1', start, end));
}

function skipKeepalive(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === CR || bytes[at] === LF || bytes[at] === NUL)) at++;
  return at;
}

/** The first line from `start` on that is a start line; `end` when there is none. */
function findStartLine(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    let lineEnd = at;
    while (lineEnd < end && bytes[lineEnd] !== LF) lineEnd++;
    if (lineEnd < end && isStartLine(bytes, at, lineEnd)) return at;
    at = lineEnd + 1;
  }
  return end;
}
