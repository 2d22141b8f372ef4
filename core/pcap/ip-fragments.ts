import type { Micros } from '../model/capture-event.ts';
import type { IpPacket } from './ip.ts';

/** The IPv4 length field allows no more, and what IPv6 calls a jumbogram may not be fragmented. */
const MAX_PACKET_BYTES = 65_535;
/** RFC 8200 §4.5 gives up after 60 s; Linux after 30 s. Counted on the capture's clock. */
const MAX_AGE_US = 30_000_000;
/** Unfinished packets kept at a time: 16 MiB at the most. */
const MAX_PACKETS = 256;

interface Unfinished {
  readonly since: Micros;
  /** By offset. */
  readonly parts: Map<number, Buffer>;
  /** Payload length, known once the last fragment came. */
  length: number | undefined;
  bytes: number;
}

export interface IpFragments {
  /** The whole packet once its last missing fragment has come; until then undefined. */
  add(packet: IpPacket, atUs: Micros): IpPacket | undefined;
  /** Packets given up so far because a fragment never came or did not fit. */
  lost(): number;
  /** Gives up what is unfinished: after the end of the file. */
  end(): void;
}

/** Puts fragmented IP packets together again. Bounded: the oldest unfinished packet goes first. */
export function createIpFragments(): IpFragments {
  const unfinished = new Map<string, Unfinished>();
  let lost = 0;

  const giveUp = (key: string): void => {
    if (unfinished.delete(key)) lost++;
  };

  const makeRoom = (atUs: Micros): void => {
    for (const [key, packet] of unfinished) {
      if (unfinished.size < MAX_PACKETS && atUs - packet.since <= MAX_AGE_US) return;
      giveUp(key);
    }
  };

  const add = (packet: IpPacket, atUs: Micros): IpPacket | undefined => {
    const { fragment, payload, ...rest } = packet;
    if (fragment === undefined) return packet;
    const key = `${packet.src} ${packet.dst} ${packet.protocol} ${fragment.id}`;
    let whole = unfinished.get(key);
    if (whole === undefined) {
      makeRoom(atUs);
      whole = { since: atUs, parts: new Map(), length: undefined, bytes: 0 };
      unfinished.set(key, whole);
    }
    if (fragment.offset + payload.length > MAX_PACKET_BYTES || (payload.length === 0 && !fragment.last)) {
      giveUp(key);
      return undefined;
    }
    if (fragment.last) whole.length = fragment.offset + payload.length;
    const before = whole.parts.get(fragment.offset);
    if (before === undefined || before.length < payload.length) {
      whole.parts.set(fragment.offset, Buffer.from(payload));
      whole.bytes += payload.length - (before?.length ?? 0);
    }
    if (whole.length === undefined || whole.bytes < whole.length) return undefined;
    const joined = join(whole.parts, whole.length);
    if (joined === undefined) return undefined;
    unfinished.delete(key);
    return { ...rest, payload: joined };
  };

  return {
    add,
    lost: () => lost,
    end: () => {
      for (const key of unfinished.keys()) giveUp(key);
    },
  };
}

/** Undefined while there is a hole. Where fragments overlap (a retransmission cut differently) the later offset wins. */
function join(parts: ReadonlyMap<number, Buffer>, length: number): Buffer | undefined {
  const joined = Buffer.alloc(length);
  let filled = 0;
  for (const [offset, part] of [...parts].sort(([a], [b]) => a - b)) {
    if (offset > filled) return undefined;
    part.copy(joined, offset);
    filled = Math.max(filled, offset + part.length);
  }
  return filled >= length ? joined : undefined;
}
