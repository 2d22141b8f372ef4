import { equalsWord, find, isLws, skipLws, trimEnd } from './bytes.ts';
import { byteTable, isParamEnd, param, readParam, skipQuoted } from './scan-param.ts';
import { PARTY } from './spans.ts';

const QUOTE = 0x22;
const STAR = 0x2a;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const AT = 0x40;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const SIP = Buffer.from('sip');
const SIPS = Buffer.from('sips');
const TEL = Buffer.from('tel');
const TAG = Buffer.from('tag');
const HOST_END = byteTable(':;?,>@/');

/** Reads `host[:port]` or `[v6]:port` into two spans at `slot`; returns the position behind it. */
export function scanHostPort(bytes: Buffer, start: number, end: number, spans: Int32Array, slot: number): number {
  let at = start;
  if (at < end && bytes[at] === OPEN_BRACKET) {
    at = find(bytes, CLOSE_BRACKET, start, end);
    spans[slot] = start + 1;
    spans[slot + 1] = at;
    if (at < end) at++;
  } else {
    while (at < end && HOST_END[bytes[at]!] === 0) at++;
    spans[slot] = start;
    spans[slot + 1] = at;
  }
  const colon = skipLws(bytes, at, end);
  if (colon >= end || bytes[colon] !== COLON) return at;
  const port = skipLws(bytes, colon + 1, end);
  at = port;
  while (at < end && HOST_END[bytes[at]!] === 0) at++;
  spans[slot + 2] = port;
  spans[slot + 3] = at;
  return at;
}

/** The ":" behind a URI scheme that starts at `start`, or -1. */
function schemeEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === COLON) return at > start ? at : -1;
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) continue;
    // Digits, "+", "-" and "." may follow the first letter (RFC 3986 §3.1).
    if (at === start || !((byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e)) return -1;
  }
  return -1;
}

/**
 * Reads the URI [start, end) into the first four spans of the party at `slot` (RFC 3261 §19.1, RFC 3966). The user is
 * raw: escapes and parameters (";ext=5") stay, the password does not. A tel: URI has a user and no host; of other schemes
 * only what stands around an "@" is read.
 */
export function scanUri(bytes: Buffer, start: number, end: number, spans: Int32Array, slot: number): void {
  spans[slot + PARTY.uri] = start;
  spans[slot + PARTY.uri + 1] = end;
  const colon = schemeEnd(bytes, start, end);
  const rest = colon + 1 || start;
  if (colon >= 0 && equalsWord(bytes, start, colon, TEL)) {
    let at = rest;
    while (at < end && bytes[at] !== SEMICOLON && bytes[at] !== QUESTION) at++;
    spans[slot + PARTY.user] = rest;
    spans[slot + PARTY.user + 1] = at;
    return;
  }
  let password = -1;
  let at = rest;
  while (at < end && bytes[at] !== AT) {
    if (bytes[at] === COLON && password < 0) password = at;
    at++;
  }
  if (at < end) {
    spans[slot + PARTY.user] = rest;
    spans[slot + PARTY.user + 1] = password < 0 ? at : password;
    scanHostPort(bytes, at + 1, end, spans, slot + PARTY.host);
  } else if (colon >= 0 && (equalsWord(bytes, start, colon, SIP) || equalsWord(bytes, start, colon, SIPS))) {
    scanHostPort(bytes, rest, end, spans, slot + PARTY.host);
  }
}

/**
 * Reads the first address of a From, To, Contact, … value into the party at `slot`: `"name" <uri>;params`,
 * `name <uri>;params` or `uri;params` (RFC 3261 §20.10, §20.20). In the last form the parameters are the header's.
 * Returns false when it is not well formed; what could be made out is written all the same.
 */
export function scanParty(bytes: Buffer, start: number, end: number, spans: Int32Array, slot: number): boolean {
  let fine = true;
  let at = start;
  if (at < end && bytes[at] === QUOTE) {
    const behind = skipQuoted(bytes, at, end);
    if (behind < 0) {
      fine = false;
      at++;
    } else {
      spans[slot + PARTY.display] = at + 1;
      spans[slot + PARTY.display + 1] = behind - 1;
      at = skipLws(bytes, behind, end);
    }
  }
  const open = findAngle(bytes, at, end);
  if (open < 0) {
    let uriEnd = at;
    while (uriEnd < end && !isParamEnd(bytes[uriEnd]!)) {
      // "?" needs the brackets (RFC 3261 §20): it is read as part of the URI, and told.
      if (bytes[uriEnd] === QUESTION) fine = false;
      uriEnd++;
    }
    const known = schemeEnd(bytes, at, uriEnd) >= 0 || (uriEnd === at + 1 && bytes[at] === STAR);
    if (!known) fine = false;
    if (known || find(bytes, AT, at, uriEnd) < uriEnd) scanUri(bytes, at, uriEnd, spans, slot);
    return scanTag(bytes, uriEnd, end, spans, slot) && fine && uriEnd > at;
  }
  if (open > at && fine) {
    // A name in front of "<" that is not quoted: tokens only, so a comma does not belong there.
    if (find(bytes, COMMA, at, open) < open) fine = false;
    spans[slot + PARTY.display] = at;
    spans[slot + PARTY.display + 1] = trimEnd(bytes, at, open);
  }
  const close = find(bytes, GREATER, open + 1, end);
  const uriStart = skipLws(bytes, open + 1, close);
  const uriEnd = trimEnd(bytes, uriStart, close);
  if (close === end || uriStart !== open + 1 || uriEnd !== close || uriEnd === uriStart) fine = false;
  scanUri(bytes, uriStart, uriEnd, spans, slot);
  return scanTag(bytes, Math.min(close + 1, end), end, spans, slot) && fine;
}

/** The "<" of a name-addr, or -1 when the value begins with a URI. */
function findAngle(bytes: Buffer, start: number, end: number): number {
  if (start < end && bytes[start] === LESS) return start;
  const colon = schemeEnd(bytes, start, end);
  const uriLike = colon >= 0 && colon + 1 < end && !isLws(bytes[colon + 1]);
  if (uriLike && (equalsWord(bytes, start, colon, SIP) || equalsWord(bytes, start, colon, SIPS))) return -1;
  if (uriLike && equalsWord(bytes, start, colon, TEL)) return -1;
  // Any other scheme may as well be a careless name ("Dept:Sales <sip:…>"): the bracket decides.
  const open = find(bytes, LESS, start, end);
  return open < end ? open : -1;
}

function scanTag(bytes: Buffer, start: number, end: number, spans: Int32Array, slot: number): boolean {
  let at = skipLws(bytes, start, end);
  let fine = true;
  while (at < end && bytes[at] !== COMMA) {
    if (bytes[at] !== SEMICOLON) {
      fine = false;
      at++;
      continue;
    }
    at = readParam(bytes, at, end);
    if (param.nameEnd === param.nameStart) fine = false;
    else if (equalsWord(bytes, param.nameStart, param.nameEnd, TAG) && spans[slot + PARTY.tag + 1] === 0) {
      spans[slot + PARTY.tag] = param.valueStart;
      spans[slot + PARTY.tag + 1] = param.valueEnd;
    }
  }
  return fine;
}
