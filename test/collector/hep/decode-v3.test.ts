import { expect, test } from 'vitest';
import { hepChunk, hepPacket } from '../../../collector/hep/encode.ts';
import { decoded, hepOf, reasonOf, SIP } from './helpers.ts';

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const payloadChunk = hepChunk(0x0f, SIP);

/** A packet whose header claims another length than it has. */
function claiming(total: number, packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  copy.writeUInt16BE(total, 4);
  return copy;
}

test('skips the chunks of other vendors whatever their type number, and types it does not know', () => {
  const packet = decoded(
    hepPacket([
      hepChunk(0x0f, Buffer.from('not the payload'), 3),
      hepChunk(0x0c, Buffer.from([0, 0, 0, 7])),
      hepChunk(0x0c, Buffer.from([0, 0, 0, 9]), 4),
      hepChunk(0x65, Buffer.from('{"sip":"x"}')),
      hepChunk(0xfffe, Buffer.alloc(300)),
      payloadChunk,
      hepChunk(0x0f, Buffer.from('nor this'), 0x0100),
      hepChunk(0x13, Buffer.from('vendor name'), 2),
    ]),
  );
  expect(packet).toMatchObject({ captureId: 7, flaw: '' });
  expect(packet.payload.equals(SIP)).toBe(true);
  expect(packet.nodeName.length).toBe(0);
});

test('reads keep-alive timer, VLAN and numbers of an unusual width', () => {
  const packet = decoded(
    hepPacket([hepChunk(0x0d, u16(30)), hepChunk(0x12, u16(77)), hepChunk(0x0c, u16(2001)), payloadChunk]),
  );
  expect(packet).toMatchObject({ keepAliveSeconds: 30, vlan: 77, captureId: 2001, flaw: '' });
});

test('skips a chunk that is too short or too long for its type and says so', () => {
  const packet = decoded(hepPacket([hepChunk(0x03, u16(1)), hepChunk(0x07, Buffer.alloc(0)), payloadChunk]));
  expect(packet).toMatchObject({ srcLength: 0, srcPort: 0, flaw: 'bad_chunk' });
  expect(
    decoded(hepPacket([hepChunk(0x05, Buffer.alloc(4)), hepChunk(0x09, Buffer.alloc(8)), payloadChunk])),
  ).toMatchObject({
    srcLength: 0,
    sentUs: 0,
    flaw: 'bad_chunk',
  });
});

test('stops at a chunk of length 0 or 5: keeps a payload before it, refuses one without', () => {
  for (const length of [0, 5]) {
    const broken = Buffer.from([0, 0, 0, 0x11, 0, length]);
    const after = decoded(hepPacket([payloadChunk, broken, hepChunk(0x0c, u16(5))]));
    expect(after).toMatchObject({ flaw: 'bad_chunk', captureId: 0 });
    expect(after.payload.equals(SIP)).toBe(true);
    expect(reasonOf(hepPacket([broken, payloadChunk]))).toBe('bad_chunk');
  }
});

test('keeps what came of a payload that claims more than there is, but not half an address', () => {
  const long = Buffer.from(payloadChunk);
  long.writeUInt16BE(60_000, 4);
  const packet = decoded(hepPacket([hepChunk(0x07, u16(5060)), long]));
  expect(packet).toMatchObject({ srcPort: 5060, flaw: 'truncated' });
  expect(packet.payload.equals(SIP)).toBe(true);
  const address = hepChunk(0x05, Buffer.alloc(16)).subarray(0, 12);
  expect(decoded(hepPacket([payloadChunk, address]))).toMatchObject({ srcLength: 0, flaw: 'truncated' });
});

test('uses a whole packet whose total length is too small, and ignores bytes after one that is right', () => {
  const packet = hepOf();
  const small = decoded(claiming(packet.length - 20, packet));
  expect(small.flaw).toBe('wrong_length');
  expect(small.payload.equals(SIP)).toBe(true);
  const longer = decoded(Buffer.concat([packet, Buffer.from('HEP3 and so on')]));
  expect(longer.flaw).toBe('trailing_bytes');
  expect(longer.payload.equals(SIP)).toBe(true);
});

test('refuses a total length below six, a missing payload, and what is no HEP', () => {
  expect(reasonOf(claiming(5, hepOf()))).toBe('bad_length');
  expect(reasonOf(hepPacket([hepChunk(0x0c, u16(1))]))).toBe('no_payload');
  expect(reasonOf(hepPacket([]))).toBe('no_payload');
  expect(reasonOf(hepPacket([hepChunk(0x10, Buffer.alloc(0))]))).toBe('empty_payload');
  expect(reasonOf(Buffer.from('HEP'))).toBe('too_short');
  for (const bytes of [Buffer.alloc(0), SIP, Buffer.from('HEP2abcdef'), Buffer.from('Hello'), Buffer.alloc(64, 1)]) {
    expect(reasonOf(bytes)).toBe('not_hep');
  }
});

test('has no time when the seconds are missing, and no microseconds when they are impossible', () => {
  expect(decoded(hepPacket([hepChunk(0x0a, Buffer.from([0, 0, 0, 9])), payloadChunk])).sentUs).toBe(0);
  const seconds = hepChunk(0x09, Buffer.from([0, 0, 0, 9]));
  expect(decoded(hepPacket([seconds, hepChunk(0x0a, Buffer.alloc(4, 255)), payloadChunk])).sentUs).toBe(9_000_000);
});
