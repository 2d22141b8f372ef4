import { readNumber, skipLws, trimEnd } from './bytes.ts';
import { scanParty } from './scan-address.ts';
import { PARTY, PARTY_SIZE } from './spans.ts';
import { decodeEscapes, decodeText, unfold, unquote } from './text.ts';

/** An address as a person reads it; each part is "" when it is not there. */
export interface SipParty {
  /** Without its quotes and their escapes. */
  readonly display: string;
  /** As it was written. */
  readonly uri: string;
  /** %XX decoded; parameters of the user part (";ext=5") left in. Of a tel: URI the number. */
  readonly user: string;
  /** IPv6 without its brackets. "" for a tel: URI. */
  readonly host: string;
  /** 0 when it is not said. */
  readonly port: number;
  readonly tag: string;
}

export const NO_PARTY: SipParty = { display: '', uri: '', user: '', host: '', port: 0, tag: '' };

/** The text of one span of a scan. */
export function spanText(bytes: Buffer, spans: Int32Array, slot: number): string {
  const end = spans[slot + 1]!;
  return end === 0 ? '' : decodeText(bytes, spans[slot]!, end);
}

/** The port in one span; 0 when it is absent or no port. */
export function spanPort(bytes: Buffer, spans: Int32Array, slot: number): number {
  const port = readNumber(bytes, spans[slot]!, spans[slot + 1]!);
  return port > 0 && port <= 65_535 ? port : 0;
}

/** The user and the display name alone of the party that the scanner wrote at `slot`. */
export const userAt = (bytes: Buffer, spans: Int32Array, slot: number): string =>
  decodeEscapes(spanText(bytes, spans, slot + PARTY.user));
export const displayAt = (bytes: Buffer, spans: Int32Array, slot: number): string =>
  unquote(unfold(spanText(bytes, spans, slot + PARTY.display)));

/** The party that the scanner wrote at `slot`. */
export function partyAt(bytes: Buffer, spans: Int32Array, slot: number): SipParty {
  return {
    display: displayAt(bytes, spans, slot),
    uri: unfold(spanText(bytes, spans, slot + PARTY.uri)),
    user: userAt(bytes, spans, slot),
    host: spanText(bytes, spans, slot + PARTY.host),
    port: spanPort(bytes, spans, slot + PARTY.port),
    tag: spanText(bytes, spans, slot + PARTY.tag),
  };
}

const scratch = new Int32Array(PARTY_SIZE);

/** Reads the first address of a header value given as text: `"Ann" <sip:ann@host>;tag=1`. Never throws. */
export function parseParty(value: string): SipParty {
  const bytes = Buffer.from(value);
  const start = skipLws(bytes, 0, bytes.length);
  scratch.fill(0);
  scanParty(bytes, start, trimEnd(bytes, start, bytes.length), scratch, 0);
  return partyAt(bytes, scratch, 0);
}

/**
 * Reads every address of a list: `"Ann" <sip:ann@host>, <tel:+4930123>` (RFC 3261 §7.3.1: commas part the elements, unless
 * they stand in quotes or brackets). Elements without any URI are left out; after `max` elements nothing more is read.
 */
export function parseParties(value: string, max = Number.POSITIVE_INFINITY): SipParty[] {
  let elements = 0;
  const parties: SipParty[] = [];
  let quoted = false;
  let bracketed = false;
  let from = 0;
  for (let at = 0; at <= value.length; at++) {
    const char = value[at] ?? '';
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = !bracketed;
    else if (char === '<') bracketed = true;
    else if (char === '>') bracketed = false;
    if (at < value.length && (char !== ',' || quoted || bracketed)) continue;
    if (++elements > max) break;
    const party = parseParty(value.slice(from, at));
    if (party.uri !== '') parties.push(party);
    from = at + 1;
  }
  return parties;
}
