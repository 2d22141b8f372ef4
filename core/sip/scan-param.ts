import { skipLws } from './bytes.ts';

const QUOTE = 0x22;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

/** The position behind the quoted string that opens at `open`; -1 when it never closes (RFC 3261 §25.1). */
export function skipQuoted(bytes: Buffer, open: number, end: number): number {
  for (let at = open + 1; at < end; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}

/** The parameter that was read last: name and value. One object for all, as nothing here is re-entrant. */
export const param = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0 };

/** Reads `;name[=value]` with its ";" at `at` into {@link param}; returns the position of what ends it. */
export function readParam(bytes: Buffer, at: number, end: number): number {
  let p = skipLws(bytes, at + 1, end);
  param.nameStart = p;
  while (p < end && !isParamEnd(bytes[p]!) && bytes[p] !== EQUALS) p++;
  param.nameEnd = p;
  p = skipLws(bytes, p, end);
  param.valueStart = param.valueEnd = p;
  if (p >= end || bytes[p] !== EQUALS) return p;
  p = skipLws(bytes, p + 1, end);
  param.valueStart = p;
  const quoted = p < end && bytes[p] === QUOTE ? skipQuoted(bytes, p, end) : -1;
  if (quoted >= 0) p = quoted;
  else while (p < end && !isParamEnd(bytes[p]!)) p++;
  param.valueEnd = p;
  return skipLws(bytes, p, end);
}

/** What ends a parameter, and a URI without angle brackets. */
export function isParamEnd(byte: number): boolean {
  return PARAM_END[byte] !== 0;
}

/** Whether it is white space or a byte of `others`, by its value. */
export function byteTable(others: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of ` \t\r\n${others}`) table[char.charCodeAt(0)] = 1;
  return table;
}

const PARAM_END = byteTable(';,');
