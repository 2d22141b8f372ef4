import { describe, expect, test } from 'vitest';
import { decoded, oldHep, reasonOf, SIP } from './helpers.ts';

describe('HEP v1 and v2', () => {
  const v4 = Buffer.from([192, 0, 2, 1, 198, 51, 100, 7]);
  const v6 = Buffer.alloc(32, 0x20);

  test('v1 has addresses and payload but no time', () => {
    for (const addresses of [v4, v6]) {
      const packet = decoded(oldHep(1, addresses, SIP));
      expect(packet).toMatchObject({ version: 1, sentUs: 0, captureId: 0, protocol: 1, ipProtocol: 17, flaw: '' });
      expect(packet).toMatchObject({ srcPort: 5060, dstPort: 5080, srcLength: addresses.length / 2, srcAt: 8 });
      expect(packet.payload.equals(SIP)).toBe(true);
    }
  });

  test('v2 has a little-endian time header, whether its header length counts it or not', () => {
    for (const addresses of [v4, v6]) {
      for (const headerCountsTime of [false, true]) {
        const packet = decoded(oldHep(2, addresses, SIP, headerCountsTime));
        expect(packet).toMatchObject({ version: 2, sentUs: 1_795_258_649_951_337, captureId: 200 });
        expect(packet.payload.equals(SIP)).toBe(true);
      }
    }
  });

  test('are refused with a header length or a family that cannot be', () => {
    const wrongLength = oldHep(1, v4, SIP);
    wrongLength[1] = 28;
    expect(reasonOf(wrongLength)).toBe('not_hep');
    const wrongFamily = oldHep(2, v4, SIP);
    wrongFamily[2] = 3;
    expect(reasonOf(wrongFamily)).toBe('not_hep');
    expect(reasonOf(oldHep(2, v4, Buffer.alloc(0)))).toBe('empty_payload');
  });
});
