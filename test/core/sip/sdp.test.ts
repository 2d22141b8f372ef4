import { describe, expect, it } from 'vitest';
import { readSip } from '../../../core/sip/read.ts';
import { readSdp } from '../../../core/sip/sdp.ts';
import { findSdp } from '../../../core/sip/sdp-body.ts';
import { recordedMessages, rfc4475, seeded } from './fixtures.ts';

const sdp = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`);

describe('readSdp', () => {
  it('reads the session and each media with what it inherits', () => {
    const read = readSdp(
      sdp(
        'v=0',
        'o=FreeSWITCH 1762345678 1762345679 IN IP4 192.0.2.7',
        's=x',
        'c=IN IP4 192.0.2.8',
        't=0 0',
        'a=sendonly',
        'm=audio 16384/2 RTP/SAVPF 8 101 96',
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-15',
        'a=rtpmap:96 opus/48000/2',
        'a=ptime:20',
        'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:xyz',
        'm=video 30000 RTP/AVP 31',
        'c=IN IP6 2001:db8::9',
        'a=inactive',
        'a=rtcp:30009 IN IP4 192.0.2.10',
        'a=fingerprint:sha-256 AA:BB',
        'm=audio 0 RTP/AVP 0',
        'm=audio 40000 RTP/AVP 0',
        'a=rtcp-mux',
      ),
    );
    expect(read).toMatchObject({
      username: 'FreeSWITCH',
      sessionId: '1762345678',
      version: '1762345679',
      originAddress: '192.0.2.7',
      address: '192.0.2.8',
      direction: 'sendonly',
    });
    const [audio, video, refused, muxed] = read.media;
    expect(audio).toEqual({
      type: 'audio',
      port: 16384,
      proto: 'RTP/SAVPF',
      address: '192.0.2.8',
      rtcpPort: 16385,
      rtcpAddress: '192.0.2.8',
      formats: [
        { id: '8', codec: 'PCMA', clockRate: 8000, channels: 1, fmtp: '' },
        { id: '101', codec: 'telephone-event', clockRate: 8000, channels: 1, fmtp: '0-15' },
        { id: '96', codec: 'opus', clockRate: 48000, channels: 2, fmtp: '' },
      ],
      direction: 'sendonly',
      ptime: 20,
      crypto: true,
      fingerprint: false,
    });
    expect(video).toMatchObject({
      address: '2001:db8::9',
      direction: 'inactive',
      rtcpPort: 30009,
      rtcpAddress: '192.0.2.10',
      fingerprint: true,
    });
    expect(refused).toMatchObject({ port: 0, rtcpPort: 0 });
    expect(muxed).toMatchObject({ port: 40000, rtcpPort: 40000, crypto: false });
  });

  it('reads bare line feeds, and skips what it does not know or what is broken', () => {
    const read = readSdp(Buffer.from('m=audio x\nnonsense\na=rtpmap:\na=ptime:soon\na=__proto__:1\nc=\n=\nm=\n'));
    expect(read.media).toMatchObject([{ type: 'audio', port: 0, proto: '', formats: [], ptime: 0 }, { type: '' }]);
    expect(readSdp(Buffer.from('<xml/>'))).toMatchObject({ sessionId: '', address: '', media: [] });
    expect(readSdp(Buffer.alloc(0)).media).toEqual([]);
  });

  it('reads origin, address, port and a codec of every recorded offer and answer', () => {
    let read = 0;
    for (const { bytes } of recordedMessages()) {
      const message = readSip(bytes);
      const body = findSdp(bytes, message.bodyStart, message.bodyEnd, message.contentType);
      expect(body !== undefined).toBe(message.bodyType === 'application/sdp');
      if (body === undefined) continue;
      read++;
      const { sessionId, media } = readSdp(bytes, body.start, body.end);
      expect(sessionId).toMatch(/^\d+$/);
      expect(media[0]).toMatchObject({
        type: 'audio',
        proto: 'RTP/AVP',
        address: expect.stringMatching(/^127\.|^::1/),
      });
      expect(media[0]!.port).toBeGreaterThan(0);
      expect(media[0]!.formats.some(({ codec }) => codec !== '')).toBe(true);
    }
    expect(read).toBeGreaterThan(20);
  });

  it('never throws on mutated bodies', () => {
    const seed = Date.now() % 1_000_000;
    const random = seeded(seed);
    const text = recordedMessages().find(({ bytes }) => bytes.includes('a=rtpmap'))!.bytes;
    for (let round = 0; round < 3_000; round++) {
      const bytes = Buffer.from(text);
      for (let i = 0; i < 20; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      expect(() => readSdp(bytes), `seed ${seed}, round ${round}`).not.toThrow();
    }
  });
});

describe('findSdp', () => {
  const part = (type: string, content: string): string => `Content-Type: ${type}\r\n\r\n${content}\r\n`;
  const body = `preamble\r\n--b\r\n${part('text/plain', 'v=0 --b')}--b\r\n${part('application/sdp;x=1', 'v=0\r\ns=1')}--b--\r\n`;
  const found = (text: string, type: string): string | undefined => {
    const bytes = Buffer.from(`head${text}tail`);
    const range = findSdp(bytes, 4, bytes.length - 4, type);
    return range && bytes.toString('latin1', range.start, range.end);
  };

  it('gives the body itself for application/sdp, and for a body that says no type and begins like one', () => {
    expect(found('v=0\r\n', 'Application/SDP; charset=utf-8')).toBe('v=0\r\n');
    expect(found('v=0\r\n', '')).toBe('v=0\r\n');
    expect(found('hello', '')).toBeUndefined();
    expect(found('v=0\r\n', 'text/plain')).toBeUndefined();
  });

  it('finds the part of a multipart body, and of one inside another', () => {
    expect(found(body, 'multipart/mixed;boundary=b')).toBe('v=0\r\ns=1');
    expect(found(body, 'multipart/mixed; boundary="b"; x=y')).toBe('v=0\r\ns=1');
    expect(found(body.replaceAll('\r\n', '\n'), 'multipart/mixed;boundary=b')).toBe('v=0\ns=1');
    const outer = `--o\r\n${part('multipart/alternative;boundary=b', body)}--o--`;
    expect(found(outer, 'multipart/related;boundary=o')).toBe('v=0\r\ns=1');
  });

  it('takes a part that was cut off as far as it goes', () => {
    expect(found(body.slice(0, body.lastIndexOf('\r\n--b--')), 'multipart/mixed;boundary=b')).toBe('v=0\r\ns=1');
    expect(found(body.slice(0, 40), 'multipart/mixed;boundary=b')).toBeUndefined();
  });

  it('finds none where there is none', () => {
    const bytes = rfc4475('valid', 'mpart01');
    const message = readSip(bytes);
    expect(findSdp(bytes, message.bodyStart, message.bodyEnd, message.contentType)).toBeUndefined();
    expect(found(body, 'multipart/mixed')).toBeUndefined();
    expect(found(body, 'multipart/mixed;boundary=""')).toBeUndefined();
  });
});
