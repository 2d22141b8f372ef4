import { COMPACT } from '../message/header-names.ts';
import { keptBytes } from '../model/kept-bytes.ts';
import { startsWith } from './bytes.ts';

/** The headers that the scanner reads itself. The numbers are bits of its "seen" set, so they stay below 31. */
export const HEADER = {
  callId: 1,
  cseq: 2,
  from: 3,
  to: 4,
  via: 5,
  contact: 6,
  contentLength: 7,
  contentType: 8,
  maxForwards: 9,
  reason: 10,
  referTo: 11,
  replaces: 12,
  referredBy: 13,
  assertedIdentity: 14,
  remotePartyId: 15,
  diversion: 16,
  userAgent: 17,
  server: 18,
  expires: 19,
  sessionId: 20,
} as const;

const KNOWN: readonly (readonly [string, number])[] = [
  ['call-id', HEADER.callId],
  ['cseq', HEADER.cseq],
  ['from', HEADER.from],
  ['to', HEADER.to],
  ['via', HEADER.via],
  ['contact', HEADER.contact],
  ['content-length', HEADER.contentLength],
  ['content-type', HEADER.contentType],
  ['max-forwards', HEADER.maxForwards],
  ['reason', HEADER.reason],
  ['refer-to', HEADER.referTo],
  ['replaces', HEADER.replaces],
  ['referred-by', HEADER.referredBy],
  ['p-asserted-identity', HEADER.assertedIdentity],
  ['remote-party-id', HEADER.remotePartyId],
  ['diversion', HEADER.diversion],
  ['user-agent', HEADER.userAgent],
  ['server', HEADER.server],
  ['expires', HEADER.expires],
  ['session-id', HEADER.sessionId],
];

const MAX_LENGTH = 20;

/** A table by length, first and last letter, in which no two of the names meet; one comparison then decides. */
const byShape = new Uint8Array(MAX_LENGTH << 10);
const shape = (length: number, first: number, last: number): number =>
  (length << 10) | ((first & 0x1f) << 5) | (last & 0x1f);
const lowerNames: Uint8Array[] = [];
for (const [name, id] of KNOWN) {
  const lower = Buffer.from(name);
  lowerNames[id] = lower;
  const key = shape(lower.length, lower[0]!, lower[lower.length - 1]!);
  if (byShape[key] !== 0) throw new Error(`header names of one shape: ${name}`);
  byShape[key] = id;
}

const byLetter = new Uint8Array(256);
for (const [letter, name] of COMPACT) {
  const id = KNOWN.find(([known]) => known === name)?.[1] ?? 0;
  byLetter[letter.charCodeAt(0)] = id;
  byLetter[letter.toUpperCase().charCodeAt(0)] = id;
}

/** Which of {@link HEADER} the name [start, end) is, in any case or compact form; 0 for any other. */
export function headerId(bytes: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length === 1) return byLetter[bytes[start]!]!;
  if (length <= 0 || length >= MAX_LENGTH) return 0;
  const id = byShape[shape(length, bytes[start]!, bytes[end - 1]!)]!;
  return id !== 0 && startsWith(bytes, start, end, lowerNames[id]!) ? id : 0;
}

/** How a header may be written, in lower case: its full name, and its compact form. */
export interface HeaderForms {
  readonly words: readonly Uint8Array[];
  /** {@link shapeBit} of each word. */
  readonly shapes: readonly number[];
}

/** Names that were asked for; they are written in the code and in the configuration, so there are few. */
const known = new Map<string, HeaderForms>();
const MAX_KNOWN = 256;

export function headerForms(name: string): HeaderForms {
  const found = known.get(name);
  if (found !== undefined) return found;
  const lower = name.toLowerCase();
  const full = COMPACT.get(lower) ?? lower;
  const forms = [full, ...[...COMPACT].filter(([, long]) => long === full).map(([letter]) => letter)];
  const words = forms.map(keptBytes);
  const made = { words, shapes: words.map((word) => shapeBit(word, 0, word.length)) };
  if (known.size < MAX_KNOWN) known.set(name, made);
  return made;
}

/** A number below 128 from the length and the ends of a name, in any case: two names of different numbers are different. */
export function shapeBit(bytes: Uint8Array, start: number, end: number): number {
  return ((end - start) * 37 + (bytes[start]! & 0x1f) * 11 + (bytes[end - 1]! & 0x1f)) & 127;
}
