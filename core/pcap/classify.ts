import { leadingLineEnds, startsSip } from './sip-frames.ts';

/** What a UDP payload is, by its own bytes: SIP is on any port, so ports prove nothing. */
export type UdpKind = 'sip' | 'hep_in_pcap' | 'keepalive' | 'rtcp' | 'rtp' | 'udp_not_sip';

export function classifyUdp(payload: Buffer): UdpKind {
  const at = leadingLineEnds(payload);
  if (at === payload.length || payload.every((byte) => byte === 0)) return 'keepalive';
  if (startsSip(payload.subarray(at)) === 'yes') return 'sip';
  if (payload.length >= 6 && payload.toString('latin1', 0, 4) === 'HEP3') return 'hep_in_pcap';
  if (payload.length < 8 || payload.readUInt8(0) >> 6 !== 2) return 'udp_not_sip';
  // RFC 5761 §4: RTCP packet types 192-223 are kept free of RTP payload types (with the marker bit).
  const type = payload.readUInt8(1);
  if (type >= 192 && type <= 223) return 'rtcp';
  return payload.length >= 12 ? 'rtp' : 'udp_not_sip';
}
