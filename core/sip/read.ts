import { equalsWord } from './bytes.ts';
import type { SipFlaw } from './flaw.ts';
import { COMPACT } from './header-names.ts';
import { NO_PARTY, partyAt, type SipParty, spanPort, spanText } from './party.ts';
import { scanSip } from './scan.ts';
import { createSipScan } from './sip-scan.ts';
import { PARTY, SPAN } from './spans.ts';
import { decodeText, unfold } from './text.ts';

export { parseParties, parseParty, type SipParty } from './party.ts';
export { parseReplaces, type Replaces } from './replaces.ts';

/** The top Via: the last sender. */
export interface SipVia {
  readonly transport: string;
  /** Host and port of sent-by; port 0 when it is not said. IPv6 without its brackets. */
  readonly host: string;
  readonly port: number;
  readonly branch: string;
  /** What the receiver added: the address that it really came from (RFC 3261 §18.2.1, RFC 3581). "" and 0 when absent. */
  readonly received: string;
  readonly rport: number;
}

/** A SIP message as plain values. What is not there is "", 0 or NO_PARTY; numbers that may be 0 are -1 then. */
export interface SipMessage {
  readonly flaw: SipFlaw;
  readonly request: boolean;
  /** The method of a request; of a response the method that CSeq names. */
  readonly method: string;
  readonly status: number;
  readonly phrase: string;
  /** The Request-URI. */
  readonly uri: string;
  readonly uriUser: string;
  readonly uriHost: string;
  readonly uriPort: number;
  readonly callId: string;
  readonly cseq: number;
  readonly cseqMethod: string;
  readonly from: SipParty;
  readonly to: SipParty;
  readonly contact: SipParty;
  readonly via: SipVia;
  /** P-Asserted-Identity (RFC 3325), Remote-Party-ID, Diversion (RFC 5806): the first address of each. */
  readonly assertedIdentity: SipParty;
  readonly remotePartyId: SipParty;
  readonly diversion: SipParty;
  readonly referTo: SipParty;
  readonly referredBy: SipParty;
  /** Whole values, unfolded. */
  readonly reason: string;
  readonly replaces: string;
  /** User-Agent, else Server. */
  readonly userAgent: string;
  readonly sessionId: string;
  readonly maxForwards: number;
  readonly expires: number;
  readonly contentLength: number;
  /** The media type in lower case without parameters: "application/sdp". */
  readonly bodyType: string;
  /** Content-Type as it came, for the boundary of a multipart body. */
  readonly contentType: string;
  /** Offsets into the bytes that were read. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** All values of a header, unfolded, in their order; a name matches in any case and in its compact form. */
  header(name: string): string[];
}

const scratch = createSipScan();

/** Reads one SIP message. Never throws: `flaw` says what is wrong, and what could be read is there all the same. */
export function readSip(bytes: Buffer): SipMessage {
  scanSip(bytes, 0, bytes.length, scratch);
  const { spans } = scratch;
  const text = (slot: number): string => spanText(bytes, spans, slot);
  const party = (slot: number): SipParty =>
    spans[slot + PARTY.uri + 1] === 0 && spans[slot + PARTY.user + 1] === 0 && spans[slot + PARTY.display + 1] === 0
      ? NO_PARTY
      : partyAt(bytes, spans, slot);
  const target = party(SPAN.target);
  const cseqMethod = text(SPAN.cseqMethod);
  const contentType = unfold(text(SPAN.contentType));
  const headers = scratch.headers.slice(0, scratch.headerCount * 4);
  return {
    flaw: scratch.flaw,
    request: scratch.request,
    method: scratch.request ? text(SPAN.method) : cseqMethod,
    status: scratch.status,
    phrase: text(SPAN.phrase),
    uri: target.uri,
    uriUser: target.user,
    uriHost: target.host,
    uriPort: target.port,
    callId: text(SPAN.callId),
    cseq: scratch.cseq,
    cseqMethod,
    from: party(SPAN.from),
    to: party(SPAN.to),
    contact: party(SPAN.contact),
    via: {
      transport: text(SPAN.viaTransport),
      host: text(SPAN.viaHost),
      port: spanPort(bytes, spans, SPAN.viaPort),
      branch: text(SPAN.viaBranch),
      received: withoutBrackets(text(SPAN.viaReceived)),
      rport: spanPort(bytes, spans, SPAN.viaRport),
    },
    assertedIdentity: party(SPAN.assertedIdentity),
    remotePartyId: party(SPAN.remotePartyId),
    diversion: party(SPAN.diversion),
    referTo: party(SPAN.referTo),
    referredBy: party(SPAN.referredBy),
    reason: unfold(text(SPAN.reason)),
    replaces: unfold(text(SPAN.replaces)),
    userAgent: unfold(text(SPAN.userAgent)),
    sessionId: unfold(text(SPAN.sessionId)),
    maxForwards: scratch.maxForwards,
    expires: scratch.expires,
    contentLength: scratch.contentLength,
    bodyType: (contentType.split(';', 1)[0] ?? '').trim().toLowerCase(),
    contentType,
    bodyStart: scratch.bodyStart,
    bodyEnd: scratch.bodyEnd,
    header: (name) => headerValues(bytes, headers, name),
  };
}

/** RFC 3261 has "received" without brackets for IPv6; some senders write them. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

/** The values of one header among the positions that a scan made (SipScan.headers). */
export function headerValues(bytes: Buffer, headers: Int32Array, name: string): string[] {
  const lower = name.toLowerCase();
  const full = COMPACT.get(lower) ?? lower;
  const forms = [full, ...[...COMPACT].filter(([, long]) => long === full).map(([letter]) => letter)];
  const words = forms.map((form) => Buffer.from(form));
  const values: string[] = [];
  for (let at = 0; at < headers.length; at += 4) {
    const nameStart = headers[at]!;
    const nameEnd = headers[at + 1]!;
    if (!words.some((word) => equalsWord(bytes, nameStart, nameEnd, word))) continue;
    values.push(unfold(decodeText(bytes, headers[at + 2]!, headers[at + 3]!)));
  }
  return values;
}
