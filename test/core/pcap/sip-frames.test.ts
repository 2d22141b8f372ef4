import { describe, expect, it } from 'vitest';
import {
  contentLength,
  createSipFramer,
  cutSip,
  findSip,
  headerEnd,
  startsSip,
} from '../../../core/pcap/sip-frames.ts';
import { optionsRequest } from './build.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const compact = latin1('SIP/2.0 200 OK\r\ni: c2\r\nl : 4\r\n\r\nbody');
const withBody = optionsRequest('c3', 'v=0\r\n');
const framed = (pieces: readonly Buffer[]): string[] => {
  const framer = createSipFramer();
  return pieces.flatMap((piece) => framer.push(piece)).map(String);
};

describe('a start line', () => {
  it.each([
    'INVITE sip:a@b SIP/2.0\r\n',
    'SIP/2.0 200 OK\r\n',
    'SIP/2.0 200 \r\n',
    'SIP/2.0 200\n',
    'OPTIONS  sip:a@b  SIP/2.0 \r\n',
    "!interesting-Method0123456789_*+`.%indeed'~ sip:x SIP/2.0\r\n",
    'INVITE sip:\xc3\xa4 b@c SIP/7.0\r\n',
  ])('begins SIP: %j', (line) => {
    expect(startsSip(latin1(line))).toBe('yes');
    for (let length = 0; length < line.length - 1; length++) {
      expect(startsSip(latin1(line.slice(0, length))), `${length}`).toBe(length === 0 ? 'no' : 'more');
    }
  });

  it.each([
    'GET / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    '\x16\x03\x01',
    'Via: SIP/2.0/UDP x\r\n',
    '\r\n',
    'SIP/2.0 20 x\r\n',
  ])('does not begin SIP: %j', (line) => expect(startsSip(latin1(line))).toBe('no'));

  it('is not waited for beyond 8192 bytes', () => {
    expect(startsSip(latin1('a'.repeat(60)))).toBe('more');
    expect(startsSip(latin1('a'.repeat(65)))).toBe('no');
    expect(startsSip(latin1(`INVITE ${'a'.repeat(9000)}`))).toBe('no');
  });
});

describe('Content-Length', () => {
  it.each([
    ['Content-Length: 12', 12],
    ['content-length  :\t7  ', 7],
    ['l:3', 3],
    ['X: 1\r\nL: 0', 0],
    ['Content-Length: -1', undefined],
    ['Content-Length: 99999999999', undefined],
    ['X-Content-Length: 5', undefined],
    ['Label: 5', undefined],
  ])('of %j is %s', (header, length) =>
    expect(contentLength(latin1(`OPTIONS x SIP/2.0\r\n${header}\r\n\r\n`))).toBe(length),
  );

  it('is read from a header whose lines end with LF alone', () => {
    const message = latin1('OPTIONS x SIP/2.0\nl: 2\n\nab');
    expect(headerEnd(message)).toBe(message.length - 2);
    expect(contentLength(message)).toBe(2);
  });
});

describe('a stream', () => {
  const stream = Buffer.concat([
    latin1('\r\n\r\n'),
    optionsRequest('c1'),
    compact,
    latin1('\r\n'),
    withBody,
    latin1('\r\n\r\n'),
    optionsRequest('c4'),
  ]);
  const messages = [optionsRequest('c1'), compact, withBody, optionsRequest('c4')].map(String);

  it('is cut into the same messages at whichever offsets its bytes are split', () => {
    expect(framed([stream])).toEqual(messages);
    for (let at = 0; at <= stream.length; at++) {
      expect(framed([stream.subarray(0, at), stream.subarray(at)]), `${at}`).toEqual(messages);
    }
    expect(framed(Array.from(stream, (byte) => Buffer.from([byte])))).toEqual(messages);
  });

  it('that is joined in the middle of a message gives the messages from the next one on', () => {
    // A piece of a header or body may look like anything, so the message that is cut is not counted upon.
    for (let at = 5; at < messages[0]!.length; at++) {
      expect(framed([stream.subarray(at)]).slice(-3), `${at}`).toEqual(messages.slice(1));
    }
  });

  it('of another protocol gives nothing, is not held, and does not hide SIP behind it', () => {
    const framer = createSipFramer();
    expect(framer.push(latin1('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))).toEqual([]);
    expect(framer.held()).toBe(0);
    expect(framer.passedOver()).toBe(1);
    expect(framer.push(compact).map(String)).toEqual([String(compact)]);
  });

  it('that breaks off gives the message whose header is complete as it is, and no other', () => {
    const framer = createSipFramer();
    framer.push(withBody.subarray(0, withBody.length - 2));
    expect(framer.breakOff()).toEqual([withBody.subarray(0, withBody.length - 2)]);
    framer.push(withBody.subarray(0, 60));
    expect(framer.breakOff()).toEqual([]);
    expect(framer.held()).toBe(0);
    expect(framer.push(compact)).toEqual([compact]);
  });

  it('does not wait for a header without end or a body beyond belief', () => {
    const framer = createSipFramer();
    framer.push(latin1('OPTIONS sip:x SIP/2.0\r\n'));
    for (let index = 0; index < 100; index++) framer.push(latin1(`X-${'y'.repeat(1000)}: 1\r\n`));
    expect(framer.held()).toBeLessThan(70_000);
    const huge = createSipFramer();
    huge.push(latin1('OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n'));
    expect(huge.held()).toBe(0);
  });
});

describe('the payload of one packet', () => {
  it('is cut into its messages, and pieces that are none are told apart', () => {
    const tail = latin1('=audio 4000 RTP/AVP 0\r\n');
    const payload = Buffer.concat([tail, optionsRequest('c1'), latin1('\r\n'), withBody, compact]);
    const cut = cutSip(payload);
    expect(cut.rest).toEqual([tail]);
    expect(cut.messages.map((message) => String(message).trim())).toEqual(
      [optionsRequest('c1'), withBody, compact].map((message) => String(message).trim()),
    );
  });

  it('keeps every byte but leading line ends, wherever it is cut off', () => {
    const payload = Buffer.concat([withBody, optionsRequest('c1'), compact]);
    for (let from = 0; from < payload.length; from += 3) {
      const piece = payload.subarray(from, payload.length - (from % 7));
      const { messages, rest } = cutSip(piece);
      const bytes = [...messages, ...rest].reduce((sum, part) => sum + part.length, 0);
      expect(bytes).toBe(String(piece).replace(/^[\r\n]+/, '').length);
    }
  });

  it('keeps bytes behind the body with their message', () => {
    const payload = Buffer.concat([optionsRequest('c1'), latin1('v=0\r\n')]);
    expect(cutSip(payload)).toEqual({ messages: [payload], rest: [] });
  });

  it('does not take a message/sipfrag body for a message', () => {
    const tail = latin1('tent-Type: message/sipfrag\r\nContent-Length: 16\r\n\r\nSIP/2.0 200 OK\r\n');
    expect(findSip(tail)).toBe(-1);
    expect(cutSip(tail)).toEqual({ messages: [], rest: [tail] });
  });
});
