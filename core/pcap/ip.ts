import { ipv4Text, ipv6Text } from './address.ts';

export const IP_PROTOCOL = { tcp: 6, udp: 17, experiment: 253 } as const;

/** IPv6 extension headers (RFC 8200 §4) that end with eight-byte units: hop-by-hop, routing, destination, mobility, HIP, shim6. */
const EXTENSION_HEADERS: readonly number[] = [0, 43, 60, 135, 139, 140];
const FRAGMENT_HEADER = 44;
const AUTHENTICATION_HEADER = 51;
/** More than any real packet has; a bound for made-up ones. */
const MAX_EXTENSION_HEADERS = 16;

export interface IpPacket {
  readonly src: string;
  readonly dst: string;
  /** Of the payload: see {@link IP_PROTOCOL}. In a fragment, of what the fragments make together. */
  readonly protocol: number;
  /** A view; shorter than the packet said when the capture cut it. */
  readonly payload: Buffer;
  readonly fragment?: Fragment;
}

export interface Fragment {
  readonly id: number;
  /** Bytes from the beginning of the whole payload. */
  readonly offset: number;
  readonly last: boolean;
}

/** Reads an IPv4 (RFC 791) or IPv6 (RFC 8200) packet; undefined when it is none. Bytes behind the packet are padding. */
export function readIp(bytes: Buffer): IpPacket | undefined {
  if (bytes.length < 20) return undefined;
  const version = bytes.readUInt8(0) >> 4;
  if (version === 4) return readIpv4(bytes);
  return version === 6 && bytes.length >= 40 ? readIpv6(bytes) : undefined;
}

function readIpv4(bytes: Buffer): IpPacket | undefined {
  const headerLength = (bytes.readUInt8(0) & 15) * 4;
  // A packet captured before the network card cut it (segmentation offload) has the length 0.
  const length = bytes.readUInt16BE(2) || bytes.length;
  if (headerLength < 20 || length < headerLength || bytes.length < headerLength) return undefined;
  const flags = bytes.readUInt16BE(6);
  const offset = (flags & 0x1fff) * 8;
  const more = (flags & 0x2000) !== 0;
  return {
    src: ipv4Text(bytes, 12),
    dst: ipv4Text(bytes, 16),
    protocol: bytes.readUInt8(9),
    payload: bytes.subarray(headerLength, Math.min(length, bytes.length)),
    ...((more || offset > 0) && { fragment: { id: bytes.readUInt16BE(4), offset, last: !more } }),
  };
}

function readIpv6(bytes: Buffer): IpPacket | undefined {
  // 0: a jumbogram, or segmentation offload as above.
  const end = Math.min(bytes.readUInt16BE(4) === 0 ? bytes.length : 40 + bytes.readUInt16BE(4), bytes.length);
  let protocol = bytes.readUInt8(6);
  let at = 40;
  let fragment: Fragment | undefined;
  for (let headers = 0; headers < MAX_EXTENSION_HEADERS; headers++) {
    const isFragment = protocol === FRAGMENT_HEADER;
    if (!isFragment && protocol !== AUTHENTICATION_HEADER && !EXTENSION_HEADERS.includes(protocol)) {
      const packet = { src: ipv6Text(bytes, 8), dst: ipv6Text(bytes, 24), protocol, payload: bytes.subarray(at, end) };
      return fragment === undefined ? packet : { ...packet, fragment };
    }
    if (at + 8 > end) return undefined;
    const next = bytes.readUInt8(at);
    const units = bytes.readUInt8(at + 1);
    if (isFragment) {
      const flags = bytes.readUInt16BE(at + 2);
      const found = { id: bytes.readUInt32BE(at + 4), offset: flags & 0xfff8, last: (flags & 1) === 0 };
      // Offset 0 and no more to come: an "atomic fragment" (RFC 6946), which is whole.
      if (found.offset > 0 || !found.last) fragment = found;
      at += 8;
    } else {
      at += protocol === AUTHENTICATION_HEADER ? (units + 2) * 4 : (units + 1) * 8;
    }
    protocol = next;
    if (at > end) return undefined;
    // Headers behind a later fragment's are in its payload, which only the whole can be read for.
    if (fragment !== undefined && fragment.offset > 0) {
      return {
        src: ipv6Text(bytes, 8),
        dst: ipv6Text(bytes, 24),
        protocol,
        payload: bytes.subarray(at, end),
        fragment,
      };
    }
  }
  return undefined;
}
