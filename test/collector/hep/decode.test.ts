import { deflateSync, gzipSync } from 'node:zlib';
import hepJs from 'hep-js';
import { describe, expect, test } from 'vitest';
import { decodeHep } from '../../../collector/hep/decode.ts';
import { hepChunk, hepPacket } from '../../../collector/hep/encode.ts';
import { payloadOf } from '../../../collector/hep/packet.ts';
import { decoded, oldHep, oneRecorded, reasonOf, recorded, recordedPackets, SIP, seededRandom } from './helpers.ts';

const payloadChunk = hepChunk(0x0f, SIP);

describe('HEPv3 as real senders write it', () => {
  test('reads the same numbers and payload as hep-js out of every recorded IPv4 packet', () => {
    let compared = 0;
    for (const { bytes, note } of recordedPackets) {
      const peer = hepJs.decapsulate(bytes);
      if (peer === false || note === 'empty payload' || note === 'lengths beyond the datagram') continue;
      const packet = decoded(bytes);
      expect(packet).toMatchObject({
        version: 3,
        flaw: '',
        ipProtocol: peer.rcinfo.protocol,
        srcPort: peer.rcinfo.srcPort,
        dstPort: peer.rcinfo.dstPort,
        sentUs: peer.rcinfo.timeSeconds * 1e6 + peer.rcinfo.timeUseconds,
        protocol: peer.rcinfo.payloadType,
        captureId: peer.rcinfo.captureId,
      });
      expect(packet.payload.toString()).toBe(peer.payload);
      expect(packet.correlationId.toString()).toBe(peer.rcinfo.correlation_id ?? '');
      expect(packet.nodeName.toString()).toBe(peer.rcinfo.hepNodeName ?? '');
      if (peer.rcinfo.srcIp !== undefined) {
        expect([...bytes.subarray(packet.srcAt, packet.srcAt + packet.srcLength)].join('.')).toBe(peer.rcinfo.srcIp);
        expect([...bytes.subarray(packet.dstAt, packet.dstAt + packet.dstLength)].join('.')).toBe(peer.rcinfo.dstIp);
      }
      compared++;
    }
    expect(compared).toBe(recordedPackets.length - 2);
  });

  test('reads addresses that come after the capture id, and a correlation id after the payload', () => {
    const freeswitch = decoded(oneRecorded('FreeSWITCH 1.10', 'SIP over UDP').bytes);
    expect(freeswitch).toMatchObject({ srcLength: 4, dstLength: 4, captureId: 201, flaw: '' });
    const opensips = decoded(oneRecorded('OpenSIPS', 'SIP over UDP').bytes);
    expect(opensips.payload.toString()).toContain(`Call-ID: ${opensips.correlationId.toString()}\r\n`);
  });

  test('finds 16 address bytes in the IPv6 packets of both senders', () => {
    for (const { bytes } of [...recorded('Kamailio', 'SIP over IPv6'), ...recorded('FreeSWITCH', 'SIP over IPv6')]) {
      expect(decoded(bytes)).toMatchObject({ srcLength: 16, dstLength: 16, flaw: '' });
    }
  });

  test('says that FreeSWITCH sent a payload chunk without a payload', () => {
    expect(reasonOf(oneRecorded('FreeSWITCH', 'empty payload').bytes)).toBe('empty_payload');
  });

  test('recovers the message from a packet whose lengths reach beyond the datagram, and says so', () => {
    const { bytes } = oneRecorded('FreeSWITCH', 'lengths beyond the datagram');
    expect(bytes.readUInt16BE(4)).toBeGreaterThan(bytes.length);
    const packet = decoded(bytes);
    expect(packet.flaw).toBe('truncated');
    expect(packet.payload.length).toBe(bytes.length - 99);
    expect(packet.payload.toString('latin1', 0, 8)).toMatch(/^(INVITE |SIP\/2\.0)/);
  });
});

