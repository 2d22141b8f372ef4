import { expect, test } from 'vitest';
import { unwrapPayload } from '../../../collector/hep/unwrap.ts';
import { decoded, oneRecorded, recorded, SIP } from './helpers.ts';

const unwrapped = (protocol: number, text: string | Buffer): string =>
  unwrapPayload(protocol, Buffer.from(text)).toString();

test('takes the SIP messages that OpenSIPS sends as JSON out of it, with their line ends', () => {
  for (const { bytes } of recorded('OpenSIPS', 'SIP in JSON')) {
    const { payload, protocol } = decoded(bytes);
    expect(payload.toString()).toMatch(/^\{\n\t"payload":\t"/);
    const message = unwrapped(protocol, payload);
    expect(message).toMatch(/^(?:INVITE sip:\S+ SIP\/2\.0|SIP\/2\.0 \d{3} [^\r\n]+)\r\n/);
    expect(message).toMatch(/\r\n\r\n/);
    const length = Number(/\r\nContent-Length: *(\d+)/i.exec(message)?.[1]);
    expect(message.slice(message.indexOf('\r\n\r\n') + 4).length).toBe(length);
  }
});

test('writes an xlog line out of JSON as the same OpenSIPS writes it without', () => {
  for (const { bytes } of recorded('OpenSIPS', 'xlog in JSON')) {
    const { payload, protocol } = decoded(bytes);
    expect(unwrapped(protocol, payload)).toMatch(/^INFO:\[[^\]]+\] .+\n$/);
  }
  for (const { bytes } of recorded('OpenSIPS', 'xlog')) {
    const { payload, protocol } = decoded(bytes);
    expect(unwrapped(protocol, payload)).toBe(payload.toString());
    expect(payload.toString()).toMatch(/^INFO:\[[^\]]+\] .+\n$/);
  }
});

test('leaves JSON alone that a script logged or that is a report', () => {
  const { payload, protocol } = decoded(oneRecorded('Kamailio', 'hlog that is JSON text').bytes);
  expect(unwrapPayload(protocol, payload)).toBe(payload);
  const report = decoded(oneRecorded('rtpengine', 'RTCP').bytes);
  expect(unwrapPayload(report.protocol, report.payload)).toBe(report.payload);
  for (const [type, text] of [
    [100, '{"Event":"INFO","text":"a","more":1}'],
    [100, '{"Event":"INFO"}'],
    [100, '{"payload":"a"}'],
    [1, '{"Event":"INFO","text":"a"}'],
    [1, '{"payload":1}'],
    [1, '{"payload":"cut o'],
    [5, '{"payload":"a"}'],
    [1, '{'],
    [1, `{"payload":${'['.repeat(100_000)}`],
  ] as const) {
    expect(unwrapped(type, text)).toBe(text);
  }
});

test('keeps bytes that are no UTF-8, and reads escapes', () => {
  const raw = Buffer.concat([
    Buffer.from('{"payload":"INVITE \\"'),
    Buffer.from([0xe9, 0xc3, 0xa9]),
    Buffer.from('\\u0001"}'),
  ]);
  expect(unwrapPayload(1, raw)).toEqual(Buffer.from([...Buffer.from('INVITE "'), 0xe9, 0xc3, 0xa9, 1]));
  expect(unwrapped(1, '{"payload":"From: \\u0633"}')).toBe('From: \u0633');
});

test('returns plain SIP as the very same bytes', () => {
  expect(unwrapPayload(1, SIP)).toBe(SIP);
});
