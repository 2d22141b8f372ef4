import { describe, expect, it } from 'vitest';
import { ipOfFrame } from '../../../core/pcap/link.ts';
import { udpOverIp } from './build.ts';

const ip4 = udpOverIp(Buffer.from('x'));
const ip6 = udpOverIp(Buffer.from('x'), '2001:db8::1', '2001:db8::2');
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const macs = '020000000001 020000000002';

describe('a frame', () => {
  it.each([
    ['Ethernet', 1, `${macs} 0800`, ip4],
    ['Ethernet, IPv6', 1, `${macs} 86dd`, ip6],
    ['Ethernet with a VLAN tag', 1, `${macs} 8100 0064 0800`, ip4],
    ['Ethernet with QinQ tags', 1, `${macs} 88a8 0064 8100 0065 86dd`, ip6],
    ['Linux cooked capture', 113, '0000 0001 0006 020000000001 0000 0800', ip4],
    ['Linux cooked capture with a VLAN tag', 113, '0000 0001 0006 020000000001 0000 8100 0064 0800', ip4],
    ['Linux cooked capture v2', 276, '86dd 0000 00000003 0001 00 06 0200000000010000', ip6],
    ['raw IP', 101, '', ip4],
    ['raw IP, number of OpenBSD', 14, '', ip6],
    ['raw IP, number of others', 12, '', ip4],
    ['raw IPv4', 228, '', ip4],
    ['raw IPv6', 229, '', ip6],
    ['BSD loopback, little-endian', 0, '02000000', ip4],
    ['BSD loopback, big-endian, IPv6 of macOS', 0, '0000001e', ip6],
    ['OpenBSD loopback', 108, '00000018', ip6],
  ])('of %s gives the IP packet inside it', (_name, linkType, header, packet) => {
    const head = hex(header);
    const frame = Buffer.concat([head, packet]);
    expect(ipOfFrame(linkType, frame)).toEqual(packet);
    for (let length = 0; length < head.length; length++) {
      expect(ipOfFrame(linkType, frame.subarray(0, length)), `${length} bytes`).toBe('short_frame');
    }
  });

  it.each([
    ['ARP', 1, `${macs} 0806 0001`, 'not_ip'],
    ['an 802.3 length', 1, `${macs} 0026 4242`, 'not_ip'],
    ['another version', 101, '10', 'not_ip'],
    ['AX.25 loopback', 0, '03000000 00', 'not_ip'],
    ['USB', 220, '00', 'link_type'],
  ])('of %s gives a reason', (_name, linkType, bytes, reason) => {
    expect(ipOfFrame(linkType, hex(bytes))).toBe(reason);
  });
});