describe('hostile bytes', () => {
  const v2 = oldHep(2, Buffer.from([192, 0, 2, 1, 198, 51, 100, 7]), SIP);
  const packed = hepPacket([hepChunk(0x10, deflateSync(SIP)), hepChunk(0x11, SIP)]);

  test('every prefix of a valid packet gives a value, and never a payload that was not sent', () => {
    const small = recordedPackets.filter(({ bytes, note }) => bytes.length < 4000 && note !== 'empty payload');
    const packets = [...small.map(({ bytes }) => bytes), v2, packed];
    for (const bytes of packets) {
      const whole = decoded(bytes).payload;
      for (let size = 0; size < bytes.length; size++) {
        const result = decodeHep(bytes.subarray(0, size));
        if (!result.ok) continue;
        const payload = payloadOf(result.packet);
        expect(whole.subarray(0, payload.length).equals(payload)).toBe(true);
        if (result.packet.version === 3) expect(result.packet.flaw).toBe('truncated');
      }
    }
  });

  test('random bytes and mutated packets give a value', () => {
    const seed = Date.now() >>> 0;
    const random = seededRandom(seed);
    const starts = [Buffer.from('HEP3'), Buffer.from([1]), Buffer.from([2]), Buffer.alloc(0)];
    const sources = [...recordedPackets.map(({ bytes }) => bytes), v2, packed];
    const until = performance.now() + 1000;
    let tried = 0;
    while (performance.now() < until) {
      const bytes =
        tried++ % 4 === 0
          ? Buffer.concat([starts[random() % 4]!, Buffer.from(Array.from({ length: random() % 200 }, random))])
          : Buffer.from(sources[random() % sources.length]!);
      if (tried % 4 !== 1) {
        for (let edits = 1 + (random() % 6); edits > 0; edits--)
          bytes[random() % Math.min(bytes.length, 160)] = random();
      }
      try {
        const result = decodeHep(bytes);
        if (!result.ok) continue;
        const { srcAt, srcLength, dstAt, dstLength, payloadAt, payloadEnd, payloadIn } = result.packet;
        expect(payloadAt).toBeGreaterThanOrEqual(0);
        expect(payloadEnd).toBeGreaterThan(payloadAt);
        expect(payloadEnd).toBeLessThanOrEqual(payloadIn.length);
        expect(Math.max(srcAt + srcLength, dstAt + dstLength)).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        throw new Error(`seed ${seed}, try ${tried}: ${bytes.toString('hex')}`, { cause: error });
      }
    }
    expect(tried).toBeGreaterThan(1000);
  });

  test('the worst 64 KiB packets we know are decoded in under 5 ms', () => {
    const tiny = hepChunk(0x13, Buffer.alloc(0));
    const nearBomb = deflateSync(Buffer.alloc(1024 * 1024));
    const members = gzipSync(Buffer.alloc(0));
    const many = (part: Buffer): Buffer =>
      Buffer.concat(Array.from({ length: Math.floor(65_000 / part.length) }, () => part));
    const worst = {
      'ten thousand chunks': hepPacket([many(tiny), payloadChunk]),
      'ten thousand compressed chunks': hepPacket([many(hepChunk(0x10, Buffer.from([0x78])))]),
      'a payload just within bounds': hepPacket([hepChunk(0x10, nearBomb)]),
      'a payload out of bounds': hepPacket([hepChunk(0x10, deflateSync(Buffer.alloc(32 * 1024 * 1024)))]),
      'thousands of gzip members': hepPacket([hepChunk(0x10, many(members))]),
      'incompressible deflate': hepPacket([hepChunk(0x10, Buffer.alloc(65_000, 0x78))]),
    };
    for (const [what, bytes] of Object.entries(worst)) {
      let best = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < 15; tries++) {
        const from = performance.now();
        decodeHep(bytes);
        best = Math.min(best, performance.now() - from);
      }
      expect(best, what).toBeLessThan(5);
    }
  });
});
