import type { Micros, Transport } from '../model/capture-event.ts';
import { classifyUdp } from './classify.ts';
import type { Frame } from './frame.ts';
import { IP_PROTOCOL, type IpPacket, readIp } from './ip.ts';
import { createIpFragments } from './ip-fragments.ts';
import { ipOfFrame } from './link.ts';
import { leadingLineEnds } from './sip-frames.ts';
import { createSipStreams, type StreamMessage } from './sip-streams.ts';
import { readTcp, readUdp } from './transport.ts';

/** One SIP message as it was on the wire, with the time of the frame that completed it. */
export interface CapturedSip {
  readonly atUs: Micros;
  readonly transport: Transport;
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  /** A copy of its own. */
  readonly payload: Buffer;
}

/**
 * Why a frame gave no SIP message: `short_frame`, `not_ip`, `link_type`, `bad_ip`, `ip_protocol` (neither UDP nor TCP),
 * `bad_udp`, `bad_tcp`, `no_time`, what a datagram was instead (`rtp`, `rtcp`, `hep_in_pcap`, `keepalive`,
 * `udp_not_sip`), `ip_fragment_missing`, counted once a packet, or `tcp_not_sip`, counted once a stretch of bytes in a
 * connection that begins no message. Fragments, and segments without data, are counted nowhere.
 */
export type SkipReason = string;

/** Finds the SIP messages in the frames of a capture, in any order of protocols, on any port. Bounded in memory. */
export interface SipExtractor {
  push(frame: Frame): CapturedSip[];
  /** What the last frames left unfinished. */
  end(): CapturedSip[];
  /** How many so far. */
  skipped(): ReadonlyMap<SkipReason, number>;
}

export function createSipExtractor(): SipExtractor {
  const fragments = createIpFragments();
  const streams = createSipStreams();
  const skipped = new Map<SkipReason, number>();

  const skip = (reason: SkipReason): CapturedSip[] => {
    skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    return [];
  };

  const ofUdp = (packet: IpPacket, atUs: Micros): CapturedSip[] => {
    const datagram = readUdp(packet.payload);
    if (datagram === undefined) return skip('bad_udp');
    const kind = classifyUdp(datagram.payload);
    if (kind !== 'sip') return skip(kind);
    const { srcPort, dstPort, payload } = datagram;
    // A copy, because an event may live long after the chunk of the file.
    const message = Buffer.from(payload.subarray(leadingLineEnds(payload)));
    return [{ atUs, transport: 'udp', srcIp: packet.src, srcPort, dstIp: packet.dst, dstPort, payload: message }];
  };

  const ofTcp = (packet: IpPacket, atUs: Micros): CapturedSip[] => {
    const segment = readTcp(packet.payload);
    return segment === undefined ? skip('bad_tcp') : streams.push(packet.src, packet.dst, segment, atUs).map(overTcp);
  };

  return {
    push: (frame) => {
      const bytes = ipOfFrame(frame.linkType, frame.data);
      if (typeof bytes === 'string') return skip(bytes);
      if (frame.atUs === 0) return skip('no_time');
      const read = readIp(bytes);
      if (read === undefined) return skip('bad_ip');
      const packet = fragments.add(read, frame.atUs);
      if (packet === undefined) return [];
      if (packet.protocol === IP_PROTOCOL.udp) return ofUdp(packet, frame.atUs);
      return packet.protocol === IP_PROTOCOL.tcp ? ofTcp(packet, frame.atUs) : skip('ip_protocol');
    },
    end: () => {
      fragments.end();
      return streams.end().map(overTcp);
    },
    skipped: () => {
      const late = [['ip_fragment_missing', fragments.lost()] as const, ['tcp_not_sip', streams.passedOver()] as const];
      return new Map([...skipped, ...late.filter(([, count]) => count > 0)]);
    },
  };
}

const overTcp = (message: StreamMessage): CapturedSip => ({ ...message, transport: 'tcp' });
