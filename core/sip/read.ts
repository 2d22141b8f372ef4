import { equalsWord } from './bytes.ts';
import type { SipFlaw } from './flaw.ts';
import { type HeaderForms, headerForms, shapeBit } from './header-names.ts';
import { NO_PARTY, partyAt, type SipParty, spanPort, spanText, userAt } from './party.ts';
import { scanSip } from './scan.ts';
import { createSipScan, type SipScan } from './sip-scan.ts';
import { PARTY, SPAN } from './spans.ts';
import { decodeText, unfold } from './text.ts';
import { type PassedHost, readVias } from './vias.ts';

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
  /** `from.tag` and `to.tag` without the rest, for whoever looks at thousands of messages. */
  readonly fromTag: string;
  readonly toTag: string;
  readonly contact: SipParty;
  readonly via: SipVia;
  /** All Vias from the top: how a request has come, and how a response has still to go (RFC 3261 §20.42). */
  readonly vias: readonly PassedHost[];
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
  const spans = scratch.spans.slice();
  return new ReadMessage(bytes, scratch, spans, scratch.headers.slice(0, scratch.headerCount * 4));
}

/** The message that a scan of these bytes has found, to be read until the scan is used again. */
export function messageOf(bytes: Buffer, scan: SipScan): SipMessage {
  return new ReadMessage(bytes, scan, scan.spans, scan.headers.subarray(0, scan.headerCount * 4));
}

/** Of the many values of a message few are asked for: each is made when it is. */
class ReadMessage implements SipMessage {
  readonly flaw: SipFlaw;
  readonly request: boolean;
  readonly status: number;
  readonly cseq: number;
  readonly maxForwards: number;
  readonly expires: number;
  readonly contentLength: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly #bytes: Buffer;
  readonly #spans: Int32Array;
  readonly #headers: Int32Array;

  /** Bits of the shapes of the headers that are there: most that are asked for are not, and that is told by these. */
  #shapes: Int32Array | undefined;
  #callId: string | undefined;
  #from: SipParty | undefined;
  #to: SipParty | undefined;
  #via: SipVia | undefined;
  #vias: readonly PassedHost[] | undefined;

  constructor(bytes: Buffer, scan: SipScan, spans: Int32Array, headers: Int32Array) {
    this.flaw = scan.flaw;
    this.request = scan.request;
    this.status = scan.status;
    this.cseq = scan.cseq;
    this.maxForwards = scan.maxForwards;
    this.expires = scan.expires;
    this.contentLength = scan.contentLength;
    this.bodyStart = scan.bodyStart;
    this.bodyEnd = scan.bodyEnd;
    this.#bytes = bytes;
    this.#spans = spans;
    this.#headers = headers;
  }

  #text(slot: number): string {
    return spanText(this.#bytes, this.#spans, slot);
  }
  #isAbsent(slot: number): boolean {
    const spans = this.#spans;
    return (
      spans[slot + PARTY.uri + 1] === 0 && spans[slot + PARTY.user + 1] === 0 && spans[slot + PARTY.display + 1] === 0
    );
  }
  #party(slot: number): SipParty {
    return this.#isAbsent(slot) ? NO_PARTY : partyAt(this.#bytes, this.#spans, slot);
  }
  #tag(slot: number): string {
    return this.#isAbsent(slot) ? '' : this.#text(slot + PARTY.tag);
  }

  get method(): string {
    return this.request ? this.#text(SPAN.method) : this.cseqMethod;
  }
  get phrase(): string {
    return this.#text(SPAN.phrase);
  }
  get uri(): string {
    return this.#party(SPAN.target).uri;
  }
  get uriUser(): string {
    return userAt(this.#bytes, this.#spans, SPAN.target);
  }
  get uriHost(): string {
    return this.#party(SPAN.target).host;
  }
  get uriPort(): number {
    return this.#party(SPAN.target).port;
  }
  get callId(): string {
    this.#callId ??= this.#text(SPAN.callId);
    return this.#callId;
  }
  get cseqMethod(): string {
    return this.#text(SPAN.cseqMethod);
  }
  get from(): SipParty {
    this.#from ??= this.#party(SPAN.from);
    return this.#from;
  }
  get to(): SipParty {
    this.#to ??= this.#party(SPAN.to);
    return this.#to;
  }
  get fromTag(): string {
    return this.#tag(SPAN.from);
  }
  get toTag(): string {
    return this.#tag(SPAN.to);
  }
  get contact(): SipParty {
    return this.#party(SPAN.contact);
  }
  get via(): SipVia {
    this.#via ??= this.#readVia();
    return this.#via;
  }
  #readVia(): SipVia {
    return {
      transport: this.#text(SPAN.viaTransport),
      host: this.#text(SPAN.viaHost),
      port: spanPort(this.#bytes, this.#spans, SPAN.viaPort),
      branch: this.#text(SPAN.viaBranch),
      received: withoutBrackets(this.#text(SPAN.viaReceived)),
      rport: spanPort(this.#bytes, this.#spans, SPAN.viaRport),
    };
  }
  get vias(): readonly PassedHost[] {
    this.#vias ??= readVias(this.header('via'));
    return this.#vias;
  }
  get assertedIdentity(): SipParty {
    return this.#party(SPAN.assertedIdentity);
  }
  get remotePartyId(): SipParty {
    return this.#party(SPAN.remotePartyId);
  }
  get diversion(): SipParty {
    return this.#party(SPAN.diversion);
  }
  get referTo(): SipParty {
    return this.#party(SPAN.referTo);
  }
  get referredBy(): SipParty {
    return this.#party(SPAN.referredBy);
  }
  get reason(): string {
    return unfold(this.#text(SPAN.reason));
  }
  get replaces(): string {
    return unfold(this.#text(SPAN.replaces));
  }
  get userAgent(): string {
    return unfold(this.#text(SPAN.userAgent));
  }
  get sessionId(): string {
    return unfold(this.#text(SPAN.sessionId));
  }
  get bodyType(): string {
    return (this.contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  }
  get contentType(): string {
    return unfold(this.#text(SPAN.contentType));
  }
  header(name: string): string[] {
    const forms = headerForms(name);
    this.#shapes ??= shapesOf(this.#bytes, this.#headers);
    for (const shape of forms.shapes) {
      if ((this.#shapes[shape >> 5]! & (1 << (shape & 31))) !== 0)
        return headerValues(this.#bytes, this.#headers, forms);
    }
    return [];
  }
}

/** RFC 3261 has "received" without brackets for IPv6; some senders write them. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function shapesOf(bytes: Buffer, headers: Int32Array): Int32Array {
  const bits = new Int32Array(4);
  for (let at = 0; at < headers.length; at += 4) {
    if (headers[at + 1]! <= headers[at]!) continue;
    const shape = shapeBit(bytes, headers[at]!, headers[at + 1]!);
    bits[shape >> 5]! |= 1 << (shape & 31);
  }
  return bits;
}

/** The values of one header among the positions that a scan made (SipScan.headers). */
function headerValues(bytes: Buffer, headers: Int32Array, { words }: HeaderForms): string[] {
  const values: string[] = [];
  for (let at = 0; at < headers.length; at += 4) {
    const nameStart = headers[at]!;
    const nameEnd = headers[at + 1]!;
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      if (nameEnd - nameStart !== word.length || !equalsWord(bytes, nameStart, nameEnd, word)) continue;
      values.push(unfold(decodeText(bytes, headers[at + 2]!, headers[at + 3]!)));
      break;
    }
  }
  return values;
}
