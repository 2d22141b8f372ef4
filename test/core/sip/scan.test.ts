import { describe, expect, it } from 'vitest';
import { SIP_FLAWS } from '../../../core/sip/flaw.ts';
import { readSip } from '../../../core/sip/read.ts';
import { scanSip } from '../../../core/sip/scan.ts';
import { createSipScan, type SipScan } from '../../../core/sip/sip-scan.ts';
import { PARTY, SPAN } from '../../../core/sip/spans.ts';
import { splitSip } from '../../../core/sip/split.ts';
import { expectLinear } from '../../linear.ts';
import { plainOf, recordedMessages, rfc4475, seeded, sip } from './fixtures.ts';

const scan = createSipScan();
const span = (bytes: Buffer, slot: number): string => bytes.toString('latin1', scan.spans[slot], scan.spans[slot + 1]);

/** What must be right or absent of a message that is cut, as the scanner wrote it. */
function identifiers(bytes: Buffer): Record<string, string> {
  scanSip(bytes, 0, bytes.length, scan);
  return {
    callId: span(bytes, SPAN.callId),
    cseqMethod: span(bytes, SPAN.cseqMethod),
    cseq: scan.cseq === 0 ? '' : String(scan.cseq),
    branch: span(bytes, SPAN.viaBranch),
    fromTag: span(bytes, SPAN.from + PARTY.tag),
    fromUser: span(bytes, SPAN.from + PARTY.user),
    fromHost: span(bytes, SPAN.from + PARTY.host),
    toTag: span(bytes, SPAN.to + PARTY.tag),
    toHost: span(bytes, SPAN.to + PARTY.host),
    status: scan.status === 0 ? '' : String(scan.status),
  };
}

/** Identifiers of `part` that are there and differ from those of the whole. */
function wrong(part: Record<string, string>, whole: Record<string, string>): string[] {
  return Object.keys(part).filter((key) => part[key] !== '' && part[key] !== whole[key]);
}

const MESSAGES = recordedMessages().filter((_, index) => index % 8 === 0);

