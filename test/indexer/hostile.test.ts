import { describe, it } from 'vitest';
import { readEvent } from '../../collector/esl/event.ts';
import { createFrameReader } from '../../collector/esl/frame.ts';
import { createBatch } from '../../indexer/batch.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { expectLinear } from '../linear.ts';
import { channelEvent, logLine, sipPacket } from './seen.ts';

const SIZE = 65_536;
const repeat = (text: string, size = SIZE): string => text.repeat(Math.ceil(size / text.length)).slice(0, size);

const start = `INVITE sip:1002@h SIP/2.0
Via: SIP/2.0/UDP h;branch=z9hG4bK1
From: <sip:1001@h>;tag=1
To: <sip:1002@h>
Call-ID: a@h
CSeq: 1 INVITE
`;

describe('one hostile input of 64 KB', () => {
  it.each([
    ['a header of parties', `${start}Diversion: ${repeat('<sip:1@h>,')}\n\n`],
    ['many headers of parties', `${start}${repeat('Diversion: "x" <sip:1@h>\n')}\n\n`],
    ['quotes that never end', `${start}P-Asserted-Identity: ${repeat('"\\"')}\n\n`],
    ['commas', `${start}Remote-Party-ID: ${repeat(',')}\n\n`],
    ['headers that the site joins by', `${start}${repeat('X-CID: a\n')}\n\n`],
    [
      'a Refer-To of escapes',
      `${start.replaceAll('INVITE', 'REFER')}Refer-To: <sip:a@h?Replaces=${repeat('%3B')}>\n\n`,
    ],
    ['a Replaces of semicolons', `${start}Replaces: ${repeat(';')}\n\n`],
    ['a number of separators', `${start.replace('sip:1002@h SIP', `sip:${repeat('-(')}1@h SIP`)}\n\n`],
    ['start lines', repeat('INVITE sip:a@h SIP/2.0\n\n')],
    ['line ends', repeat('\n')],
    ['bytes of no meaning', repeat('\0\xff\x80')],
  ])('is indexed in a time that its size bounds: SIP with %s', (_name, text) => {
    const batch = createBatch({ ...NO_CORRELATION, correlationHeaders: ['x-cid'] });
    expectLinear((size) => {
      batch.clear();
      batch.add(sipPacket(text.slice(0, size)));
    }, SIZE);
  });

  it.each([
    ['a log line that looks for a Call-ID', (size: number) => logLine(`receiving invite ${repeat('call-id:', size)}`)],
    ['a log line of spaces', (size: number) => logLine(`call-id: ${repeat(' ', size)}`)],
    [
      'an event with one long transfer history',
      (size: number) =>
        channelEvent('CHANNEL_ANSWER', { 'Unique-ID': 'a', variable_transfer_history: repeat(':uuid_br:', size) }),
    ],
    [
      'an event with a long number',
      (size: number) =>
        channelEvent('CHANNEL_CREATE', { 'Unique-ID': 'a', 'Caller-Caller-ID-Number': repeat('1-', size) }),
    ],
  ])('is indexed in a time that its size bounds: %s', (_name, eventOf) => {
    const batch = createBatch(NO_CORRELATION);
    expectLinear((size) => {
      batch.clear();
      batch.add(eventOf(size));
    }, SIZE);
  });

  it.each([
    ['one value', (size: number) => `{"Event-Name":"X","a":"${repeat('\\u0000', size)}"}`],
    ['many keys', (size: number) => `{"Event-Name":"X",${repeat('"a":"",', size)}"b":""}`],
    ['arrays in arrays', (size: number) => `{"Event-Name":"X","a":${repeat('[', size)}`],
    ['a name that may be a secret', (size: number) => `{"Event-Name":"X","a":"${repeat('password=', size)}"}`],
  ])('is framed and read in a time that its size bounds: an event of %s', (_name, jsonOf) => {
    expectLinear((size) => {
      const body = Buffer.from(jsonOf(size));
      const head = `Content-Length: ${body.length}\nContent-Type: text/event-json\n\n`;
      for (const frame of createFrameReader().push(Buffer.concat([Buffer.from(head), body]))) {
        readEvent(frame.body, { node: 'fs1', arrivedUs: 0, trustSenderClock: false });
      }
    }, SIZE);
  });
});
