/**
 * Where the scanner writes what it found: pairs of offsets (start, end) in one Int32Array. Each constant is the index of
 * the start; the end stands behind it. A piece that is not there has start = end = 0.
 */

/** Inside a party: the first four alone are a URI. */
export const PARTY = { uri: 0, user: 2, host: 4, port: 6, display: 8, tag: 10 } as const;
export const PARTY_SIZE = 12;
const FIRST_PARTY = 32;

const party = (index: number): number => FIRST_PARTY + index * PARTY_SIZE;

export const SPAN = {
  method: 0,
  phrase: 2,
  /** The value without white space around it. */
  callId: 4,
  cseqNumber: 6,
  cseqMethod: 8,
  /** Of the top Via: "UDP", host without brackets, and the values of three parameters. */
  viaTransport: 10,
  viaHost: 12,
  viaPort: 14,
  viaBranch: 16,
  viaReceived: 18,
  viaRport: 20,
  /** Whole values, with folds and parameters. */
  contentType: 22,
  reason: 24,
  replaces: 26,
  /** User-Agent, else Server. */
  userAgent: 28,
  sessionId: 30,
  /** Parties: add an offset of {@link PARTY}. `target` is the Request-URI and has no display and no tag. */
  target: party(0),
  from: party(1),
  to: party(2),
  contact: party(3),
  referTo: party(4),
  referredBy: party(5),
  assertedIdentity: party(6),
  remotePartyId: party(7),
  diversion: party(8),
} as const;

export const SPANS_LENGTH = party(9);

/**
 * Forgets each piece that reaches to the very end of bytes that were cut there: it may be half of what was sent, and
 * half a Call-ID or tag is worse than none. Of a cut URI the host goes too, as "sip:alice:se" may be a user so far.
 */
export function forgetCut(spans: Int32Array, end: number): void {
  for (let at = FIRST_PARTY; at < SPANS_LENGTH; at += PARTY_SIZE) {
    if (spans[at + PARTY.uri + 1] === end) spans.fill(0, at + PARTY.host, at + PARTY.port + 2);
  }
  for (let at = 0; at < SPANS_LENGTH; at += 2) {
    if (spans[at + 1] === end) spans.fill(0, at, at + 2);
  }
}
