import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeHep, hepChunk } from '../../collector/hep/encode.ts';
import type { Endpoint } from '../../core/config/config.ts';
import { createRandom } from '../generate/random.ts';
import { startTestCalltrail, type TestCalltrail } from '../system/calltrail.ts';
import { until } from '../system/until.ts';

const CALL_ID = 'golden32@198.51.100.10';
const ENDS = { srcIp: '198.51.100.10', srcPort: 5060, dstIp: '198.51.100.20', dstPort: 5080 };
const SECOND_US = 1_000_000;
/** Long enough that what is cut off of it is not missed in the headers. */
const SDP = `v=0\r\no=- 1 1 IN IP4 198.51.100.10\r\ns=-\r\nt=0 0\r\n${'a=rtpmap:8 PCMA/8000\r\n'.repeat(40)}`;

interface Message {
  readonly title: string;
  readonly text: string;
  readonly fromCaller: boolean;
  readonly atUs: number;
}

/** A call of our own. Its INVITE comes without a time and has that of its coming: the others follow well behind. */
function messagesOf(beganUs: number): readonly Message[] {
  const message = (title: string, cseq: string, tag: string, fromCaller: boolean, i: number, body = ''): Message => {
    const isAnswer = /^\d/.test(title);
    const first = isAnswer ? `SIP/2.0 ${title}` : `${title} sip:+493061032@198.51.100.20:5080 SIP/2.0`;
    const lines = [
      first,
      `Via: SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bK-${cseq.replace(' ', '')}`,
      'From: "Caller" <sip:+14155550132@198.51.100.10>;tag=a',
      `To: <sip:+493061032@198.51.100.20>${tag}`,
      `Call-ID: ${CALL_ID}`,
      `CSeq: ${cseq}`,
      `Content-Length: ${body.length}`,
    ];
    return { title, text: `${lines.join('\r\n')}\r\n\r\n${body}`, fromCaller, atUs: beganUs + (10 + i) * SECOND_US };
  };
  return [
    message('INVITE', '1 INVITE', '', true, 0, SDP),
    message('100 Trying', '1 INVITE', '', false, 1),
    message('180 Ringing', '1 INVITE', ';tag=b', false, 2),
    message('183 Session Progress', '1 INVITE', ';tag=b', false, 3, SDP),
    message('200 OK', '1 INVITE', ';tag=b', false, 4, SDP),
    message('ACK', '1 ACK', ';tag=b', true, 5),
    message('INFO', '2 INFO', ';tag=b', true, 6),
    message('200 OK', '2 INFO', ';tag=b', false, 7),
    message('BYE', '3 BYE', ';tag=b', true, 8),
    message('200 OK', '3 BYE', ';tag=b', false, 9),
  ];
}

const endsOf = ({ fromCaller }: Message): typeof ENDS =>
  fromCaller ? ENDS : { srcIp: ENDS.dstIp, srcPort: ENDS.dstPort, dstIp: ENDS.srcIp, dstPort: ENDS.srcPort };

const v3 = (message: Message): Buffer =>
  encodeHep({
    ...endsOf(message),
    transport: 'udp',
    sentUs: message.atUs,
    protocol: 1,
    captureId: 32,
    payload: Buffer.from(message.text),
  });

/** With the payload in chunk 0x10 instead of 0x0f. */
function packed(message: Message, pack: (bytes: Buffer) => Buffer): Buffer {
  const whole = v3(message);
  const payload = Buffer.from(message.text);
  const packet = Buffer.concat([whole.subarray(0, whole.length - payload.length - 6), hepChunk(0x10, pack(payload))]);
  packet.writeUInt16BE(packet.length, 4);
  return packet;
}

/** HEP v1, and v2 as Kamailio writes it: the length of the header does not count the time behind it. */
function old(version: 1 | 2, message: Message): Buffer {
  const { srcIp, srcPort, dstIp, dstPort } = endsOf(message);
  const header = Buffer.from([version, 16, 2, 17, 0, 0, 0, 0, ...`${srcIp}.${dstIp}`.split('.').map(Number)]);
  header.writeUInt16BE(srcPort, 4);
  header.writeUInt16BE(dstPort, 6);
  const time = Buffer.alloc(version === 1 ? 0 : 12);
  if (version === 2) {
    time.writeUInt32LE(Math.floor(message.atUs / SECOND_US), 0);
    time.writeUInt32LE(message.atUs % SECOND_US, 4);
    time.writeUInt16LE(32, 8);
  }
  return Buffer.concat([header, time, Buffer.from(message.text)]);
}

