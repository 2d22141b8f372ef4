export interface UdpDatagram {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payload: Buffer;
}

/** RFC 768. Undefined when it is no datagram; the payload is shorter than said when the capture cut it. */
export function readUdp(bytes: Buffer): UdpDatagram | undefined {
  if (bytes.length < 8) return undefined;
  // 0: longer than the field can say, or not yet filled in by the network card.
  const length = bytes.readUInt16BE(4) || bytes.length;
  if (length < 8) return undefined;
  return {
    srcPort: bytes.readUInt16BE(0),
    dstPort: bytes.readUInt16BE(2),
    payload: bytes.subarray(8, Math.min(length, bytes.length)),
  };
}

export interface TcpSegment {
  readonly srcPort: number;
  readonly dstPort: number;
  /** Sequence number of the first byte (of the SYN, when it is one). */
  readonly sequence: number;
  readonly syn: boolean;
  readonly payload: Buffer;
}

/** RFC 9293 §3.1. Undefined when it is no segment. */
export function readTcp(bytes: Buffer): TcpSegment | undefined {
  if (bytes.length < 20) return undefined;
  const headerLength = (bytes.readUInt8(12) >> 4) * 4;
  if (headerLength < 20 || headerLength > bytes.length) return undefined;
  return {
    srcPort: bytes.readUInt16BE(0),
    dstPort: bytes.readUInt16BE(2),
    sequence: bytes.readUInt32BE(4),
    syn: (bytes.readUInt8(13) & 0x02) !== 0,
    payload: bytes.subarray(headerLength),
  };
}
