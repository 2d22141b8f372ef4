import type { Micros } from '../model/capture-event.ts';
import type { TcpSegment } from './transport.ts';

/** Bytes kept behind a hole before we stop waiting for it: more than a receive window of signalling ever holds. */
const MAX_WAITING_BYTES = 262_144;
const MAX_WAITING_SEGMENTS = 1024;
/** A retransmission comes within a second or two (RFC 6298); after that the capture has missed the segment. */
const MAX_WAIT_US = 3_000_000;
/** No window is larger (RFC 7323 allows 1 GiB, nobody uses it): a jump this far is another connection on the same ports. */
const MAX_JUMP = 1 << 24;
const MAX_LATE_SYN = 65_536;

/** Bytes of one direction in the order they were sent. */
export interface TcpPiece {
  /** When the last segment that it needed was captured. */
  readonly atUs: Micros;
  readonly bytes: Buffer;
  /** Something before it is missing, or it begins a connection: it does not continue the piece before. */
  readonly breaks: boolean;
}

interface Waiting {
  readonly sequence: number;
  readonly atUs: Micros;
  readonly payload: Buffer;
}

/** Puts the segments of one direction of one connection in order; drops what was sent twice. */
export interface TcpStream {
  push(segment: TcpSegment, atUs: Micros): TcpPiece[];
  /** What waits behind a hole, which will not be filled any more. */
  flush(): TcpPiece[];
  /** Bytes held. */
  held(): number;
}

/** The distance from b to a on the circle of sequence numbers: negative when a is before b. */
const distance = (a: number, b: number): number => (a - b) | 0;

export function createTcpStream(): TcpStream {
  let next: number | undefined;
  let breaks = true;
  const waiting: Waiting[] = [];
  let held = 0;
  let latestUs = 0;

  /** Hands out the bytes that follow on; false when there is a hole before them. */
  const take = (sequence: number, payload: Buffer, atUs: Micros, out: TcpPiece[]): boolean => {
    if (next === undefined) next = sequence;
    const ahead = distance(sequence, next);
    if (ahead > 0) return false;
    if (-ahead >= payload.length) return true;
    const bytes = payload.subarray(-ahead);
    latestUs = Math.max(latestUs, atUs);
    out.push({ atUs: latestUs, bytes, breaks });
    breaks = false;
    next = (next + bytes.length) >>> 0;
    return true;
  };

  /** Hands out what no longer waits for anything. */
  const settle = (out: TcpPiece[]): void => {
    let first = waiting[0];
    while (first !== undefined && take(first.sequence, first.payload, first.atUs, out)) {
      waiting.shift();
      held -= first.payload.length;
      first = waiting[0];
    }
  };

  const giveUpHole = (out: TcpPiece[]): void => {
    const first = waiting[0];
    if (first === undefined) return;
    next = first.sequence;
    breaks = true;
    settle(out);
  };

  const isHopeless = (atUs: Micros): boolean =>
    held > MAX_WAITING_BYTES ||
    waiting.length > MAX_WAITING_SEGMENTS ||
    waiting.some((other) => atUs - other.atUs > MAX_WAIT_US);

  const flush = (): TcpPiece[] => {
    const out: TcpPiece[] = [];
    while (waiting.length > 0) giveUpHole(out);
    return out;
  };

  const push = (segment: TcpSegment, atUs: Micros): TcpPiece[] => {
    const out: TcpPiece[] = [];
    const { payload } = segment;
    const sequence = segment.syn ? (segment.sequence + 1) >>> 0 : segment.sequence;
    if (next === undefined && segment.syn) next = sequence;
    const ahead = next === undefined ? 0 : distance(sequence, next);
    // A SYN just behind us is the one of this connection, captured late.
    if (Math.abs(ahead) > MAX_JUMP || (segment.syn && (ahead > 0 || ahead < -MAX_LATE_SYN))) {
      out.push(...flush());
      next = sequence;
      breaks = true;
      latestUs = 0;
    }
    if (payload.length > 0 && !take(sequence, payload, atUs, out)) {
      const at = waiting.findLastIndex((other) => distance(other.sequence, sequence) <= 0) + 1;
      waiting.splice(at, 0, { sequence, atUs, payload: Buffer.from(payload) });
      held += payload.length;
    }
    settle(out);
    while (isHopeless(atUs)) giveUpHole(out);
    return out;
  };

  return { push, flush, held: () => held };
}
