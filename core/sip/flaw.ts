/**
 * What is wrong with a message, in the order of damage: when several things are, the first of this list is the one
 * that is told. The codes are stored and counted, so they are public.
 *
 * - empty: no bytes at all (FreeSWITCH 1.10 sends such HEP packets for messages beyond its buffer)
 * - keepalive: only CR, LF or NUL (RFC 5626 §4.4.1, and the NAT pings of common proxies)
 * - not_sip: neither a start line nor one header that we know
 * - fragment: headers, but the message began before these bytes (a TCP segment)
 * - bad_start_line: a start line that is meant and not well formed (RFC 3261 §7.1, §7.2)
 * - bad_version: a version other than SIP/2.0
 * - truncated_header: the bytes end, or the next message begins, before the empty line
 * - no_call_id, no_cseq, no_from, no_to, no_via: a mandatory header is missing or has no value (RFC 3261 §8.1.1)
 * - bad_cseq: not "<32 bit number> <method>"
 * - cseq_mismatch: a request whose CSeq names another method
 * - duplicate_header: two of a header that may stand once; the first is read
 * - bad_length: a Content-Length that is no number
 * - truncated_body: fewer bytes than Content-Length says
 * - bad_header: a header line without a colon
 * - bad_address: From, To or Contact not well formed
 * - bad_via: the top Via not well formed
 */
export const SIP_FLAWS = [
  'empty',
  'keepalive',
  'not_sip',
  'fragment',
  'bad_start_line',
  'bad_version',
  'truncated_header',
  'no_call_id',
  'no_cseq',
  'bad_cseq',
  'no_from',
  'no_to',
  'no_via',
  'cseq_mismatch',
  'duplicate_header',
  'bad_length',
  'truncated_body',
  'bad_header',
  'bad_address',
  'bad_via',
] as const;

/** "" for a message without one. */
export type SipFlaw = '' | (typeof SIP_FLAWS)[number];

type FlawBits = { readonly [K in (typeof SIP_FLAWS)[number]]: number };

/** One bit each, so that the scanner can collect them without allocating. */
export const FLAW = Object.fromEntries(SIP_FLAWS.map((code, index) => [code, 1 << index])) as FlawBits;

/** The most damaging of a set of bits. */
export function worstFlaw(bits: number): SipFlaw {
  return bits === 0 ? '' : SIP_FLAWS[31 - Math.clz32(bits & -bits)]!;
}
