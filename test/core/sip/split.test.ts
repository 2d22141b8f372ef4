import { describe, expect, it } from 'vitest';
import { readSip } from '../../../core/sip/read.ts';
import { splitSip } from '../../../core/sip/split.ts';
import { recordedMessages, sip, tcpPayloads } from './fixtures.ts';

/** Each piece as "flaw method Call-ID body length". */
function pieces(bytes: Buffer): string[] {
  return splitSip(bytes).map(({ start, end, flaw }) => {
    const message = readSip(bytes.subarray(start, end));
    return `${flaw || 'whole'} ${message.request ? message.method : message.status} ${message.callId}`.trim();
  });
}

const recorded = (recording: string): Map<number, Buffer> =>
  new Map(
    tcpPayloads()
      .filter((payload) => payload.recording.startsWith(recording))
      .map(({ line, bytes }) => [line, bytes]),
  );

describe('splitSip', () => {
  it('leaves a whole message whole', () => {
    for (const { bytes } of recordedMessages())
      expect(splitSip(bytes)).toEqual([{ start: 0, end: bytes.length, flaw: '' }]);
  });

  it('takes apart what FreeSWITCH 1.10 captured of a TCP connection', () => {
    const of = recorded('18');
    expect(pieces(of.get(18)!)).toEqual([
      'whole ACK tcpfrag-1801-49735@127.0.0.61',
      'whole INFO tcpfrag-1801-49735@127.0.0.61',
    ]);
    expect(pieces(of.get(20)!)).toEqual(['truncated_body INFO tcpfrag-1801-49735@127.0.0.61']);
    expect(pieces(of.get(21)!)).toEqual(['fragment 0', 'whole BYE tcpfrag-1801-49735@127.0.0.61']);
    expect(pieces(of.get(30)!)).toEqual(['truncated_header INVITE']);
    expect(pieces(of.get(31)!)).toEqual(['fragment 0 tcpfrag-1802-37219@127.0.0.61']);
    expect(pieces(of.get(32)!)).toEqual(['fragment 0']);
    expect(pieces(of.get(62)!)).toEqual(['truncated_header INVITE tcpfrag-1803-32949@127.0.0.61']);
    expect(pieces(of.get(63)!)).toEqual(['fragment 0']);
    expect(pieces(of.get(93)!)).toEqual([]);
  });

  it('reads in a fragment the tags, the CSeq and the method that its headers still name', () => {
    const middle = recorded('18').get(31)!;
    expect(readSip(middle)).toMatchObject({ flaw: 'fragment', cseq: 1, method: 'INVITE', to: { user: '02188881802' } });
    // "From: …;tag=t37" was cut in the tag: the first part tells no tag rather than half of it.
    expect(readSip(recorded('18').get(30)!).from).toMatchObject({ user: '1802', host: '127.0.0.61', tag: '' });
  });

  it('finds the same messages in a connection however it is cut in two', () => {
    const phone = tcpPayloads().filter(({ fromPeer, port, bytes }) => fromPeer && port === 49735 && bytes.length > 0);
    const stream = Buffer.concat(phone.map(({ bytes }) => bytes));
    const whole = pieces(stream);
    expect(whole.map((piece) => piece.split(' ', 2).join(' '))).toEqual([
      'whole INVITE',
      'whole ACK',
      'whole INFO',
      'whole INFO',
      'whole BYE',
    ]);
    for (let cut = 1; cut < stream.length; cut++) {
      const halves = [...pieces(stream.subarray(0, cut)), ...pieces(stream.subarray(cut))];
      const complete = halves.filter((piece) => piece.startsWith('whole'));
      expect(complete.length, `cut at ${cut}: ${halves.join(' | ')}`).toBeGreaterThanOrEqual(4);
      for (const piece of halves)
        expect(piece, `cut at ${cut}`).toMatch(/^\S+ \S+( tcpfrag-1801-49735@127\.0\.0\.61)?$/);
    }
  });

  it('takes what FreeSWITCH 1.11 captured as one message each, and a cut one as cut', () => {
    const of = recorded('20');
    expect(pieces(of.get(22)!)).toEqual(['whole ACK tcpfrag-1801-55461@127.0.0.61']);
    expect(pieces(of.get(106)!)).toEqual(['whole INVITE tcpfrag-1803-51261@127.0.0.61']);
    expect(of.get(137)).toHaveLength(16_000);
    expect(pieces(of.get(137)!)).toEqual(['truncated_header INVITE tcpfrag-1804-51589@127.0.0.61']);
  });

  it('skips keepalives before, between and after messages', () => {
    const message = sip(
      'BYE sip:a@b SIP/2.0',
      'Via: SIP/2.0/TCP h',
      'Call-ID: k',
      'CSeq: 1 BYE',
      'From: <sip:a@b>;tag=1',
      'To: <sip:b@b>',
      'l: 0',
    );
    const crlf = Buffer.from('\r\n\r\n');
    const bytes = Buffer.concat([crlf, message, crlf, crlf, message, crlf]);
    const second = 4 + message.length + 8;
    expect(splitSip(bytes)).toEqual([
      { start: 4, end: 4 + message.length, flaw: '' },
      { start: second, end: second + message.length, flaw: '' },
    ]);
    expect(splitSip(crlf)).toEqual([]);
    expect(splitSip(Buffer.alloc(0))).toEqual([]);
  });

  it('ends a message without Content-Length where the next begins, and trusts one that is there', () => {
    const first = 'MESSAGE sip:a@b SIP/2.0\r\nCall-ID: one\r\n\r\nhello\r\n';
    const second = 'BYE sip:a@b SIP/2.0\r\nCall-ID: two\r\nContent-Length: 0\r\n\r\n';
    expect(splitSip(Buffer.from(first + second)).map(({ start }) => start)).toEqual([0, first.length]);
    const sipfrag = 'NOTIFY sip:a@b SIP/2.0\r\nCall-ID: n\r\nc: message/sipfrag\r\nl: 16\r\n\r\nSIP/2.0 200 OK\r\n';
    expect(splitSip(Buffer.from(sipfrag + second)).map(({ start }) => start)).toEqual([0, sipfrag.length]);
  });

  it('trusts the first line of a fragment only behind a line end', () => {
    const rest = 'Call-ID: not-mine\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n';
    expect(pieces(Buffer.from(rest))).toEqual(['fragment 0']);
    expect(pieces(Buffer.from(`\r\n${rest}`))).toEqual(['fragment 0 not-mine']);
  });

  it('calls bytes that have nothing to do with SIP by what they are', () => {
    expect(splitSip(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toEqual([{ start: 0, end: 18, flaw: 'not_sip' }]);
  });
});
