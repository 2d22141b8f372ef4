import { expect, it } from 'vitest';
import { createSipExtractor } from '../../../core/pcap/extract.ts';
import type { Frame } from '../../../core/pcap/frame.ts';
import { endsOf, ipPacket } from '../../../core/pcap/ip-write.ts';
import { needs } from '../../system/needs.ts';
import { optionsRequest, readAll, recordedCapture, tcpSegment, udpOverIp } from './build.ts';
import { tsharkFields } from './tshark.ts';

const frame = (data: Buffer, atUs = 1): Frame => ({ atUs, linkType: 101, data, wireLength: data.length });

function extract(frames: readonly Frame[]) {
  const extractor = createSipExtractor();
  const messages = frames.flatMap((one) => extractor.push(one));
  return { messages: [...messages, ...extractor.end()], skipped: Object.fromEntries(extractor.skipped()) };
}

needs('tshark')('the SIP of a recorded capture', () => {
  it.each(['14-tcp-ipv6-tls', '18-tcp-fragments-big', '22-utf8-odd-headers'])(
    'is what tshark finds, message by message, with the same times, addresses and Call-IDs: %s',
    (name) => {
      const capture = recordedCapture(name);
      const ours = extract(readAll(capture, 10_000).frames).messages.map(
        ({ atUs, srcIp, srcPort, dstIp, dstPort, payload }) => {
          const callId = /^Call-ID: *(.*?)\r$/im.exec(payload.toString())?.[1];
          return `${atUs} ${srcIp} ${srcPort} ${dstIp} ${dstPort} ${callId}`;
        },
      );
      const fields = [
        'frame.time_epoch',
        ...(['ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst'] as const),
        ...(['udp.srcport', 'tcp.srcport', 'udp.dstport', 'tcp.dstport', 'sip.Call-ID'] as const),
      ] as const;
      const theirs = tsharkFields(capture, fields, '-Y', 'sip').flatMap((row) => {
        const atUs = row['frame.time_epoch'].replace('.', '').slice(0, 16);
        const src = `${row['ip.src'] || row['ipv6.src']} ${row['udp.srcport'] || row['tcp.srcport']}`;
        const dst = `${row['ip.dst'] || row['ipv6.dst']} ${row['udp.dstport'] || row['tcp.dstport']}`;
        return row['sip.Call-ID'].split(',').map((callId) => `${atUs} ${src} ${dst} ${callId}`);
      });
      expect(ours.length).toBeGreaterThan(90);
      expect(ours.sort()).toEqual(theirs.sort());
    },
  );
});

it('finds SIP in fragmented datagrams, on any port, behind keepalives', () => {
  const message = optionsRequest('c1', 'x'.repeat(3000));
  const whole = udpOverIp(Buffer.concat([Buffer.from('\r\n'), message]));
  const cut = (from: number, to: number, flags: number): Buffer => {
    const packet = Buffer.concat([whole.subarray(0, 20), whole.subarray(20 + from, 20 + to)]);
    packet.writeUInt16BE(packet.length, 2);
    packet.writeUInt16BE(flags | (from / 8), 6);
    return packet;
  };
  const { messages } = extract([frame(cut(1480, 9999, 0), 5), frame(cut(0, 1480, 0x2000), 6)]);
  expect(messages).toMatchObject([{ atUs: 6, transport: 'udp', srcPort: 5060, dstPort: 5080 }]);
  expect(messages[0]?.payload).toEqual(message);
});

it('finds SIP in TCP connections over IPv6', () => {
  const ends = endsOf('2001:db8::1', '2001:db8::2');
  const message = optionsRequest('c1');
  const { messages } = extract([frame(ipPacket(ends, 6, tcpSegment({ sequence: 1, payload: message })))]);
  expect(messages).toMatchObject([{ transport: 'tcp', srcIp: '2001:db8::1', dstIp: '2001:db8::2', payload: message }]);
});

it('keeps what a short snapshot length left of a message', () => {
  const packet = udpOverIp(optionsRequest('c1', 'body'));
  const { messages } = extract([frame(packet.subarray(0, packet.length - 10))]);
  expect(messages[0]?.payload).toEqual(packet.subarray(28, packet.length - 10));
});

it('counts everything else by what it was', () => {
  const ip4 = endsOf('192.0.2.1', '192.0.2.2');
  const rtp = Buffer.concat([Buffer.from([0x80, 0x88]), Buffer.alloc(170)]);
  const rtcp = Buffer.concat([Buffer.from([0x81, 200]), Buffer.alloc(26)]);
  const fragment = udpOverIp(Buffer.alloc(64));
  fragment.writeUInt16BE(0x2000, 6);
  const { messages, skipped } = extract([
    ...[
      rtp,
      rtp,
      rtcp,
      Buffer.from('HEP3\0\x06'),
      Buffer.from('\r\n\r\n'),
      Buffer.from([0]),
      Buffer.from('\0\x01stun'),
    ].map((payload) => frame(udpOverIp(payload))),
    frame(Buffer.from('45', 'hex')),
    { ...frame(Buffer.alloc(10)), linkType: 147 },
    { ...frame(Buffer.alloc(10)), linkType: 1 },
    { ...frame(Buffer.alloc(60)), linkType: 1 },
    frame(ipPacket(ip4, 132, Buffer.alloc(20))),
    frame(ipPacket(ip4, 17, Buffer.alloc(4))),
    frame(ipPacket(ip4, 6, Buffer.alloc(4))),
    frame(ipPacket(ip4, 6, tcpSegment({ sequence: 1, payload: '\x16\x03\x01' }))),
    frame(udpOverIp(optionsRequest('c1')), 0),
    frame(fragment),
  ]);
  expect(messages).toEqual([]);
  expect(skipped).toEqual({
    ...{ rtp: 2, rtcp: 1, hep_in_pcap: 1, keepalive: 2, udp_not_sip: 1 },
    ...{ bad_ip: 1, link_type: 1, short_frame: 1, not_ip: 1, ip_protocol: 1, bad_udp: 1, bad_tcp: 1 },
    ...{ tcp_not_sip: 1, no_time: 1, ip_fragment_missing: 1 },
  });
});
