import { describe, expect, it } from 'vitest';
import { scrubBytes, scrubText } from '../../../collector/scrub/scrub.ts';
import { SECRET_KINDS } from '../../../collector/scrub/secret.ts';
import { countScrubbed } from '../../../collector/scrub/tally.ts';
import { createWords } from '../../../collector/scrub/words.ts';
import { createRandom } from '../../generate/random.ts';

const scrubbed = (text: string, isSip = true): string => {
  const bytes = Buffer.from(text, 'latin1');
  scrubBytes(bytes, 0, bytes.length, isSip);
  return bytes.toString('latin1');
};

const HEAD = 'REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-ID: a@h\r\n';
const RESPONSE = '6629fae49393a05397450978507c4ef1';
const DIGEST = `Digest username="bob", realm="biloxi.com", nonce="dcd98b", uri="sip:h", qop=auth, nc=00000001, cnonce="0a4f113b", response="${RESPONSE}", opaque="5ccc", algorithm=MD5`;
const message = (field: string, body = ''): string =>
  `${HEAD}${field}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('credentials in SIP', () => {
  it('of Digest keep what says who asked for what, and the length', () => {
    const before = message(`Authorization: ${DIGEST}`);
    const after = scrubbed(before);
    expect(after).toHaveLength(before.length);
    expect(after).toBe(before.replace(RESPONSE, '*'.repeat(32)).replace('0a4f113b', '********'));
  });

  it.each([
    ['a proxy', `Proxy-Authorization: ${DIGEST}`],
    ['another case', `AUTHORIZATION : ${DIGEST.toUpperCase()}`],
    ['a folded line', `Authorization:\r\n ${DIGEST.replaceAll(', ', ',\r\n\t')}`],
    ['a line of its own', `Authorization: ${DIGEST.replaceAll(', ', '\r\n ,')}`],
    ['bare line feeds', `X: y\nAuthorization: ${DIGEST}\nZ: y`],
    ['no quotes', `Authorization: ${DIGEST.replaceAll('"', '')}`],
    ['spaces', `Authorization: ${DIGEST.replaceAll('=', ' = ')}`],
    ['an open quote before', `Authorization: Digest username="bob, response="${RESPONSE}", cnonce="0a4f113b"`],
    ['an escaped quote before', `Authorization: Digest username="bob\\", response="${RESPONSE}", cnonce=0a4f113b`],
    ['no comma', `Authorization: Digest username="bob" response="${RESPONSE}" cnonce="0a4f113b"`],
    ['what a server answers', `Authentication-Info: rspauth="${RESPONSE}", cnonce="0a4f113b", nc=1`],
  ])('of Digest go with %s', (_, field) => {
    const after = scrubbed(message(field)).toLowerCase();
    expect(after).not.toContain(RESPONSE);
    expect(after).not.toContain('0a4f113b');
    expect(after).toContain('call-id: a@h');
  });

  it.each([
    'Authorization: Basic Ym9iOnMzY3JldA==',
    'Authorization: Bearer Ym9iOnMzY3JldA==',
    'proxy-authorization:bearer\r\n Ym9iOnMzY3JldA==',
    'Authorization: Ym9iOnMzY3JldA==',
    'Authorization: Custom key=Ym9iOnMzY3JldA==, a="b"',
    'X-Auth-Token: Ym9iOnMzY3JldA==',
    'From: <sip:bob:Ym9iOnMzY3JldA==@h>;tag=1',
  ])('of other forms go as a whole: %s', (field) => {
    const after = scrubbed(message(field));
    expect(after).not.toMatch(/Ym9iOn/);
    expect(after).toHaveLength(message(field).length);
  });

  it('leave a challenge, a refusal and addresses alone', () => {
    const text = `SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="h", nonce="dcd98b"\r\nTo: <sip:bob@h:5060>;tag=x:y@z\r\nContact: <sip:[2001:db8::1]:5060;transport=udp>\r\n\r\n`;
    expect(scrubbed(text)).toBe(text);
  });
});

