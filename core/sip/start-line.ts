import { find, isDigit, isLws, isToken, skipLws, startsWith, trimEnd } from './bytes.ts';
import { FLAW } from './flaw.ts';
import { scanUri } from './scan-address.ts';
import type { SipScan } from './sip-scan.ts';
import { SPAN } from './spans.ts';

const SP = 0x20;
const LESS = 0x3c;
const GREATER = 0x3e;

const VERSION = Buffer.from('sip/');
const VERSION_2 = Buffer.from('sip/2.0');
const BARE = Buffer.from('sip');
const SCHEMES = ['sip:', 'sips:', 'tel:'].map((scheme) => Buffer.from(scheme));

/** Whether [start, end), without its line end, is beyond doubt the first line of a SIP message. */
export function isStartLine(bytes: Buffer, start: number, end: number): boolean {
  const stop = trimEnd(bytes, start, end);
  if (startsWith(bytes, start, stop, VERSION_2) && bytes[start + 7] === SP) {
    const code = start + 8;
    const digits = stop - code >= 3 && isDigit(bytes[code]) && isDigit(bytes[code + 1]) && isDigit(bytes[code + 2]);
    return digits && (stop === code + 3 || bytes[code + 3] === SP);
  }
  const version = stop - VERSION_2.length;
  if (version < start + 4 || bytes[version - 1] !== SP || !startsWith(bytes, version, stop, VERSION_2)) return false;
  const method = find(bytes, SP, start, version);
  return method < version - 1 && isToken(bytes, start, method);
}

/**
 * Reads the first line [start, end) (without its line end) of a message into `out`. Returns false when it is not even
 * meant as one. `ended` is false when the bytes end within the line.
 */
export function scanStartLine(bytes: Buffer, start: number, end: number, ended: boolean, out: SipScan): boolean {
  if (startsWith(bytes, start, end, VERSION)) return scanStatusLine(bytes, start, end, out);
  const methodEnd = find(bytes, SP, start, end);
  if (methodEnd === start || methodEnd >= end - 1) return false;
  const stop = trimEnd(bytes, methodEnd, end);
  let last = stop;
  while (last > methodEnd && !isLws(bytes[last - 1])) last--;
  const uriStart = skipLws(bytes, methodEnd, stop);
  let uriEnd = trimEnd(bytes, uriStart, last);
  if (last > methodEnd + 1 && ended && startsWith(bytes, last, stop, VERSION)) {
    if (!startsWith(bytes, last, stop, VERSION_2) || stop - last !== VERSION_2.length) out.flaws |= FLAW.bad_version;
    // RFC 3261 §7.1: single spaces, none inside or behind.
    const tidy = uriStart === methodEnd + 1 && uriEnd === last - 1 && stop === end && isToken(bytes, start, methodEnd);
    if (!tidy || find(bytes, SP, uriStart, uriEnd) < uriEnd) out.flaws |= FLAW.bad_start_line;
  } else if (
    ended &&
    startsWith(bytes, last, stop, BARE) &&
    stop - last === BARE.length &&
    isToken(bytes, start, methodEnd)
  ) {
    out.flaws |= FLAW.bad_start_line;
  } else if (isToken(bytes, start, methodEnd) && SCHEMES.some((scheme) => startsWith(bytes, uriStart, stop, scheme))) {
    uriEnd = find(bytes, SP, uriStart, stop);
    out.flaws |= ended ? FLAW.bad_start_line : FLAW.truncated_header;
  } else return false;
  out.request = true;
  out.spans[SPAN.method] = start;
  out.spans[SPAN.method + 1] = methodEnd;
  const bracketed = uriEnd - uriStart > 1 && bytes[uriStart] === LESS && bytes[uriEnd - 1] === GREATER;
  if (bracketed) out.flaws |= FLAW.bad_start_line;
  scanUri(bytes, bracketed ? uriStart + 1 : uriStart, bracketed ? uriEnd - 1 : uriEnd, out.spans, SPAN.target);
  return true;
}

function scanStatusLine(bytes: Buffer, start: number, end: number, out: SipScan): boolean {
  const version = find(bytes, SP, start, end);
  if (!startsWith(bytes, start, version, VERSION_2) || version - start !== VERSION_2.length)
    out.flaws |= FLAW.bad_version;
  const code = skipLws(bytes, version, end);
  const codeEnd = find(bytes, SP, code, end);
  const digits = codeEnd - code === 3 && isDigit(bytes[code]) && isDigit(bytes[code + 1]) && isDigit(bytes[code + 2]);
  if (digits) out.status = (bytes[code]! - 48) * 100 + (bytes[code + 1]! - 48) * 10 + bytes[code + 2]! - 48;
  if (!digits || code !== version + 1 || out.status < 100 || out.status > 699) out.flaws |= FLAW.bad_start_line;
  const phrase = Math.min(codeEnd + 1, end);
  out.spans[SPAN.phrase] = phrase;
  out.spans[SPAN.phrase + 1] = trimEnd(bytes, phrase, end);
  return true;
}