describe('scanSip', () => {
  it('finds no flaw in what real nodes send', () => {
    const flawed = recordedMessages().filter(({ bytes }) => readSip(bytes).flaw !== '');
    expect(flawed).toEqual([]);
  });

  it('reads each of these in real messages as a plain search of the text does', () => {
    for (const { bytes } of recordedMessages()) {
      const text = bytes.toString('latin1');
      const found = identifiers(bytes);
      expect(found.callId).toBe(/^Call-ID: *(\S+)\r$/m.exec(text)?.[1]);
      expect(`${scan.cseq} ${found.cseqMethod}`).toBe(/^CSeq: *(\d+ \S+)\r$/m.exec(text)?.[1]);
      expect(found.branch).toBe(/^Via:.*?;branch=([^;,\r]+)/m.exec(text)?.[1]);
      expect(found.fromTag).toBe(/^From:.*;tag=([^;\r]+)/m.exec(text)?.[1]);
      expect(found.toTag).toBe(/^To:.*;tag=([^;\r]+)/m.exec(text)?.[1] ?? '');
      expect(found.fromUser).toBe(/^From:.*sip:([^@>]+)@/m.exec(text)?.[1] ?? '');
      expect(scan.bodyEnd).toBe(bytes.length);
    }
  });

  it('gives of a message cut at any byte only what is whole, and the Call-ID as soon as its line is', () => {
    for (const { bytes } of MESSAGES) {
      const whole = identifiers(bytes);
      const line = bytes.toString('latin1').search(/^Call-ID:/m);
      const lineEnd = bytes.indexOf('\r\n', line) + 2;
      for (let cut = 0; cut < bytes.length; cut++) {
        const part = identifiers(bytes.subarray(0, cut));
        expect(scan.flaw, `cut at ${cut}`).not.toBe('');
        expect(wrong(part, whole), `cut at ${cut} of ${bytes.toString('latin1')}`).toEqual([]);
        if (cut >= lineEnd) expect(part.callId).toBe(whole.callId);
      }
    }
  });

  it('gives of a message that lacks its beginning only what is whole', () => {
    for (const { bytes } of MESSAGES) {
      const whole = identifiers(bytes);
      const line = bytes.toString('latin1').search(/^Call-ID:/m);
      for (let cut = 1; cut < bytes.length; cut++) {
        const { callId = '' } = identifiers(bytes.subarray(cut));
        expect(callId === '' || callId === whole.callId, `from ${cut}: ${callId}`).toBe(true);
        // Right at the line's start it looks like the end of another header ("X-Call-ID").
        if (cut < line) expect(callId).toBe(whole.callId);
      }
    }
  });

  it('reads the same with compact names, any case, folds and bare line feeds', () => {
    const plain = sip(
      'INVITE sip:bob@b.example SIP/2.0',
      'Via: SIP/2.0/UDP 192.0.2.1:5070;rport=9;received=192.0.2.9;branch=z9hG4bK1',
      'Max-Forwards: 70',
      'From: "Ann, <A>; \\"x\\"" <sip:%2B49301@a.example;user=phone>;tag=f1',
      'To: <sip:bob@b.example>;tag=t1',
      'Call-ID: c1@a.example',
      'CSeq: 7 INVITE',
      'Contact: <sip:ann@[2001:db8::1]:5080>, <sip:other@c.example>',
      'Content-Length: 0',
    );
    const odd = sip(
      'INVITE sip:bob@b.example SIP/2.0',
      'v : SIP / 2.0 / UDP\r\n\t192.0.2.1 : 5070 ;\r\n rport = 9 ; received=192.0.2.9;BRANCH =\r\n z9hG4bK1',
      'max-forwards:70',
      'F:\r\n  "Ann, <A>; \\"x\\""\r\n <sip:%2B49301@a.example;user=phone> ; x="tag=no;" ; TAG=f1',
      't:<sip:bob@b.example>;tag=t1',
      'i  :\r\n c1@a.example',
      'cSEQ: 7\r\n   INVITE',
      'm:<sip:ann@[2001:db8::1]:5080>, <sip:other@c.example>',
      'L:0',
    );
    const { bodyStart, bodyEnd, header, ...expected } = plainOf(readSip(plain));
    expect([bodyStart, bodyEnd]).toEqual([plain.length, plain.length]);
    expect(expected).toMatchObject({ callId: 'c1@a.example', cseq: 7, maxForwards: 70, contentLength: 0, flaw: '' });
    expect(expected.from).toMatchObject({ display: 'Ann, <A>; "x"', user: '+49301', host: 'a.example', tag: 'f1' });
    expect(expected.contact).toMatchObject({ user: 'ann', host: '2001:db8::1', port: 5080 });
    expect(expected.via).toEqual({
      transport: 'UDP',
      host: '192.0.2.1',
      port: 5070,
      branch: 'z9hG4bK1',
      received: '192.0.2.9',
      rport: 9,
    });
    expect(readSip(odd)).toMatchObject(expected);
    expect(readSip(Buffer.from(odd.toString().replaceAll('\r\n', '\n')))).toMatchObject(expected);
    expect(header('contact')).toHaveLength(1);
  });

  it('is not misled by NUL, invalid UTF-8 or names of object properties', () => {
    const bytes = Buffer.concat([
      Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n__proto__: evil\r\nconstructor: c\r\nX-\0: \0\r\nSubject: '),
      Buffer.from([0xff, 0xc3, 0x28, 0x00]),
      Buffer.from(
        '\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nCall-ID: x\0y\r\nCSeq: 1 OPTIONS\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n\r\n',
      ),
    ]);
    const message = readSip(bytes);
    expect(message).toMatchObject({ flaw: '', callId: 'x\0y', method: 'OPTIONS' });
    expect(message.header('__proto__')).toEqual(['evil']);
    expect(message.header('constructor')).toEqual(['c']);
    expect(message.header('toString')).toEqual([]);
  });

  it('tells what is not a message', () => {
    const flaw = (text: string): string => readSip(Buffer.from(text)).flaw;
    expect(flaw('')).toBe('empty');
    expect(flaw('\r\n\r\n')).toBe('keepalive');
    expect(flaw('\0\0\0\0')).toBe('keepalive');
    expect(flaw('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('not_sip');
    expect(flaw('{"payload": "INVITE sip:a@b SIP/2.0"}')).toBe('not_sip');
    expect(flaw('37\r\nCall-ID: x\r\nl: 0\r\n\r\n')).toBe('fragment');
    expect(flaw('INVITE sip:a@b SIP/2.0\r\nCall-ID: x\r\n')).toBe('truncated_header');
    expect(flaw('SIP/2.0 200 OK\r\n\r\n')).toBe('no_call_id');
    expect(flaw('SIP/2.0 200 OK\r\nCall-ID: x\r\n\r\n')).toBe('no_cseq');
    expect(flaw('SIP/2.0 200 OK\r\nCall-ID: x\r\nCSeq: INVITE\r\n\r\n')).toBe('bad_cseq');
    expect(flaw('SIP/2.0 200 OK\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n')).toBe('no_from');
  });

  it('ends a message whose rest was lost where the next one begins', () => {
    const first = 'INVITE sip:a@b SIP/2.0\r\nCall-ID: one\r\n';
    const second = 'BYE sip:a@b SIP/2.0\r\nCall-ID: two\r\nl: 0\r\n\r\n';
    const bytes = Buffer.from(first + second);
    scanSip(bytes, 0, bytes.length, scan);
    expect([span(bytes, SPAN.callId), scan.flaw, scan.bodyEnd]).toEqual(['one', 'truncated_header', first.length]);
  });

  it('reads a message in the middle of a larger buffer and nothing around it', () => {
    const message = sip('BYE sip:a@b SIP/2.0', 'Call-ID: mid', 'CSeq: 2 BYE', 'l: 4');
    const bytes = Buffer.concat([Buffer.from('junk\r\n'), message, Buffer.from('bodyCall-ID: other\r\n')]);
    scanSip(bytes, 6, 6 + message.length + 4, scan);
    expect([span(bytes, SPAN.callId), scan.bodyStart, scan.bodyEnd]).toEqual([
      'mid',
      6 + message.length,
      10 + message.length,
    ]);
    scanSip(bytes, 6, 6 + message.length + 3, scan);
    expect(scan.flaw).toBe('no_from');
    expect(scan.bodyEnd).toBe(9 + message.length);
  });
});

describe('scanSip on hostile input', () => {
  const SIZE = 65_536;
  const head = 'INVITE sip:a@b SIP/2.0\r\n';
  const filled = (prefix: string, unit: string): Buffer =>
    Buffer.from((head + prefix + unit.repeat(Math.ceil(SIZE / unit.length))).slice(0, SIZE), 'latin1');
  const inputs: readonly (readonly [string, Buffer])[] = [
    ['one 64 KB header', filled('X-Big: ', 'a')],
    ['10 000 short headers', filled('', 'a: b\r\n')],
    ['10 000 Call-IDs', filled('', 'i: 1\r\n')],
    ['quotes', filled('From: ', '"')],
    ['open quotes and backslashes', filled('From: "', '\\')],
    ['escaped quotes', filled('To: ', '"\\')],
    ['commas', filled('Contact: ', ',')],
    ['semicolons', filled('Via: SIP/2.0/UDP h', ';')],
    ['equals signs', filled('Via: SIP/2.0/UDP h;', '=')],
    ['parameters with open quotes', filled('From: <sip:a@b>', ';x="')],
    ['open brackets', filled('From: ', '<')],
    ['open square brackets', filled('From: sip:', '[')],
    ['colons', filled('From: ', 'a:')],
    ['at signs', filled('From: <sip:', '@')],
    ['slashes', filled('Via: ', '/')],
    ['folds', filled('Call-ID: ', '\r\n ')],
    ['white space', filled('Call-ID: ', ' ')],
    ['white space before a colon', filled('Call-ID', ' ')],
    ['start lines', filled('', head)],
    ['tiny messages', filled('', `${head}l: 0\r\n\r\n`)],
    ['pieces with a length', filled('', 'l: 0\r\n\r\n')],
    ['empty lines', filled('\r\n', '\r\n')],
    ['lines of the end of a request line', filled('', 'a b SIP/2.0 0\r\n')],
    ['NUL', Buffer.alloc(SIZE)],
    ['no line end', Buffer.alloc(SIZE, 'a')],
    ['spaces alone', Buffer.alloc(SIZE, ' ')],
  ];

  it.each(inputs)('takes a time that grows no faster than the size of %s', (_name, bytes) => {
    expectLinear((size) => {
      const part = bytes.subarray(0, size);
      scanSip(part, 0, size, scan);
      splitSip(part);
      readSip(part).header('contact');
    }, bytes.length);
  });

  it('gives offsets inside the bytes and a known flaw for mutations of real messages', () => {
    const seed = Date.now() % 1_000_000;
    const random = seeded(seed);
    const pool = [
      ...recordedMessages().map(({ bytes }) => bytes),
      rfc4475('valid', 'wsinv'),
      rfc4475('valid', 'intmeth'),
    ];
    const pick = (limit: number): number => Math.floor(random() * limit);
    const marks = Buffer.from('"<>;,:=@[]\\\r\n \t/?%\0\xff', 'latin1');
    const until = performance.now() + 1_500;
    for (let round = 0; round < 20_000 && performance.now() < until; round++) {
      let bytes = Buffer.from(pool[pick(pool.length)]!);
      for (let change = pick(8); change >= 0; change--) {
        const at = pick(bytes.length);
        const kind = pick(4);
        if (kind === 0) bytes[at] = marks[pick(marks.length)]!;
        else if (kind === 1) bytes[at] = pick(256);
        else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + pick(40))]);
        else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(pick(bytes.length))]);
        if (bytes.length === 0) break;
      }
      const context = `seed ${seed}, round ${round}: ${bytes.toString('latin1')}`;
      scanSip(bytes, 0, bytes.length, scan);
      expect(problemOf(scan, bytes.length), context).toBe('');
      expect(() => readSip(bytes).header('x'), context).not.toThrow();
      let last = 0;
      for (const piece of splitSip(bytes)) {
        expect(piece.start >= last && piece.end > piece.start && piece.end <= bytes.length, context).toBe(true);
        last = piece.end;
      }
    }
  });
});

function problemOf(out: SipScan, length: number): string {
  if (out.flaw !== '' && !SIP_FLAWS.includes(out.flaw)) return 'unknown flaw';
  if (out.bodyStart < 0 || out.bodyStart > out.bodyEnd || out.bodyEnd > length) return 'body';
  const pairs = [...out.spans, ...out.headers.subarray(0, out.headerCount * 4)];
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at]! < 0 || pairs[at]! > pairs[at + 1]! || pairs[at + 1]! > length) return `span ${at}`;
  }
  return '';
}
