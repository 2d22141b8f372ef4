import { describe, expect, it } from 'vitest';
import { readIp } from '../../../core/pcap/ip.ts';
import { readTcp, readUdp } from '../../../core/pcap/transport.ts';
import { tcpSegment, udpOverIp } from './build.ts';

const payload = Buffer.from('payload');
const ip4 = udpOverIp(payload);
const ip6 = udpOverIp(payload, '2001:db8::1', '2001:db8::2');

/** An IPv6 packet with these extension headers, each given with its own type. */
function extended(headers: readonly { type: number; bytes: Buffer }[]): Buffer {
  const types = [...headers.map(({ type }) => type), 17];
  const extra = headers.map(({ bytes }, index) => Buffer.concat([Buffer.from([types[index + 1]!]), bytes]));
  const packet = Buffer.concat([ip6.subarray(0, 40), ...extra, ip6.subarray(40)]);
  packet.writeUInt16BE(packet.length - 40, 4);
  packet.writeUInt8(types[0]!, 6);
  return packet;
}

describe('an IPv4 packet', () => {
  it('gives addresses, protocol and payload, without padding behind it', () => {
    const read = readIp(Buffer.concat([ip4, Buffer.alloc(18)]));
    expect(read).toMatchObject({ src: '192.0.2.1', dst: '198.51.100.7', protocol: 17 });
    expect(readUdp(read!.payload)).toEqual({ srcPort: 5060, dstPort: 5080, payload });
  });

  it('may have options', () => {
    const packet = Buffer.concat([ip4.subarray(0, 20), Buffer.from('01010100', 'hex'), ip4.subarray(20)]);
    packet.writeUInt8(0x46, 0);
    packet.writeUInt16BE(packet.length, 2);
    expect(readUdp(readIp(packet)!.payload)?.payload).toEqual(payload);
  });

  it('of length 0, as captured before the network card cut it, reaches to the end of the frame', () => {
    const packet = Buffer.from(ip4);
    packet.writeUInt16BE(0, 2);
    expect(readUdp(readIp(packet)!.payload)?.payload).toEqual(payload);
  });

  it('says which fragment it is', () => {
    const packet = Buffer.from(ip4);
    packet.writeUInt16BE(77, 4);
    packet.writeUInt16BE(0x2000 | 3, 6);
    expect(readIp(packet)?.fragment).toEqual({ id: 77, offset: 24, last: false });
    packet.writeUInt16BE(3, 6);
    expect(readIp(packet)?.fragment).toEqual({ id: 77, offset: 24, last: true });
  });
});

describe('an IPv6 packet', () => {
  const option = (type: number): { type: number; bytes: Buffer } => ({ type, bytes: Buffer.alloc(7) });

  it.each([
    ['none', []],
    ['hop-by-hop, routing, destination options', [option(0), option(43), option(60)]],
    ['authentication', [{ type: 51, bytes: Buffer.concat([Buffer.from([4]), Buffer.alloc(22)]) }]],
    ['an atomic fragment', [{ type: 44, bytes: Buffer.from('00 0000 00000009'.replaceAll(' ', ''), 'hex') }]],
  ])('is read through its extension headers: %s', (_name, headers) => {
    const read = readIp(extended(headers));
    expect(read).toMatchObject({ src: '2001:db8::1', dst: '2001:db8::2', protocol: 17 });
    expect(read?.fragment).toBeUndefined();
    expect(readUdp(read!.payload)?.payload).toEqual(payload);
  });

  it('says which fragment it is', () => {
    const first = readIp(extended([{ type: 44, bytes: Buffer.from('00000100000009', 'hex') }]));
    expect(first).toMatchObject({ protocol: 17, fragment: { id: 9, offset: 0, last: false } });
    const later = readIp(extended([{ type: 44, bytes: Buffer.from('00001800000009', 'hex') }]));
    expect(later).toMatchObject({ protocol: 17, fragment: { id: 9, offset: 24, last: true } });
  });

  it('with endless extension headers is none', () => {
    expect(readIp(extended(Array.from({ length: 40 }, () => option(60))))).toBeUndefined();
  });
});

describe('a packet that was cut off', () => {
  it.each([
    ['IPv4', ip4],
    ['IPv6', extended([{ type: 0, bytes: Buffer.alloc(7) }])],
  ])('is read as far as it goes, or not at all, at every offset: %s', (_name, packet) => {
    const whole = readIp(packet)!;
    for (let length = 0; length < packet.length; length++) {
      const read = readIp(packet.subarray(0, length));
      if (read !== undefined) expect(whole.payload.subarray(0, read.payload.length)).toEqual(read.payload);
    }
    for (let length = 0; length < 8; length++) expect(readUdp(whole.payload.subarray(0, length))).toBeUndefined();
  });
});

describe('a TCP segment', () => {
  it('gives sequence number, SYN and payload, and is none when its header is cut', () => {
    const segment = tcpSegment({ sequence: 0xffffffff, payload, syn: true });
    expect(readTcp(segment)).toEqual({ srcPort: 5060, dstPort: 5080, sequence: 0xffffffff, syn: true, payload });
    for (let length = 0; length < 20; length++) expect(readTcp(segment.subarray(0, length))).toBeUndefined();
    segment.writeUInt8(0x10, 12);
    expect(readTcp(segment)).toBeUndefined();
  });
});
