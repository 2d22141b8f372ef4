import { encodeHep } from '../../collector/hep/encode.ts';
import { frame } from '../replay/esl-answers.ts';
import type { RecordedFrame } from '../replay/esl-recording.ts';
import { NAME, NUMBER, SECRETS } from './planted.ts';

/** Calls of a planted number with every secret that a sender may let slip, in every form that is known. */

const CALL = 'planted-call@h';
const UUID = '5a6b7c8d-0000-4000-8000-00000000beef';

const sip = (start: string, fields: readonly string[], body = ''): string =>
  [
    start,
    'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKplanted',
    `From: "${NAME}" <sip:${NUMBER}@192.0.2.1>;tag=1`,
    'To: <sip:+12025550199@192.0.2.2>',
    `Call-ID: ${CALL}`,
    `CSeq: 1 ${start.startsWith('SIP/') ? 'INVITE' : start.split(' ')[0]}`,
    ...fields,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

const DIGEST = `Digest username="bob", realm="h", nonce="abc", uri="sip:h", cnonce="${SECRETS.cnonce}", response="${SECRETS.response}"`;
const SDP = `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${SECRETS.srtp}|2^20\r\na=ice-pwd:${SECRETS.icePassword}\r\n`;

export const MESSAGES: readonly string[] = [
  sip(`INVITE sip:+12025550199@192.0.2.2 SIP/2.0`, [`Proxy-Authorization: ${DIGEST}`, 'c: application/sdp'], SDP),
  sip('REGISTER sip:192.0.2.2 SIP/2.0', [`authorization :\r\n Basic ${SECRETS.basic}`]),
  sip('REGISTER sip:192.0.2.2 SIP/2.0', [`Contact: <sip:bob:${SECRETS.uriPassword}@192.0.2.1>`]),
  sip(
    'INFO sip:x@h SIP/2.0',
    ['Content-Type: application/dtmf-relay'],
    `Signal=${SECRETS.infoDigits}\r\nDuration=160\r\n`,
  ),
  sip('INFO sip:x@h SIP/2.0', ['c: application/dtmf'], SECRETS.infoDigits),
  sip(
    'NOTIFY sip:x@h SIP/2.0',
    ['Content-Type: application/kpml-response+xml'],
    `<kpml-response version="1.0" code="200" digits="${SECRETS.kpmlDigits}"/>`,
  ),
  sip('SIP/2.0 486 Busy Here', ['Content-Type: application/sdp'], SDP),
];

const LOG = `RTP RECV DTMF ${SECRETS.logDigits}:1600 of ${NUMBER}\nAuthorization: ${DIGEST}\nSET [sip_auth_password]=[${SECRETS.variable}]`;

export function hepPackets(nowUs: number, authKey = SECRETS.hepKey as string): Buffer[] {
  const at = { transport: 'udp', srcIp: '192.0.2.1', srcPort: 5060, dstIp: '192.0.2.2', dstPort: 5060 } as const;
  const pack = (protocol: number, payload: string, i: number, key = authKey): Buffer =>
    encodeHep({
      ...at,
      ...{ sentUs: nowUs + i, protocol, captureId: 101, payload: Buffer.from(payload), authKey: key },
      correlationId: CALL,
    });
  const cut = Math.floor(MESSAGES[0]!.indexOf(SECRETS.response) + 9);
  return [
    ...MESSAGES.map((message, i) => pack(1, message, i)),
    // In two pieces, cut within the response.
    pack(1, MESSAGES[0]!.slice(0, cut), 20),
    pack(1, MESSAGES[0]!.slice(cut), 21),
    pack(100, LOG, 22),
    // Nobody can read these, or nobody may send them: they are kept for a person to look at.
    Buffer.from(MESSAGES[0]!),
    Buffer.from(`junk ${LOG}`),
    pack(1, MESSAGES[1]!, 23, 'another key'),
    pack(1, MESSAGES[0]!, 24).subarray(0, 90),
  ];
}

const json = (name: string, sequence: number, more: Record<string, unknown>): RecordedFrame => {
  const body = JSON.stringify({
    ...{ 'Event-Name': name, 'Core-UUID': 'c0', 'Event-Sequence': String(sequence), 'Unique-ID': UUID },
    ...{ 'Event-Date-Timestamp': String(Date.now() * 1000), 'Caller-Caller-ID-Number': NUMBER },
    ...{ 'Caller-Caller-ID-Name': NAME, variable_sip_call_id: CALL, ...more },
  });
  return { atMs: 0, type: 'text/event-json', bytes: Buffer.from(frame('text/event-json', body)) };
};

export const eslFrames = (): RecordedFrame[] => [
  json('CHANNEL_CREATE', 1, {
    variable_sip_auth_password: SECRETS.variable,
    variable_sip_auth_response: SECRETS.response,
  }),
  json('CHANNEL_PROGRESS_MEDIA', 2, { variable_switch_r_sdp: SDP, variable_my_digits: SECRETS.eventDigits }),
  json('DTMF', 3, { 'DTMF-Digit': SECRETS.eventDigits }),
  json('CHANNEL_HANGUP_COMPLETE', 6, { 'Hangup-Cause': 'USER_BUSY', variable_digits_dialed: SECRETS.eventDigits }),
  json('RECV_INFO', 4, { _body: `Signal=${SECRETS.infoDigits}\r\nDuration=160\r\n` }),
  json('CHANNEL_EXECUTE', 5, {
    Application: 'set',
    'Application-Data': `sip_auth_password=${SECRETS.variable}`,
    variable_rtp_last_audio_crypto_key: `1 AES inline:${SECRETS.srtp}`,
    variable_digits_dialed: [SECRETS.eventDigits, SECRETS.eventDigits],
  }),
  {
    atMs: 0,
    type: 'text/event-json',
    bytes: Buffer.from(frame('text/event-json', `{"broken password=${SECRETS.variable}`)),
  },
  {
    atMs: 0,
    type: 'log/data',
    bytes: Buffer.from(
      `Content-Type: log/data\nContent-Length: ${LOG.length + 33}\nLog-Level: 6\nText-Channel: 0\nLog-File: a.c\nLog-Func: f\nLog-Line: 1\nUser-Data: ${UUID}\n\n2026-11-26 10:00:00.000000 [INFO] ${LOG}`.replace(
        /Content-Length: \d+/,
        `Content-Length: ${Buffer.byteLength(`2026-11-26 10:00:00.000000 [INFO] ${LOG}`)}`,
      ),
    ),
  },
];

export const AMI_PACKETS: readonly string[] = [
  `Event: VarSet\r\nPrivilege: dialplan,all\r\nChannel: PJSIP/a-1\r\nUniqueid: 1.1\r\nCallerIDNum: ${NUMBER}\r\nVariable: TRUNK_SECRET\r\nValue: ${SECRETS.ami}\r\n\r\n`,
  `Event: VarSet\r\nPrivilege: dialplan,all\r\nChannel: PJSIP/a-1\r\nUniqueid: 1.1\r\nVariable: MYDIGITS\r\nValue: ${SECRETS.eventDigits}\r\n\r\n`,
  `Event: DTMFBegin\r\nPrivilege: dtmf,all\r\nChannel: PJSIP/a-1\r\nUniqueid: 1.1\r\nDigit: ${SECRETS.eventDigits}\r\n\r\n`,
  `Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: PJSIP/a-1\r\nUniqueid: 1.1\r\nApplication: Set\r\nAppData: PASSWORD=${SECRETS.variable}\r\nSecret: ${SECRETS.ami}\r\n\r\n`,
];

export const LOG_FILE = `2026-11-26 10:00:00.000000 [INFO] a.c:1 ${LOG}\n`;
