import { describe, expect, it } from 'vitest';
import { readSip } from '../../../core/sip/read.ts';
import { recordedMessages, rfc4475, sip } from './fixtures.ts';

const invite = (...headers: string[]): Buffer =>
  sip(
    'INVITE sip:bob@b.example SIP/2.0',
    'Via: SIP/2.0/UDP h;branch=z9hG4bKx',
    'Call-ID: c',
    'CSeq: 1 INVITE',
    ...headers,
  );

describe('readSip', () => {
  it('takes the method of a response from CSeq', () => {
    const message = readSip(sip('SIP/2.0 486 Busy Here', 'Call-ID: c', 'CSeq: 1 INVITE'));
    expect(message).toMatchObject({ request: false, method: 'INVITE', status: 486, phrase: 'Busy Here', uri: '' });
  });

  it('reads the other parties of a call', () => {
    const message = readSip(
      invite(
        'P-Asserted-Identity: "Ann" <sip:+4930@a.example>, <tel:+4930>',
        'Remote-Party-ID: "Bob" <sip:1001@10.0.0.1>;party=calling;screen=yes',
        'Diversion: <tel:+49-30-123;phone-context=a.example>;reason=unconditional',
        'r: <sip:carol@c.example?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2>',
        'b: <sip:dave@d.example>',
        'Reason: Q.850;cause=16;\r\n text="NORMAL_CLEARING"',
        'Server: s/1',
        'User-Agent: u/2',
        'Session-ID: ab30317f1a784dc48ff824d0d3715d86;remote=00',
        'Expires: 3600',
        'Replaces: a@b;to-tag=1;from-tag=2',
      ),
    );
    expect(message.assertedIdentity).toMatchObject({ display: 'Ann', user: '+4930', host: 'a.example' });
    expect(message.remotePartyId).toMatchObject({ display: 'Bob', user: '1001', host: '10.0.0.1' });
    expect(message.diversion).toMatchObject({ user: '+49-30-123', host: '' });
    expect(message.referTo).toMatchObject({ user: 'carol', host: 'c.example' });
    expect(message.referredBy).toMatchObject({ user: 'dave' });
    expect(message).toMatchObject({
      reason: 'Q.850;cause=16; text="NORMAL_CLEARING"',
      userAgent: 'u/2',
      sessionId: 'ab30317f1a784dc48ff824d0d3715d86;remote=00',
      expires: 3600,
      replaces: 'a@b;to-tag=1;from-tag=2',
    });
  });

  it('gives every value of a header by any of its names, unfolded and in order', () => {
    const message = readSip(
      invite('X-Call-ID: 1', 'x-call-id :\r\n 2\r\n\t3', 'k: timer', 'SUPPORTED: 100rel', 'X_Y: u'),
    );
    expect(message.header('X-Call-Id')).toEqual(['1', '2 3']);
    expect(message.header('supported')).toEqual(['timer', '100rel']);
    expect(message.header('K')).toEqual(['timer', '100rel']);
    expect(message.header('x_y')).toEqual(['u']);
    expect(message.header('call-id')).toEqual(['c']);
    expect(message.header('i')).toEqual(['c']);
    expect(message.header('none')).toEqual([]);
  });

  it('keeps the headers of one message when another is read after it', () => {
    const first = readSip(invite('X-A: first'));
    readSip(invite('X-Longer-Name: second', 'X-A: second'));
    expect(first.header('x-a')).toEqual(['first']);
  });

  it('reads names in UTF-8 and in GBK', () => {
    const utf8 = readSip(invite('From: "سارا" <sip:1@a>;tag=1'));
    expect(utf8.from.display).toBe('سارا');
    const gbk = Buffer.concat([
      invite('From: "').subarray(0, -4),
      Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]),
      Buffer.from('" <sip:1@a>;tag=1\r\n\r\n'),
    ]);
    expect(readSip(gbk).from).toMatchObject({ display: '张三', user: '1', tag: '1' });
  });

  it('decodes escapes in users, and only there', () => {
    const message = readSip(invite('From: "%41" <sip:%2B98%32%zz@a%41>;tag=%41', 'To: <sip:%E5%BC%A0@b>'));
    expect(message.from).toMatchObject({ display: '%41', user: '+982%zz', host: 'a%41', tag: '%41' });
    expect(message.to.user).toBe('张');
  });

  it('reads a P-Asserted-Identity that is a tel: URI, and "*" as a Contact', () => {
    const message = readSip(invite('P-Asserted-Identity: tel:+14155551234;cpc=ordinary', 'Contact: *'));
    expect(message.assertedIdentity).toMatchObject({ user: '+14155551234', host: '' });
    expect(message.contact).toMatchObject({ uri: '*', user: '', host: '' });
  });

  it('tells the type of the body without its parameters', () => {
    expect(readSip(rfc4475('valid', 'mpart01'))).toMatchObject({ bodyType: 'multipart/mixed' });
    expect(readSip(invite('c: Application/SDP ;charset=x')).bodyType).toBe('application/sdp');
  });

  it('tells the same tags alone as with their parties, of whole messages and of cut ones', () => {
    for (const [i, { bytes }] of recordedMessages().entries()) {
      for (const part of [bytes, bytes.subarray(0, (i * 37) % bytes.length)]) {
        const { from, to, fromTag, toTag } = readSip(part);
        expect([fromTag, toTag]).toEqual([from.tag, to.tag]);
      }
    }
    const { from, fromTag } = readSip(invite('From: ;tag=x'));
    expect(fromTag).toBe(from.tag);
  });

  it('finds the host of every recorded sender in its Via', () => {
    for (const { bytes } of recordedMessages()) expect(readSip(bytes).via.host).toMatch(/^[0-9.]+$|^::1$/);
  });
});
