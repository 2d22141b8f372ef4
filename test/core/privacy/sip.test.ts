import { describe, expect, test } from 'vitest';
import { readVq } from '../../../core/media/vq.ts';
import { createHidden } from '../../../core/privacy/hidden.ts';
import { hideReport } from '../../../core/privacy/report.ts';
import { hideSip, learnSip } from '../../../core/privacy/sip.ts';
import { createTokens } from '../../../core/privacy/tokens.ts';
import { readSip } from '../../../core/sip/read.ts';
import { publish, TELEPHONES } from '../media/telephone-reports.ts';
import { createRandom } from '../pcap/random.ts';
import { crashers, recordedMessages, rfc4475, rfc4475Names } from '../sip/fixtures.ts';

const messages = [
  ...recordedMessages().map(({ bytes }) => bytes),
  ...rfc4475Names('valid').map((name) => rfc4475('valid', name)),
];

const tokens = createTokens('0123456789abcdef0123456789abcdef');

const NUMBER = '4155550199';
const NAME = 'Zoë Quicksilver';
const MESSAGE = [
  'INVITE sip:+14155550199;ext=7391@192.0.2.9:5062;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-77aa;rport=5060;received=192.0.2.1',
  `From: "${NAME}" <sip:${NUMBER}:7391@example.com>;tag=as12345678`,
  't: "Last, \\"First\\"" <sips:%2B14155550199@example.com>',
  'Contact: <sip:4155550199@192.0.2.1:5060;ob>;+sip.instance="<urn:uuid:cdb01a9c-1111-2222-3333-444455556666>"',
  `P-Asserted-Identity: "${NAME}" <sip:4155550199@example.com>, <tel:+1-415-555-0199;phone-context=+1415>`,
  `P-Preferred-Identity: ${NAME} <sip:4155550199@example.com>`,
  'Remote-Party-ID: <sip:4155550199@example.com>;party=calling;x-farend=4155550199',
  'Diversion: <tel:4155550199>;reason=unconditional;counter=1',
  'History-Info: <sip:4155550199@x?Reason=SIP%3Bcause%3D302%3Btext%3D%224155550199%22>;index=1, <sip:alice@y>;index=1.1',
  'Refer-To: <sip:4155550199@b?Replaces=4155550199-xyz%40host%3Bto-tag%3D7%3Bfrom-tag%3D6&P-Asserted-Identity=%22Zo%C3%AB%20Quicksilver%22%20%3Csip%3A4155550199%40c%3E>',
  'Referred-By: sip:4155550199@example.com',
  'Replaces: 4155550199-xyz@host;to-tag=7391a;from-tag=6',
  `X-Caller: ${NUMBER}`,
  'X-Customer-Name: Zoë',
  `X-Note: please call ${NAME}`,
  '  at 415-555-0199',
  'Authorization: Digest username="4155550199", realm="example.com", nonce="n1", uri="sip:4155550199@example.com", response="0a1b"',
  'Identity: eyJhbGciOiJFUzI1NiJ9.eyJkZXN0Ijp7InRuIjpbIjQxNTU1NTAxOTkiXX19.sig;info=<https://cert>',
  `Subject: for ${NAME}`,
  'i: 4155550199-xyz@192.0.2.1',
  'CSeq: 7391 INVITE',
  'Max-Forwards: 70',
  'Content-Type: application/sdp',
].join('\r\n');
const SDP = `v=0\r\no=${NUMBER} 123456 123457 IN IP4 192.0.2.1\r\ns=${NAME}\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 24680 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;
const whole = (head: string, body: string): Buffer =>
  Buffer.from(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

function hide(bytes: Buffer): Buffer {
  const hidden = createHidden(tokens);
  learnSip(bytes, hidden.vocabulary);
  return hideSip(bytes, hidden);
}

/** What a message is followed by. */
function structureOf(bytes: Buffer): unknown {
  const sip = readSip(bytes);
  const { request, method, status, cseq, cseqMethod, via, contentLength, maxForwards, bodyType, flaw } = sip;
  const { host, port, tag } = sip.from;
  return {
    request,
    method,
    status,
    cseq,
    cseqMethod,
    via,
    maxForwards,
    bodyType,
    flaw,
    host,
    port,
    tag,
    toTag: sip.to.tag,
    to: sip.to.host,
    has: contentLength >= 0,
  };
}

const namesIn = (bytes: Buffer): string[] =>
  (bytes.toString('latin1').split(/\r?\n\r?\n/)[0] ?? '')
    .split('\n')
    .map((line) => /^([^:\s]+)\s*:/.exec(line)?.[1] ?? '');

describe('a SIP message without its numbers and names', () => {
  test('holds none of them, in no header and in no body', () => {
    const shown = hide(whole(MESSAGE, SDP)).toString();
    for (const secret of [
      NUMBER,
      '415-555',
      '14155550199',
      'Quicksilver',
      'Zo',
      '7391@',
      'Last',
      'First',
      'alice',
      ':7391',
      'eyJ',
    ]) {
      expect([secret, shown.includes(secret)]).toEqual([secret, false]);
    }
    for (const kept of [
      'branch=z9hG4bK-77aa',
      'tag=as12345678',
      'CSeq: 7391 INVITE',
      '192.0.2.1:5060',
      'm=audio 24680',
      'cdb01a9c-1111',
      'c=IN IP4 192.0.2.1',
      'from-tag=6',
      'index=1.1',
      'realm="example.com"',
    ]) {
      expect(shown).toContain(kept);
    }
  });

  test("leaves the figures of a telephone's report, and nobody in it, whatever brings it", () => {
    const ends = { local: { ip: '192.0.2.9', port: 40_000 }, remote: { ip: '192.0.2.31', port: 20_000 } };
    const told = { callId: 'a1b2@192.0.2.1', ...ends, lossPercent: 9, mos: 2.8 };
    for (const telephone of Object.values(TELEPHONES)) {
      const report = telephone(told).replaceAll('5551001', NUMBER).replaceAll('Anna Example', NAME);
      const hidden = createHidden(tokens);
      const bare = hideReport(report, hidden);
      const carried = hide(Buffer.from(publish(report, 'p@h'))).toString();
      expect(hideReport(publish(report, 'p@h'), hidden)).toContain(bare);
      for (const shown of [bare, carried]) {
        for (const secret of [NUMBER, 'Quicksilver', '5552002', 'Bert', '0004135310DB', '00:90:8f']) {
          expect([secret, shown.includes(secret)]).toEqual([secret, false]);
        }
      }
      expect(readVq(bare)).toEqual(readVq(report));
      expect(readSip(Buffer.from(carried)).contentLength).toBe(Buffer.byteLength(bare));
    }
    const hostile = `VQSessionReport\nPacketLoss: NLR=${NUMBER}0 JDR=x\nLocalAddr: call ${NUMBER}\nNote: ${NUMBER}\n`;
    expect(hideReport(hostile, createHidden(tokens))).not.toContain(NUMBER);
  });

  test('shows one token for one number in every header, and it is that of the parties', () => {
    const bytes = whole(MESSAGE, SDP);
    const [sip, shown] = [readSip(bytes), readSip(hide(bytes))];
    expect(shown.from.user).toBe(tokens.of(NUMBER));
    expect(shown.from.display).toBe(tokens.of(NAME));
    expect(shown.to.user).toBe(tokens.of('+14155550199'));
    expect(shown.to.display).toBe(tokens.of('Last, "First"'));
    expect(shown.uriUser).toBe(tokens.of(sip.uriUser));
    expect(shown.assertedIdentity.user).toBe(tokens.of(NUMBER));
    expect(shown.diversion.user).toBe(tokens.of(NUMBER));
    expect(shown.referTo.user).toBe(tokens.of(NUMBER));
    expect(shown.referredBy.user).toBe(tokens.of(NUMBER));
    expect(tokens.restore(shown.callId)).toBe('4155550199-xyz@192.0.2.1');
    expect(shown.header('replaces')[0]).toBe(`${shown.callId.split('-')[0]}-xyz@host;to-tag=7391a;from-tag=6`);
  });

  test('is read as the same message, and its length is that of its body', () => {
    const bytes = whole(MESSAGE, SDP);
    const shown = hide(bytes);
    expect(structureOf(shown)).toEqual(structureOf(bytes));
    expect(namesIn(shown)).toEqual(namesIn(bytes));
    const sip = readSip(shown);
    expect(sip.contentLength).toBe(shown.length - sip.bodyStart);
  });

  test.each([
    ['text/plain', `ring ${NAME} at 4155550199`],
    ['message/sipfrag;version=2.0', `SIP/2.0 200 for 4155550199\r\nTo: "${NAME}" <sip:4155550199@x>\r\n`],
    ['application/dtmf-relay', 'Signal=7\r\nDuration=160\r\n'],
    ['application/dtmf', '7391'],
    [
      'application/pidf+xml',
      `<presence entity="sip:4155550199@x"><note>${NAME}</note><contact>tel:4155550199</contact></presence>`,
    ],
    ['application/isup;version=x', '\x01\x00\x48\x00\x0a\x03\x02\x09\x05\x83\x90\x51\x55\x55\x01\x09'],
    [
      'multipart/mixed;boundary="b1"',
      `--b1\r\nContent-Type: application/sdp\r\n\r\n${SDP}\r\n--b1\r\nContent-Type: text/plain\r\n\r\n${NAME}\r\n--b1--\r\n`,
    ],
    ['application/x-anything', `{"n":"4155550199"}`],
    ['', '4155550199'],
  ])('a body of type %j says nothing of them', (type, body) => {
    const shown = hide(
      whole(`MESSAGE sip:bob@x SIP/2.0\r\nFrom: "${NAME}" <sip:4155550199@x>;tag=1\r\nContent-Type: ${type}`, body),
    ).toString();
    const behind = shown.slice(shown.indexOf('\r\n\r\n'));
    for (const secret of [NUMBER, 'Quicksilver', 'Zo', 'Signal=7', '7391', '\x51\x55\x55']) {
      expect([secret, behind.includes(secret)]).toEqual([secret, false]);
    }
    if (type.startsWith('multipart')) expect(behind.split('--b1')).toHaveLength(4);
  });

  test('of recorded messages of every sender keeps the structure, wherever they are cut', () => {
    const random = createRandom(11);
    expect(messages.length).toBeGreaterThan(50);
    for (const bytes of messages) {
      const shown = hide(bytes);
      expect(structureOf(shown)).toEqual(structureOf(bytes));
      expect(namesIn(shown)).toEqual(namesIn(bytes));
      for (let round = 0; round < 5; round++) {
        const cut = bytes.subarray(0, random(bytes.length));
        expect(namesIn(hide(cut))).toEqual(namesIn(cut));
      }
    }
  });

  test('is never a reason to throw: every cut of one message, and noise in it', () => {
    const bytes = whole(MESSAGE, SDP);
    for (let at = 0; at <= bytes.length; at += 3) hide(bytes.subarray(0, at));
    for (const hostile of [...crashers().values(), ...rfc4475Names('invalid').map((name) => rfc4475('invalid', name))])
      hide(hostile);
    const random = createRandom(5);
    for (let round = 0; round < 200; round++) {
      const noisy = Buffer.from(bytes);
      for (let i = 0; i < 12; i++) noisy[random(noisy.length)] = random(256);
      hide(noisy);
    }
  });
});