interface Wire {
  readonly datagrams: readonly Buffer[];
  /** One connection. */
  readonly stream: readonly Buffer[];
}

function wireOf(messages: readonly Message[]): Wire {
  const [invite, trying, ringing, progress, ok, ack, info, infoOk, bye, byeOk] = messages as [
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
  ];
  // As a sender with a small buffer cuts it off: in the middle of the last chunk, which is longer by its own words.
  const cut = v3(progress);
  return {
    datagrams: [
      old(1, invite),
      old(2, trying),
      v3(ringing),
      cut.subarray(0, cut.length - 300),
      packed(ok, deflateSync),
      packed(ack, gzipSync),
      packed(info, deflateRawSync),
    ],
    stream: [v3(infoOk), packed(bye, deflateSync), v3(byeOk)],
  };
}

describe('golden scenarios: HEP', () => {
  it('golden 32: versions 1, 2 and 3, compressed, cut short and run together over TCP make one call', async () => {
    const calltrail = await startForTest();
    const messages = messagesOf(Date.now() * 1000);
    const { datagrams, stream } = wireOf(messages);
    for (const datagram of datagrams) await sendDatagrams(calltrail.hepUdp, [datagram]);
    await sendStream(calltrail.hepTcp, [Buffer.concat(stream)]);
    await expectCall(calltrail, messages, messages.length);
  });

  it('golden 32, shuffled, everything but v1 twice, and the stream in pieces of any size: the same', async () => {
    const random = createRandom(32);
    const calltrail = await startForTest();
    const messages = messagesOf(Date.now() * 1000);
    const { datagrams, stream } = wireOf(messages);
    const [first] = datagrams;
    const again = datagrams.filter((datagram) => datagram !== first);
    await sendDatagrams(calltrail.hepUdp, random.shuffled([...datagrams, ...again]));
    const bytes = Buffer.concat(random.shuffled([...stream, ...stream]));
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + random.int(1, 40);
      pieces.push(bytes.subarray(at, end));
      at = end;
    }
    await sendStream(calltrail.hepTcp, pieces);
    await expectCall(calltrail, messages, 2 * messages.length - 1);
  });

  it('golden 32, over UDP alone: the call is there, without its end', async () => {
    const calltrail = await startForTest();
    const messages = messagesOf(Date.now() * 1000);
    const { datagrams } = wireOf(messages);
    await sendDatagrams(calltrail.hepUdp, datagrams);
    await received(calltrail, datagrams.length);
    const call = await calltrail.call(CALL_ID);
    expect(call).toMatchObject({ callIds: [CALL_ID], outcome: 'in_progress' });
  });
});

async function expectCall(calltrail: TestCalltrail, messages: readonly Message[], sent: number): Promise<void> {
  await received(calltrail, sent);
  expect(await calltrail.counted('calltrail_rejected_total')).toBe(0);
  const { calls } = await calltrail.search('+493061032');
  expect(calls.map(({ callIds }) => callIds)).toEqual([[CALL_ID]]);
  expect(calls[0]).toMatchObject({ outcome: 'answered', finalStatus: 200, hungUpBy: 'caller', legCount: 1 });
  const { steps } = await calltrail.ladder(CALL_ID);
  expect(steps.map(({ title }) => title)).toEqual(messages.map(({ title }) => title));
  for (const [i, { text }] of messages.entries()) {
    const isCut = i === 3;
    expect(steps[i]?.raw).toBe(isCut ? text.slice(0, -300) : text);
    expect(steps[i]?.flaw !== '', steps[i]?.title).toBe(isCut);
  }
}

async function startForTest(): Promise<TestCalltrail> {
  const calltrail = await startTestCalltrail();
  onTestFinished(() => calltrail.stop());
  return calltrail;
}

async function received({ counted, settled }: TestCalltrail, count: number): Promise<void> {
  await until(`${count} messages`, async () => (await counted('calltrail_received_total')) >= count);
  await settled();
}

async function sendDatagrams({ host, port }: Endpoint, datagrams: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise<void>((resolve, reject) => {
      socket.send(datagram, port, host, (error) => (error === null ? resolve() : reject(error)));
    });
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}

async function sendStream({ host, port }: Endpoint, pieces: readonly Buffer[]): Promise<void> {
  const socket = connect(port, host).setNoDelay(true);
  for (const piece of pieces) {
    await new Promise<void>((resolve, reject) => {
      socket.write(piece, (error) => (error instanceof Error ? reject(error) : resolve()));
    });
  }
  await new Promise<void>((resolve) =>
    socket
      .resume()
      .end()
      .once('close', () => resolve()),
  );
}
