import { equalsWord, find, isLws, skipLws } from './bytes.ts';
import { scanHostPort } from './scan-address.ts';
import { param, readParam } from './scan-param.ts';
import { SPAN } from './spans.ts';

const COMMA = 0x2c;
const SLASH = 0x2f;
const SEMICOLON = 0x3b;

const BRANCH = Buffer.from('branch');
const RECEIVED = Buffer.from('received');
const RPORT = Buffer.from('rport');
/** "z9hG4bK": what a branch of RFC 3261 begins with; alone it is not unique (§8.1.1.7). */
const COOKIE_LENGTH = 7;

/**
 * Reads the first element of a Via value, `SIP/2.0/UDP host:port;branch=…;received=…;rport=…` with white space around
 * each "/" (RFC 3261 §20.42). Returns false when it is not well formed; a missing branch is (RFC 2543 had none).
 */
export function scanVia(bytes: Buffer, start: number, end: number, spans: Int32Array): boolean {
  const first = find(bytes, SLASH, start, end);
  const second = find(bytes, SLASH, first + 1, end);
  if (second >= end) return false;
  let at = skipLws(bytes, second + 1, end);
  spans[SPAN.viaTransport] = at;
  while (at < end && !isLws(bytes[at]) && bytes[at] !== SEMICOLON && bytes[at] !== COMMA) at++;
  spans[SPAN.viaTransport + 1] = at;
  const host = skipLws(bytes, at, end);
  at = skipLws(bytes, scanHostPort(bytes, host, end, spans, SPAN.viaHost), end);
  let fine = spans[SPAN.viaHost]! < spans[SPAN.viaHost + 1]!;
  while (at < end && bytes[at] !== COMMA) {
    if (bytes[at] !== SEMICOLON) {
      fine = false;
      at++;
      continue;
    }
    at = readParam(bytes, at, end);
    if (param.nameEnd === param.nameStart) fine = false;
    else if (isParam(bytes, BRANCH)) {
      keep(spans, SPAN.viaBranch);
      if (param.valueEnd - param.valueStart <= COOKIE_LENGTH) fine = false;
    } else if (isParam(bytes, RECEIVED)) keep(spans, SPAN.viaReceived);
    else if (isParam(bytes, RPORT)) keep(spans, SPAN.viaRport);
  }
  return fine;
}

function isParam(bytes: Buffer, lower: Uint8Array): boolean {
  return equalsWord(bytes, param.nameStart, param.nameEnd, lower);
}

function keep(spans: Int32Array, slot: number): void {
  if (spans[slot + 1] !== 0) return;
  spans[slot] = param.valueStart;
  spans[slot + 1] = param.valueEnd;
}