describe('keys in SDP', () => {
  it.each([
    ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:', 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj', '|2^20|1:32'],
    ['a=key-mgmt:mikey ', 'AQAFgM0XflABAAAAAAAAAAAAAAsAyONQ6gAAAAAGEEoo2pee4hp2', ''],
    ['k=clear:', 'd0RmdmcmVCspeEc3QGZi', ''],
    ['a=ice-pwd:', 'asd88fgpdd777uzjYhagZg', ''],
  ])('of the form %s go', (before, key, after) => {
    const text = message('c: application/sdp', `v=0\r\n${before}${key}${after}\r\nm=audio 1 RTP/SAVP 0\r\n`);
    expect(scrubbed(text)).toBe(text.replace(key, '*'.repeat(key.length)));
  });
});

describe('pressed digits in SIP', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', 'Signal=*\r\nDuration=160\r\n'],
    ['application/dtmf-relay', 'Signal= #\r\nDuration= 160\r\n', 'Signal=**\r\nDuration= 160\r\n'],
    ['application/dtmf', '5', '*'],
    ['APPLICATION/DTMF', '12345\r\n', '*****\r\n'],
    ['application/vnd.nortelnetworks.digits', 'p=Digit-Collection\r\nd=5\r\n', 'p=****************\r\nd=*\r\n'],
    ['text/plain', 'signal=5', 'signal=*'],
    [
      'application/kpml-response+xml',
      `<kpml-response version="1.0" code="200" digits="1234" tag="a"/>`,
      `<kpml-response version="1.0" code="200" digits="****" tag="a"/>`,
    ],
  ])('of %s go', (type, body, expected) => {
    for (const field of [`Content-Type: ${type}`, `c:${type}`, `CONTENT-TYPE:\r\n ${type}`]) {
      const text = message(field, body).replace('REGISTER', 'INFO');
      expect(scrubbed(text)).toBe(text.slice(0, text.length - body.length) + expected);
    }
  });

  it('go in one part of several', () => {
    const body =
      '--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b\r\nContent-Type: application/dtmf\r\n\r\n77\r\n--b--\r\n';
    const text = message('Content-Type: multipart/mixed;boundary=b', body);
    expect(scrubbed(text)).toBe(text.replace('77', '**'));
  });
});

describe('lines of logs', () => {
  it.each([
    ['RTP RECV DTMF 5:1600', 'RTP RECV DTMF ***:1600'],
    ['sofia/x RECV DTMF 5:1600', 'sofia/x RECV DTMF ***:1600'],
    ['IGNORE INFO DTMF(5) (This channel', 'IGNORE INFO DTMF(***) (This channel'],
    ['send dtmf\ndigit=4 ms=200 samples=1600', 'send dtmf\ndigit=*** ms=200 samples=1600'],
    ["DTMF begin '5' received on PJSIP/a-1", "DTMF begin '***' received on PJSIP/a-1"],
    ["DTMF end passthrough '5' on PJSIP/a-1", "DTMF end passthrough '***' on PJSIP/a-1"],
    ["DTMF begin emulation of '5' with duration 100", "DTMF begin emulation of '***' with duration 100"],
    ['Test Regex [1234][\\d+]', 'Test Regex [***][\\d+]'],
    ['EXECUTE [depth=0] sofia/x set(my_digits=1234)', 'EXECUTE [depth=0] sofia/x set(my_digits=***)'],
    ['SET sofia/x [digits]=[1234]', 'SET sofia/x [digits]=[***]'],
    ['{"digit":"5","duration_ms":0}', '{"digit":"***","duration_ms":0}'],
    [`   Authorization: ${DIGEST}`, `   Authorization: ${DIGEST.replace(RESPONSE, '***').replace('0a4f113b', '***')}`],
    ['a=crypto:1 AES inline:abcdef|2^20', 'a=crypto:1 AES inline:***|2^20'],
  ])('%j', (text, expected) => {
    expect(scrubText(text)).toBe(expected);
    expect(scrubText(expected)).toBe(expected);
  });

  it.each([
    'Processing DTMF <+14155551309>->02188881309 in context public',
    "Deleting Application 'play_and_get_digits'",
    'Queue digit delay of 40ms',
    'Dialplan: sofia/x Regex (PASS) [9197] destination_number(9197) =~ /^9197$/ break=on-false',
    '401 Unauthorized',
  ])('stay as they are: %s', (text) => expect(scrubText(text)).toBe(text));
});

