/** LINKTYPE_ numbers (www.tcpdump.org/linktypes.html) whose frames we can take an IP packet out of. */
export const LINK = {
  null: 0,
  ethernet: 1,
  /** DLT_RAW as some systems wrote it into files. */
  rawOpenBsd: 14,
  rawOthers: 12,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** 802.1Q, 802.1ad (QinQ) and the number that switches used for QinQ before it. */
const VLAN_ETHERTYPES: readonly number[] = [0x8100, 0x88a8, 0x9100];

export type LinkReason = 'short_frame' | 'not_ip' | 'link_type';

/** The IP packet inside a frame (a view, perhaps with padding behind it), or why there is none. */
export function ipOfFrame(linkType: number, data: Buffer): Buffer | LinkReason {
  switch (linkType) {
    case LINK.ethernet:
      return behindEthertype(data, 12, 14);
    case LINK.linuxSll:
      return behindEthertype(data, 14, 16);
    case LINK.linuxSll2:
      return behindEthertype(data, 0, 20);
    case LINK.null:
    case LINK.loop:
      // Four bytes of address family, in the byte order of the capturing host and with a number of its own for IPv6:
      // the IP version behind them says the same more simply.
      return data.length < 5 ? 'short_frame' : ipVersion(data.subarray(4));
    case LINK.raw:
    case LINK.rawOthers:
    case LINK.rawOpenBsd:
    case LINK.ipv4:
    case LINK.ipv6:
      return data.length < 1 ? 'short_frame' : ipVersion(data);
    default:
      return 'link_type';
  }
}

const ipVersion = (data: Buffer): Buffer | LinkReason => {
  const version = data.readUInt8(0) >> 4;
  return version === 4 || version === 6 ? data : 'not_ip';
};

function behindEthertype(data: Buffer, typeAt: number, payloadAt: number): Buffer | LinkReason {
  if (data.length < payloadAt) return 'short_frame';
  let type = data.readUInt16BE(typeAt);
  let at = payloadAt;
  while (VLAN_ETHERTYPES.includes(type)) {
    if (data.length < at + 4) return 'short_frame';
    type = data.readUInt16BE(at + 2);
    at += 4;
  }
  return type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6 ? data.subarray(at) : 'not_ip';
}
