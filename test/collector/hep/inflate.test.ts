import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hepChunk, hepPacket } from '../../../collector/hep/encode.ts';
import { decoded, reasonOf, SIP } from './helpers.ts';

describe('compressed payloads', () => {
  const packed = (data: Buffer): Buffer => hepPacket([hepChunk(0x0b, Buffer.from([1])), hepChunk(0x10, data)]);

  test('are inflated, be they zlib, gzip or raw deflate', () => {
    for (const data of [deflateSync(SIP), gzipSync(SIP), deflateRawSync(SIP), deflateSync(SIP, { level: 0 })]) {
      const packet = decoded(packed(data));
      expect(packet.payload.equals(SIP)).toBe(true);
      expect(packet.flaw).toBe('');
    }
  });

  test('yield what came of a stream that was cut off, and say so', () => {
    const text = Buffer.from(Array.from({ length: 300 }, (_, n) => `X-Header-${n}: ${n * 7919}\r\n`).join(''));
    const packet = decoded(packed(deflateSync(text).subarray(0, 600)));
    expect(packet.flaw).toBe('truncated');
    expect(text.subarray(0, packet.payload.length).equals(packet.payload)).toBe(true);
    expect(packet.payload.length).toBeGreaterThan(500);
  });

  test('of more than 1 MiB are refused without being inflated whole', () => {
    const bomb = Buffer.alloc(32 * 1024 * 1024);
    for (const data of [deflateSync(bomb), gzipSync(bomb), deflateRawSync(bomb)]) {
      expect(data.length).toBeLessThan(60_000);
      expect(reasonOf(packed(data))).toBe('payload_too_big');
    }
    expect(decoded(packed(deflateSync(Buffer.alloc(1024 * 1024)))).payload.length).toBe(1024 * 1024);
  });

  test('that are not compressed at all are refused', () => {
    expect(reasonOf(packed(Buffer.from('INVITE sip:a@b SIP/2.0\r\n')))).toBe('bad_compression');
    expect(reasonOf(packed(Buffer.from([0x78, 0x9c, 0xff, 0xff, 0xff])))).toBe('bad_compression');
    expect(reasonOf(packed(Buffer.from([0x1f, 0x8b])))).toBe('bad_compression');
  });
});