describe('messages that come in pieces', () => {
  const secrets = [RESPONSE, '0a4f113b', 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj', 'Ym9iOnMzY3JldA==', '90817'];
  const whole = message(
    `Authorization: ${DIGEST}\r\nProxy-Authorization: Basic Ym9iOnMzY3JldA==\r\nContent-Type: application/dtmf-relay`,
    'Signal=90817\r\nDuration=1\r\na=crypto:1 AES_CM_128 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20\r\n',
  );

  it('hold no secret wherever they are cut', () => {
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const pieces = [scrubbed(whole.slice(0, cut)), scrubbed(whole.slice(cut))];
      expect(pieces.join('')).toHaveLength(whole.length);
      for (const secret of secrets) {
        for (let at = 0; at + 5 <= secret.length; at += 1) {
          expect(pieces.join('\n').includes(secret.slice(at, at + 5)), `cut at ${cut}`).toBe(false);
        }
      }
    }
  });

  it('are left whole where each begins as a message does', () => {
    const text = 'OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h\r\n\r\n';
    for (const one of [text, `\r\n\r\n${text}`, '\r\n\r\n', 'SIP/2.0 200 OK\r\n\r\n', 'sip/2.0 200 OK\r\n\r\n', '']) {
      expect(scrubbed(one)).toBe(one);
    }
  });
});

describe('anything', () => {
  const random = createRandom(11);
  const words = [
    'authorization:',
    'Digest ',
    'response="',
    '"',
    '\\',
    '\r\n',
    ' ',
    '=',
    'inline:',
    'Signal=',
    'dtmf',
    ',',
  ];
  const noise = (): string =>
    Array.from({ length: random.int(0, 60) }, () =>
      random.int(0, 2) === 0 ? String.fromCharCode(random.int(0, 255)) : words[random.int(0, words.length - 1)],
    ).join('');

  it('keeps its length, and each character or a star', () => {
    for (let i = 0; i < 5000; i += 1) {
      const text = noise();
      const clean = scrubbed(text);
      expect(clean).toHaveLength(text.length);
      expect([...clean].every((c, at) => c === '*' || c === text[at])).toBe(true);
    }
  });

  it('takes no longer for text made to be slow', () => {
    const long = [
      'authorization: digest a="'.repeat(9000),
      'digits'.repeat(40_000),
      'sip:a:'.repeat(40_000),
      'signal='.repeat(30_000),
    ];
    for (const text of long) expect(scrubText(text).length).toBeGreaterThan(0);
  });

  it('is counted by kind', () => {
    countScrubbed({ scrubbed: () => {} });
    scrubText('inline:abc Signal=5 Signal=6');
    const counts: Record<string, number> = {};
    countScrubbed({ scrubbed: (kind, count = 1) => Object.assign(counts, { [kind]: count }) });
    expect(counts).toEqual({ media_key: 1, dtmf: 2 });
    expect(Object.keys(counts).every((kind) => (SECRET_KINDS as readonly string[]).includes(kind))).toBe(true);
  });
});

describe('the search for words', () => {
  it('misses none, wherever it stands and in whatever case', () => {
    const random = createRandom(5);
    const words = createWords(['riza', 'dtmf', 'k=cl']);
    for (let i = 0; i < 3000; i += 1) {
      const before = 'x'.repeat(random.int(0, 9));
      const word = ['riza', 'DTMF', 'k=Cl', 'rIzA'][random.int(0, 3)]!;
      const text = `${before}${word}${'y'.repeat(random.int(0, 9))}`;
      expect(words.next(Buffer.from(text), 0, text.length)).toBe(before.length + 4);
      expect(words.isIn(text)).toBe(true);
    }
    expect(words.isIn('rizdtmk=c')).toBe(false);
  });
});
