import type { Micros } from '../../core/model/capture-event.ts';

/** Why bytes are no usable HEP packet. Public: these are label values of calltrail_rejected_total. */
export type HepReason =
  /** Neither "HEP3" nor a plausible v1/v2 header. */
  | 'not_hep'
  /** Shorter than its own fixed header. */
  | 'too_short'
  /** The total length at offset 4 is less than the six bytes it counts itself. */
  | 'bad_length'
  /** No payload chunk (0x0f or 0x10). */
  | 'no_payload'
  /** A payload of no bytes: FreeSWITCH with sofia-sip 1.13.17 sends it for a message larger than its buffer. */
  | 'empty_payload'
  /** Cut off before the payload. */
  | 'truncated'
  /** A chunk of an impossible length stands before the payload. */
  | 'bad_chunk'
  /** Chunk 0x10 is neither zlib, gzip nor raw deflate. */
  | 'bad_compression'
  /** Chunk 0x10 inflates to more than a message can be. */
  | 'payload_too_big';

/**
 * What was wrong with a packet that could be used all the same. '' for nothing, else the first of:
 * - truncated: the sender's lengths reach beyond the bytes that came; the payload may lack its end
 * - trailing_bytes: more bytes came than the packet says it has; they are ignored
 * - wrong_length: a chunk ran past the packet's total length, but its bytes were there and are used
 * - bad_chunk: a chunk had an impossible length; it, and after a length below six everything behind it, was skipped
 */
export type HepFlaw = '' | 'truncated' | 'trailing_bytes' | 'wrong_length' | 'bad_chunk';

/**
 * One decoded packet. Everything that is bytes is a view of the datagram (or of the inflated payload): nothing is
 * copied and no text is made until somebody asks for it.
 */
export interface HepPacket {
  readonly version: 1 | 2 | 3;
  readonly flaw: HepFlaw;
  /** What the addresses point into. */
  readonly bytes: Buffer;
  /** IP protocol number (chunk 0x02): 17 UDP, 6 TCP, 132 SCTP, and 22 by convention for TLS. 0 when absent. */
  readonly ipProtocol: number;
  /** Offset of the source address in {@link bytes}, and its length: 4, 16, or 0 when absent. */
  readonly srcAt: number;
  readonly srcLength: number;
  readonly dstAt: number;
  readonly dstLength: number;
  readonly srcPort: number;
  readonly dstPort: number;
  /** The sender's clock (chunks 0x09 and 0x0a, v2 time header); 0 when the packet has none, as in v1. */
  readonly sentUs: Micros;
  /** Protocol type (chunk 0x0b), see PROTOCOL in the model; 1 (SIP) in v1 and v2. */
  readonly protocol: number;
  /** Chunk 0x0c, or the 16-bit id of v2; 0 when absent. */
  readonly captureId: number;
  /** Chunk 0x0d: seconds between keep-alives that an agent announces; 0 when absent. */
  readonly keepAliveSeconds: number;
  /** Chunk 0x12; 0 when absent or untagged. */
  readonly vlan: number;
  /** Chunk 0x0e, undefined when absent. A secret: never store or show it. */
  readonly authKey: Buffer | undefined;
  /** Chunk 0x11, empty when absent. */
  readonly correlationId: Buffer;
  /** Chunk 0x13, empty when absent. */
  readonly nodeName: Buffer;
  /** Chunk 0x0f, or chunk 0x10 inflated: [payloadAt, payloadEnd) of these bytes. Never empty. */
  readonly payloadIn: Buffer;
  readonly payloadAt: number;
  readonly payloadEnd: number;
}

export type HepResult =
  | { readonly ok: true; readonly packet: HepPacket }
  | { readonly ok: false; readonly reason: HepReason };

export const NO_BYTES: Buffer = Buffer.alloc(0);

export const payloadOf = ({ payloadIn, payloadAt, payloadEnd }: HepPacket): Buffer =>
  payloadIn.subarray(payloadAt, payloadEnd);
