/**
 * How one packet lies in a frame: a head of fixed size, then the sensor's name, the correlation id and the payload, and
 * zeros up to a multiple of eight. Numbers are little-endian (the machine's own: a frame crosses processes, not
 * architectures; every machine that Node runs on is little-endian). What is hashed into the id begins at {@link HEAD.said}
 * and goes to the end: what the sender said, with its own clock, and nothing of when it came.
 */
export const HEAD = {
  /** u32: bytes of the record, a multiple of eight. */
  size: 0,
  /** i64: epoch µs, the sender's clock or, when that is wrong, the time of arrival. */
  at: 8,
  /** i64: epoch µs. */
  arrived: 16,
  /** 8 bytes. */
  id: 24,
  said: 32,
  /** i64: the sender's clock unclamped. */
  sent: 32,
  /** 16 bytes each: IPv6, or IPv4 as ::ffff:a.b.c.d; all zero for "not said". */
  src: 40,
  dst: 56,
  srcPort: 72,
  dstPort: 74,
  /** u16: bytes of the sensor's name and of the correlation id. */
  sensor: 76,
  correlation: 78,
  /** u8: HEP protocol type; index into {@link TRANSPORTS}. */
  protocol: 80,
  transport: 81,
  /** u32: bytes of the payload. */
  payload: 84,
} as const;

export const HEAD_SIZE = 88;

/** Transports by their number in a frame and in the store. */
export const TRANSPORTS = ['other', 'udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'] as const;

const TWO_32 = 2 ** 32;

/** Epoch µs as two halves, as JS numbers hold them exactly and 64-bit integers are slow. */
export function writeMicros(words: Int32Array, at: number, us: number): void {
  words[at >> 2] = us % TWO_32;
  words[(at >> 2) + 1] = Math.floor(us / TWO_32);
}

export function readMicros(words: Int32Array, at: number): number {
  return words[(at >> 2) + 1]! * TWO_32 + (words[at >> 2]! >>> 0);
}
