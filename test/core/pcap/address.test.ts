import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ipv4Bytes, ipv4Text, ipv6Bytes, ipv6Text } from '../../../core/pcap/address.ts';
import { createRandom, seed } from './random.ts';

describe('the text of an IPv6 address', () => {
  it.each([
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '2001:db8::1:0:0:1',
    '2001:db8:0:1:1:1:1:1',
    'fe80::1:2:3:4',
    '::ffff:192.0.2.1',
    '1:2:3:4:5:6:7:8',
  ])('is the RFC 5952 form and comes back from its bytes: %s', (text) => {
    expect(ipv6Text(ipv6Bytes(text)!, 0)).toBe(text);
  });

  it(`is the one that the URL standard writes (seed ${seed})`, () => {
    const random = createRandom(seed);
    for (let round = 0; round < 2000; round++) {
      const bytes = Buffer.alloc(16);
      for (let at = 0; at < 16; at++) bytes[at] = random(3) === 0 ? random(256) : 0;
      if (bytes.readUInt16BE(10) === 0xffff) continue;
      const text = ipv6Text(bytes, 0);
      expect(`[${text}]`).toBe(new URL(`http://[${text}]`).hostname);
      expect(ipv6Bytes(text)).toEqual(bytes);
    }
  });
});

describe('the bytes of an address', () => {
  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'fs1',
  ])('are none for what is no address: "%s"', (text) => {
    expect(isIP(text)).toBe(0);
    expect(ipv4Bytes(text) ?? ipv6Bytes(text)).toBeUndefined();
  });

  it('ignore the zone and the letter case, and take every form', () => {
    expect(ipv6Bytes('FE80::1%eth0')).toEqual(ipv6Bytes('fe80:0:0:0:0:0:0:1'));
    expect(ipv6Bytes('64:ff9b::192.0.2.1')).toEqual(ipv6Bytes('64:ff9b::c000:201'));
    expect(ipv4Text(ipv4Bytes('192.0.2.1')!, 0)).toBe('192.0.2.1');
  });
});
