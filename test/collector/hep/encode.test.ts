import hepJs from 'hep-js';
import { expect, test } from 'vitest';
import { decoded, hepOf, SIP } from './helpers.ts';

test('reads what hep-js writes, and hep-js reads what we write', () => {
  const theirs = hepJs.encapsulate(SIP.toString(), {
    protocolFamily: 2,
    protocol: 6,
    srcIp: '203.0.113.9',
    dstIp: '192.0.2.200',
    srcPort: 40000,
    dstPort: 5061,
    timeSeconds: 1_795_258_649,
    timeUseconds: 12,
    payloadType: 1,
    captureId: 4_000_000_000,
    capturePass: 'secret',
    hepNodeName: 'edge-1',
    correlation_id: 'c1@example.net',
  });
  const packet = decoded(theirs);
  expect(packet).toMatchObject({ ipProtocol: 6, srcPort: 40000, dstPort: 5061, captureId: 4_000_000_000, flaw: '' });
  expect(packet.sentUs).toBe(1_795_258_649_000_012);
  expect(String(packet.authKey)).toBe('secret');
  expect(String(packet.nodeName)).toBe('edge-1');
  expect(String(packet.correlationId)).toBe('c1@example.net');
  expect(packet.payload.equals(SIP)).toBe(true);

  const ours = hepJs.decapsulate(
    hepOf({ nodeName: 'edge-1', authKey: 'secret', correlationId: 'c1', transport: 'tls' }),
  );
  expect(ours).toEqual({
    rcinfo: {
      protocolFamily: 2,
      protocol: 22,
      srcIp: '192.0.2.1',
      dstIp: '198.51.100.7',
      srcPort: 5060,
      dstPort: 5080,
      timeSeconds: 1_795_258_649,
      timeUseconds: 951_337,
      payloadType: 1,
      captureId: 101,
      capturePass: 'secret',
      correlation_id: 'c1',
      hepNodeName: 'edge-1',
    },
    payload: SIP.toString(),
  });
});

test('our encoder refuses what would not fit or is no address', () => {
  expect(() => hepOf({ payload: Buffer.alloc(65_500) })).toThrow(RangeError);
  expect(() => hepOf({ payload: Buffer.alloc(66_000) })).toThrow(RangeError);
  expect(() => hepOf({ srcIp: 'example.net' })).toThrow(RangeError);
});

test('an encoded packet of either family comes back as it was', () => {
  const packet = decoded(
    hepOf({ transport: 'sctp', srcIp: '2001:db8::1', dstIp: '::ffff:192.0.2.1', sentUs: 5_000_001, protocol: 100 }),
  );
  expect(packet).toMatchObject({
    ipProtocol: 132,
    srcLength: 16,
    dstLength: 16,
    sentUs: 5_000_001,
    protocol: 100,
    flaw: '',
  });
  expect(decoded(hepOf({ srcIp: '', dstIp: '' }))).toMatchObject({ srcLength: 0, dstLength: 0, flaw: '' });
});
