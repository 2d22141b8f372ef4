import { HEP3_HEADER } from './decode-v3.ts';

const MAGIC = Buffer.from('HEP3');

export interface Frames {
  /** Whole HEP3 packets, in order. Views of the chunk where they lay in one piece. */
  readonly packets: readonly Buffer[];
  /** "lost_sync" when what follows is no HEP3 packet: the connection cannot be read on and has to be closed. */
  readonly reason: '' | 'lost_sync';
}

/** Splits one TCP connection's bytes into HEP3 packets: they follow each other with nothing between them. */
export interface HepStream {
  /** After "lost_sync" every further call says so again and returns no packet. */
  push(chunk: Buffer): Frames;
  /** Whether a packet has begun and not come to its end. */
  isMidPacket(): boolean;
  /** The bytes of a packet that has not come to its end. */
  rest(): Buffer;
}

/**
 * A packet that spans chunks is collected in one buffer of its full size, so that each byte is copied at most once
 * however finely TCP cuts it. There is no searching for the next magic after a bad one: payloads may contain it.
 */
export function createHepStream(): HepStream {
  const header = Buffer.alloc(HEP3_HEADER);
  /** The packet being collected; `header` as long as its length is unknown. */
  let partial: Buffer = header;
  let have = 0;
  let lost = false;

  const losesSync = (packetHeader: Buffer, size: number): boolean => {
    const seen = Math.min(size, MAGIC.length);
    if (packetHeader.compare(MAGIC, 0, seen, 0, seen) !== 0) return true;
    return size >= HEP3_HEADER && packetHeader.readUInt16BE(4) < HEP3_HEADER;
  };

  return {
    push(chunk) {
      const packets: Buffer[] = [];
      let at = 0;
      while (!lost && at < chunk.length) {
        if (have === 0 && chunk.length - at >= HEP3_HEADER) {
          const view = chunk.subarray(at, at + HEP3_HEADER);
          lost = losesSync(view, HEP3_HEADER);
          const end = at + view.readUInt16BE(4);
          if (lost) break;
          if (end <= chunk.length) {
            packets.push(chunk.subarray(at, end));
            at = end;
            continue;
          }
        }
        const copied = chunk.copy(partial, have, at);
        have += copied;
        at += copied;
        if (partial === header) {
          lost = losesSync(header, have);
          if (lost || have < HEP3_HEADER) continue;
          partial = Buffer.allocUnsafeSlow(header.readUInt16BE(4));
          header.copy(partial);
        }
        if (have === partial.length) {
          packets.push(partial);
          partial = header;
          have = 0;
        }
      }
      return { packets, reason: lost ? 'lost_sync' : '' };
    },
    isMidPacket: () => have > 0,
    rest: () => Buffer.from(partial.subarray(0, have)),
  };
}
