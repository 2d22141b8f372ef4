import type { SipFlaw } from './flaw.ts';
import { SPANS_LENGTH } from './spans.ts';

/** What one pass over a message found. Offsets count from the start of the buffer; the object is used again and again. */
export interface SipScan {
  flaw: SipFlaw;
  /** All flaws as bits of FLAW. */
  flaws: number;
  request: boolean;
  /** 0 for a request, or when it cannot be read. */
  status: number;
  /** 0 when it cannot be read. */
  cseq: number;
  /** Bytes. -1 when absent or unreadable; so are the next two. */
  contentLength: number;
  maxForwards: number;
  /** Seconds. */
  expires: number;
  /** Whether the empty line behind the headers is there. */
  headersEnded: boolean;
  /** The body, as far as Content-Length and the bytes reach. `bodyEnd` is the end of the message. */
  bodyStart: number;
  bodyEnd: number;
  /** See SPAN and PARTY in spans.ts. */
  readonly spans: Int32Array;
  /** Every header in its order, four offsets each: name start, name end, value start, value end (trimmed, folds left in). */
  headers: Int32Array;
  headerCount: number;
}

export function createSipScan(): SipScan {
  return {
    flaw: '',
    flaws: 0,
    request: false,
    status: 0,
    cseq: 0,
    contentLength: -1,
    maxForwards: -1,
    expires: -1,
    headersEnded: false,
    bodyStart: 0,
    bodyEnd: 0,
    spans: new Int32Array(SPANS_LENGTH),
    headers: new Int32Array(4 * 64),
    headerCount: 0,
  };
}

export function clearScan(out: SipScan): void {
  out.flaw = '';
  out.flaws = 0;
  out.request = false;
  out.status = 0;
  out.cseq = 0;
  out.contentLength = -1;
  out.maxForwards = -1;
  out.expires = -1;
  out.headersEnded = false;
  out.bodyStart = 0;
  out.bodyEnd = 0;
  out.headerCount = 0;
  out.spans.fill(0);
}

export function addHeader(out: SipScan, nameStart: number, nameEnd: number, start: number, end: number): void {
  const at = out.headerCount * 4;
  if (at === out.headers.length) {
    const larger = new Int32Array(at * 2);
    larger.set(out.headers);
    out.headers = larger;
  }
  out.headers[at] = nameStart;
  out.headers[at + 1] = nameEnd;
  out.headers[at + 2] = start;
  out.headers[at + 3] = end;
  out.headerCount++;
}
