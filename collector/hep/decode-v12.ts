import { PROTOCOL } from '../../core/model/capture-event.ts';
import { sentUs } from './decode-v3.ts';
import { type HepPacket, type HepReason, type HepResult, NO_BYTES } from './packet.ts';

const FIXED_HEADER = 8;
/** v2 only: seconds u32, microseconds u32, capture id u16, two bytes of padding. */
const TIME_HEADER = 12;

const rejected = (reason: HepReason): HepResult => ({ ok: false, reason });

/**
 * HEP v1 and v2: version, header length, address family, IP protocol (u8 each), two ports u16 BE, two addresses, in
 * v2 the time header, then SIP to the end of the datagram.
 *
 * Where the payload begins is computed from version and family, as the header length does not say: Kamailio and
 * captagent leave the time header out of it, sofia-sip counts it. The time header is in the sender's byte order,
 * which is little-endian on every machine such a sender runs on (and Kamailio forces it).
 */
export function decodeHep12(bytes: Buffer): HepResult {
  if (bytes.length < FIXED_HEADER) return rejected('too_short');
  const version = bytes[0] === 2 ? 2 : 1;
  const addressLength = lengthOfFamily(bytes[2]!);
  const addresses = FIXED_HEADER + 2 * addressLength;
  const headerLength = bytes[1]!;
  // Two bytes of magic are too few to tell HEP from noise; the three fields that must agree are.
  const agrees = headerLength === addresses || (version === 2 && headerLength === addresses + TIME_HEADER);
  if (addressLength === 0 || !agrees) return rejected('not_hep');

  const payloadAt = version === 2 ? addresses + TIME_HEADER : addresses;
  if (bytes.length < payloadAt) return rejected('truncated');
  if (bytes.length === payloadAt) return rejected('empty_payload');

  const packet: HepPacket = {
    version,
    flaw: '',
    bytes,
    ipProtocol: bytes[3]!,
    srcAt: FIXED_HEADER,
    srcLength: addressLength,
    dstAt: FIXED_HEADER + addressLength,
    dstLength: addressLength,
    srcPort: bytes.readUInt16BE(4),
    dstPort: bytes.readUInt16BE(6),
    sentUs: version === 2 ? sentUs(bytes.readUInt32LE(addresses), bytes.readUInt32LE(addresses + 4)) : 0,
    protocol: PROTOCOL.sip,
    captureId: version === 2 ? bytes.readUInt16LE(addresses + 8) : 0,
    keepAliveSeconds: 0,
    vlan: 0,
    authKey: undefined,
    correlationId: NO_BYTES,
    nodeName: NO_BYTES,
    payloadIn: bytes,
    payloadAt,
    payloadEnd: bytes.length,
  };
  return { ok: true, packet };
}

/** AF_INET is 2 everywhere; AF_INET6 is the sender's: 10 Linux, 28 FreeBSD, 30 macOS, 24 NetBSD and OpenBSD, 26 Solaris. */
function lengthOfFamily(family: number): 0 | 4 | 16 {
  switch (family) {
    case 2:
      return 4;
    case 10:
    case 24:
    case 26:
    case 28:
    case 30:
      return 16;
    default:
      return 0;
  }
}
