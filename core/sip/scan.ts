import { skipLws, trimEnd } from './bytes.ts';
import { FLAW, worstFlaw } from './flaw.ts';
import { HEADER, headerId } from './header-names.ts';
import { scanHeader } from './scan-header.ts';
import { addHeader, clearScan, type SipScan } from './sip-scan.ts';
import { forgetCut, SPAN } from './spans.ts';
import { isStartLine, scanStartLine } from './start-line.ts';

const NUL = 0x00;
const HT = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const ZERO = 0x30;
const COLON = 0x3a;

/** The mandatory headers, and the piece without which one says nothing. */
const MANDATORY = [
  [HEADER.callId, FLAW.no_call_id, SPAN.callId],
  [HEADER.cseq, FLAW.no_cseq, SPAN.cseqNumber],
  [HEADER.from, FLAW.no_from, SPAN.from],
  [HEADER.to, FLAW.no_to, SPAN.to],
  [HEADER.via, FLAW.no_via, SPAN.viaHost],
] as const;
const ONCE =
  (1 << HEADER.callId) | (1 << HEADER.cseq) | (1 << HEADER.from) | (1 << HEADER.to) | (1 << HEADER.contentLength);

/**
 * Reads the SIP message (RFC 3261 §7) in [start, end) in one pass, allocating nothing. Whatever the bytes are it ends in
 * time linear in their number and never throws; `out.flaw` says what is wrong, and what could be read is there all the
 * same. Only the first message is read: bytes behind its Content-Length are not looked at.
 */
export function scanSip(bytes: Buffer, start: number, end: number, out: SipScan): void {
  clearScan(out);
  let at = start;
  // RFC 3261 §7.5: empty lines in front of the start line are ignored.
  while (at < end && (bytes[at] === CR || bytes[at] === LF || bytes[at] === NUL)) at++;
  out.bodyStart = out.bodyEnd = end;
  if (at >= end) {
    out.flaws = end > start ? FLAW.keepalive : FLAW.empty;
    out.flaw = worstFlaw(out.flaws);
    return;
  }
  let lineEnd = at;
  while (lineEnd < end && bytes[lineEnd] !== LF) lineEnd++;
  const ended = lineEnd < end;
  const textEnd = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  const started = scanStartLine(bytes, at, textEnd, ended, out);
  if (!ended) {
    // Half a line is cut, not malformed.
    out.flaws = 0;
    forgetCut(out.spans, end);
  }
  // Without a start line these may be the rest of a message. Its first line is half a header as far as we can know ("To:"
  // of Refer-To, "Call-ID:" of X-Call-ID), unless a line end stands before it.
  const whole = !started && at > start && bytes[at - 1] === LF;
  const seen = scanHeaders(bytes, whole ? at : Math.min(lineEnd + 1, end), end, out);
  judge(bytes, end, started, seen, out);
}

/** Reads header after header up to the empty line; returns which of HEADER were there, as bits. */
function scanHeaders(bytes: Buffer, start: number, end: number, out: SipScan): number {
  let seen = 0;
  let at = start;
  while (at < end) {
    if (bytes[at] === LF || (bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF)) {
      out.headersEnded = true;
      out.bodyStart = bytes[at] === LF ? at + 1 : at + 2;
      return seen;
    }
    let colon = at;
    while (colon < end && bytes[colon] !== COLON && bytes[colon] !== LF) colon++;
    let lineEnd = colon;
    for (;;) {
      lineEnd = lineFeed(bytes, lineEnd, end);
      // A line that begins with white space continues the one before it (RFC 3261 §7.3.1).
      if (lineEnd + 1 >= end || (bytes[lineEnd + 1] !== SP && bytes[lineEnd + 1] !== HT)) break;
      lineEnd++;
    }
    const hasColon = colon < end && bytes[colon] === COLON;
    const nameEnd = trimEnd(bytes, at, colon);
    const id = hasColon ? headerId(bytes, at, nameEnd) : 0;
    const value = hasColon ? skipLws(bytes, colon + 1, lineEnd) : colon;
    const valueEnd = trimEnd(bytes, value, lineEnd);
    // A start line among the headers: the rest of this message was lost. A request line has a colon, and ends in "2.0".
    if (id === 0 && (!hasColon || bytes[valueEnd - 1] === ZERO) && isStartLine(bytes, at, lineEnd)) {
      out.bodyStart = out.bodyEnd = at;
      return seen;
    }
    if (hasColon) {
      addHeader(out, at, nameEnd, value, valueEnd);
      if (id !== 0) {
        const bit = 1 << id;
        if ((seen & bit) === 0) scanHeader(bytes, id, value, valueEnd, lineEnd >= end, out);
        else if ((ONCE & bit) !== 0) out.flaws |= FLAW.duplicate_header;
        seen |= bit;
      }
    } else out.flaws |= FLAW.bad_header;
    if (lineEnd >= end) forgetCut(out.spans, end);
    at = lineEnd + 1;
  }
  return seen;
}

/** The next LF, or `end`. By itself, and not in the loop above, it is compiled to half the time. */
function lineFeed(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== LF) at++;
  return at;
}

/** What is missing, and where the body ends. */
function judge(bytes: Buffer, end: number, started: boolean, seen: number, out: SipScan): void {
  const { spans } = out;
  if (!started) out.flaws |= seen === 0 ? FLAW.not_sip : FLAW.fragment;
  if (!out.headersEnded) out.flaws |= FLAW.truncated_header;
  for (let i = 0; i < MANDATORY.length; i++) {
    const [id, flaw, slot] = MANDATORY[i]!;
    if ((seen & (1 << id)) === 0 || spans[slot] === spans[slot + 1]) out.flaws |= flaw;
  }
  if (out.request && spans[SPAN.cseqMethod + 1] !== 0 && !sameBytes(bytes, spans, SPAN.method, SPAN.cseqMethod)) {
    out.flaws |= FLAW.cseq_mismatch;
  }
  if (out.headersEnded) {
    const wanted = out.contentLength < 0 ? end : out.bodyStart + out.contentLength;
    out.bodyEnd = Math.min(wanted, end);
    if (wanted > end) out.flaws |= FLAW.truncated_body;
  }
  out.flaw = worstFlaw(out.flaws);
}

function sameBytes(bytes: Buffer, spans: Int32Array, a: number, b: number): boolean {
  const first = spans[a]!;
  const second = spans[b]!;
  const length = spans[a + 1]! - first;
  if (spans[b + 1]! - second !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[first + i] !== bytes[second + i]) return false;
  return true;
}
