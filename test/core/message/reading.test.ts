import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerGroups, headerName, readMessageText } from '../../../core/message/head.ts';
import { explainSdp } from '../../../core/message/sdp-words.ts';
import { partsOf, splitOutside } from '../../../core/message/values.ts';

const INVITE = [
  'INVITE sip:1@b SIP/2.0',
  'v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport',
  'Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2,SIP/2.0/TCP 192.0.2.3;branch=z9hG4bK3',
  'From: "a, \\"b\\";c" <sip:1@b;user=phone>;tag=x',
  'Subject: one',
  '  and two',
  `X-Site: ${'long '.repeat(30)}`,
  'no header at all',
  'Content-Type: application/sdp',
  '',
  'v=0',
  '',
].join('\r\n');

describe('a message to be read', () => {
  const message = readMessageText(INVITE)!;
  const groups = headerGroups(message.headers);

  it('has its start line, its headers unfolded under their full names, and its body', () => {
    expect(message.start).toBe('INVITE sip:1@b SIP/2.0');
    expect(message.headers.map(({ name }) => name)).toEqual([
      ...['via', 'via', 'from', 'subject', 'x-site', '', 'content-type'],
    ]);
    expect(message.headers[3]?.value).toBe('one and two');
    expect([message.body, message.contentType]).toEqual(['v=0\r\n', 'application/sdp']);
    expect(['via', 'call-id', 'cseq', 'x-cid', 'www-authenticate'].map(headerName)).toEqual([
      ...['Via', 'Call-ID', 'CSeq', 'X-Cid', 'WWW-Authenticate'],
    ]);
  });

  it('folds a long stack of Vias and a long unknown header, and nothing that is read first', () => {
    expect(groups.map(({ name, folds, values }) => [name, folds, values.length])).toEqual([
      ['via', true, 3],
      ['from', false, 1],
      ['subject', false, 1],
      ['x-site', true, 1],
      ['', false, 1],
      ['content-type', false, 1],
    ]);
  });

  it('has values whose parameters are told apart, but not inside of quotes and brackets', () => {
    expect(partsOf(groups[1]!.values[0]!)).toEqual({
      value: '"a, \\"b\\";c" <sip:1@b;user=phone>',
      parameters: ['tag=x'],
    });
    expect(splitOutside('a, "b, c', ',')).toEqual(['a', '"b, c']);
  });

  it('is none that does not begin with a start line', () => {
    for (const text of ['', '{"sender_information":{}}', 'Via: SIP/2.0/UDP a\r\n\r\n', 'm=audio 1 RTP/AVP 0'])
      expect(readMessageText(text)).toBeUndefined();
    expect(readMessageText('\r\n\r\nSIP/2.0 200 OK\r\n\r\n')?.start).toBe('SIP/2.0 200 OK');
  });

  it('never throws, and loses nothing but white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const read = readMessageText(`BYE sip:1@b SIP/2.0\r\n${text}`);
        const letters = (all: string): number => all.replace(/[\s:]/g, '').length;
        const held = [...(read?.headers ?? []).map(({ written, value }) => written + value), read?.body ?? ''].join('');
        expect(letters(held)).toBe(letters(text));
      }),
    );
  });
});

describe('SDP in words', () => {
  const { media, lines } = explainSdp(
    [
      ...['v=0', 'o=FreeSWITCH 7 8 IN IP4 192.0.2.7', 's=-', 'c=IN IP4 192.0.2.8', 'b=AS:64', 't=0 0'],
      ...['m=audio 16384 RTP/SAVP 8 9 101', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20'],
      ...['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***', 'a=sendonly'],
      'a=candidate:1 1 udp 2130706431 192.0.2.8 16384 typ host',
      ...['m=video 0 RTP/AVP 31', 'c=IN IP4 0.0.0.0', 'x=what is this'],
    ].join('\r\n'),
  );
  const says = (text: string): string => lines.find((line) => line.text.startsWith(text))?.says ?? 'no such line';

  it('says of each stream where it goes, by which codecs and which way', () => {
    expect(media).toEqual([
      'audio at 192.0.2.8:16384 (RTCP 16385), SRTP: PCMA, G722, telephone-event; sends and does not receive; 20 ms a packet; keys in the SDP (SDES)',
      'video is refused, or ended: its port is 0',
    ]);
  });

  it('says of each line what it means, codecs by name, keys, ICE and holds among them', () => {
    expect(says('o=')).toBe('made by FreeSWITCH at 192.0.2.7: session 7, its version 8');
    expect(says('c=IN IP4 192')).toBe('all media is to be sent to 192.0.2.8');
    expect(says('c=IN IP4 0')).toContain('on hold');
    expect(says('b=')).toBe('at most 64 kbit/s');
    expect(says('a=rtpmap')).toBe('format 101 is digits (telephone-event) at 8 kHz');
    expect(says('a=fmtp')).toContain('digits and signals');
    expect(says('a=crypto')).toContain('AES_CM_128_HMAC_SHA1_80');
    expect(says('a=sendonly')).toContain('on hold');
    expect(says('a=candidate')).toBe('ICE: RTP may be sent to 192.0.2.8 port 16384 over UDP, an address of its own');
  });

  it('says nothing of a line that is not known, and leaves none out', () => {
    expect(says('x=')).toBe('');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 10 }), (some) => {
        const text = some.map((line) => `a=${line.replace(/[\r\n]/g, '')}`);
        expect(explainSdp(text.join('\n')).lines.map((line) => line.text)).toEqual(text.map((line) => line.trim()));
      }),
    );
    for (const name of ['constructor', 'toString', '__proto__'])
      expect(explainSdp(`a=${name}:1`).lines[0]?.says).toBe('');
  });
});
