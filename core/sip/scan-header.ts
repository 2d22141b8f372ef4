import { isLws, readNumber, skipLws } from './bytes.ts';
import { FLAW } from './flaw.ts';
import { HEADER } from './header-names.ts';
import { scanParty } from './scan-address.ts';
import { scanVia } from './scan-via.ts';
import type { SipScan } from './sip-scan.ts';
import { SPAN } from './spans.ts';

/** Headers that hold an address, and where it is written. */
const PARTY_OF = new Uint8Array(32);
PARTY_OF[HEADER.from] = SPAN.from;
PARTY_OF[HEADER.to] = SPAN.to;
PARTY_OF[HEADER.contact] = SPAN.contact;
PARTY_OF[HEADER.referTo] = SPAN.referTo;
PARTY_OF[HEADER.referredBy] = SPAN.referredBy;
PARTY_OF[HEADER.assertedIdentity] = SPAN.assertedIdentity;
PARTY_OF[HEADER.remotePartyId] = SPAN.remotePartyId;
PARTY_OF[HEADER.diversion] = SPAN.diversion;

/** Headers whose whole value is kept, and where. */
const WHOLE_OF = new Uint8Array(32);
WHOLE_OF[HEADER.contentType] = SPAN.contentType;
WHOLE_OF[HEADER.reason] = SPAN.reason;
WHOLE_OF[HEADER.replaces] = SPAN.replaces;
WHOLE_OF[HEADER.sessionId] = SPAN.sessionId;
WHOLE_OF[HEADER.userAgent] = SPAN.userAgent;

/** Only these three are told when malformed: the others are not needed to follow a dialog. */
const JUDGED = (1 << HEADER.from) | (1 << HEADER.to) | (1 << HEADER.contact);

/**
 * Reads the value [start, end) of the first header of kind `id` into `out`. `cut`: the bytes end within it, so a number
 * at its end may go on.
 */
export function scanHeader(bytes: Buffer, id: number, start: number, end: number, cut: boolean, out: SipScan): void {
  const party = PARTY_OF[id]!;
  if (party !== 0) {
    if (!scanParty(bytes, start, end, out.spans, party) && (JUDGED & (1 << id)) !== 0) out.flaws |= FLAW.bad_address;
    return;
  }
  const whole = WHOLE_OF[id]!;
  if (whole !== 0) {
    keep(out, whole, start, end);
    return;
  }
  switch (id) {
    case HEADER.callId:
      keep(out, SPAN.callId, start, wordEnd(bytes, start, end));
      break;
    case HEADER.cseq:
      scanCseq(bytes, start, end, cut, out);
      break;
    case HEADER.via:
      if (!scanVia(bytes, start, end, out.spans)) out.flaws |= FLAW.bad_via;
      break;
    case HEADER.server:
      if (out.spans[SPAN.userAgent + 1] === 0) keep(out, SPAN.userAgent, start, end);
      break;
    case HEADER.contentLength:
      out.contentLength = cut ? -1 : readNumber(bytes, start, end);
      if (out.contentLength < 0) out.flaws |= FLAW.bad_length;
      break;
    case HEADER.maxForwards:
      out.maxForwards = cut ? -1 : readNumber(bytes, start, end);
      break;
    case HEADER.expires:
      out.expires = cut ? -1 : readNumber(bytes, start, end);
      break;
  }
}

function keep(out: SipScan, slot: number, start: number, end: number): void {
  out.spans[slot] = start;
  out.spans[slot + 1] = end;
}

function wordEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && !isLws(bytes[at])) at++;
  return at;
}

function scanCseq(bytes: Buffer, start: number, end: number, cut: boolean, out: SipScan): void {
  const numberEnd = wordEnd(bytes, start, end);
  const method = skipLws(bytes, numberEnd, end);
  const value = cut && numberEnd === end ? -1 : readNumber(bytes, start, numberEnd);
  keep(out, SPAN.cseqNumber, start, numberEnd);
  keep(out, SPAN.cseqMethod, method, wordEnd(bytes, method, end));
  out.cseq = Math.max(value, 0);
  if (value < 0 || method >= end) out.flaws |= FLAW.bad_cseq;
}
