import { describe, expect, it } from 'vitest';
import { callIdEvent, createEventReader, readSnapshot } from '../../../collector/ami/event.ts';
import { createPacketReader } from '../../../collector/ami/frame.ts';
import { type ChannelEventSeen, headerOf } from '../../../core/model/capture-event.ts';
import { packetOf, rawStream } from './fixtures.ts';

const AT = 1_795_261_949_222_192;
const HOUR = 3_600_000_000;

const readerOf = (trustSenderClock = true) => createEventReader({ node: 'ast1', trustSenderClock });
const read = (text: string, arrivedUs = AT, trustSenderClock = true): ChannelEventSeen | undefined =>
  readerOf(trustSenderClock).read(packetOf(text), arrivedUs);

function readStream(arrivedUs: number): ChannelEventSeen[] {
  const reader = readerOf();
  return createPacketReader()
    .push(rawStream('33-asterisk-transfer-queue'))
    .flatMap((item) => (item.kind === 'packet' ? (reader.read(item, arrivedUs) ?? []) : []));
}

describe('createEventReader', () => {
  it('reads the whole of a recorded Newchannel', () => {
    const lines = ['Event: Newchannel', 'Privilege: call,all', 'Timestamp: 1795261949.222192', 'Channel: PJSIP/kam-0'];
    expect(read(lines.join('\r\n'), AT + 500)).toEqual({
      kind: 'event',
      origin: 'asterisk',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      atUs: AT,
      arrivedUs: AT + 500,
      node: 'ast1',
      coreUuid: '',
      sequence: 1,
      name: 'Newchannel',
      headers: {
        Event: 'Newchannel',
        Privilege: 'call,all',
        Timestamp: '1795261949.222192',
        Channel: 'PJSIP/kam-0',
      },
      backfill: false,
    });
  });

  it('numbers the events of a recorded stream in the order of their arrival, though their times go back at times', () => {
    const events = readStream(AT);
    expect(events).toHaveLength(2110);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    // FullyBooted alone has no time.
    expect(events.filter(({ headers }) => headerOf(headers, 'Timestamp') === '').map(({ name }) => name)).toEqual([
      'FullyBooted',
    ]);
    expect(events.some(({ atUs }, index) => index > 1 && atUs < events[index - 1]!.atUs)).toBe(true);
  });

  it('gives every event an id of its own, the same when the stream is delivered again', () => {
    const ids = readStream(AT).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(readStream(AT + HOUR).map(({ id }) => id)).toEqual(ids);
  });

  it('tells equal texts without times apart by their order, the same way on every connection', () => {
    const texts = ['Event: Hold\r\nUniqueid: a.1', 'Event: Unhold\r\nUniqueid: a.1', 'Event: Hold\r\nUniqueid: a.1'];
    const idsOf = (): (string | undefined)[] => {
      const reader = readerOf();
      return texts.map((text, i) => reader.read(packetOf(text), AT + i)?.id);
    };
    expect(new Set(idsOf()).size).toBe(3);
    expect(idsOf()).toEqual(idsOf());
  });

  it('takes the same text with the same time for the same event', () => {
    const reader = readerOf();
    const packet = packetOf('Event: Hold\r\nTimestamp: 1795261949.222192\r\nUniqueid: a.1');
    expect(reader.read(packet, AT)?.id).toBe(reader.read(packet, AT)?.id);
  });

  it('gives two nodes different ids for the same text', () => {
    const packet = packetOf('Event: Hold\r\nUniqueid: a.1');
    const other = createEventReader({ node: 'ast2', trustSenderClock: true });
    expect(other.read(packet, AT)?.id).not.toBe(readerOf().read(packet, AT)?.id);
  });

  it.each([
    ['Timestamp: 1795261949.222192', AT],
    ['Timestamp: 1795261949.2', 1_795_261_949_200_000],
    ['Timestamp: 1795261949', 1_795_261_949_000_000],
    ['Timestamp: yesterday', 7],
    ['Timestamp: -1.5', 7],
    ['Timestamp: 1795261949.222192.1', 7],
    ['Channel: x', 7],
  ])('reads the time of "%s", else takes the arrival', (line, expected) => {
    expect(read(`Event: A\r\n${line}`, 7)?.atUs).toBe(expected);
  });

  it('takes the arrival for a clock that is off by more than an hour, unless it is trusted', () => {
    const text = 'Event: A\r\nTimestamp: 1795261949.222192';
    expect(read(text, AT + HOUR - 1, false)?.atUs).toBe(AT);
    expect(read(text, AT + HOUR + 1, false)?.atUs).toBe(AT + HOUR + 1);
    expect(read(text, AT + HOUR + 1, true)?.atUs).toBe(AT);
  });

  it('takes OriginateResponse, which has a Response too, for an event', () => {
    expect(read('Event: OriginateResponse\r\nResponse: Failure')?.name).toBe('OriginateResponse');
  });

  it('says that a reply is no event', () => {
    expect(read('Response: Success\r\nPing: Pong')).toBeUndefined();
    expect(read('Event: \r\nChannel: x')).toBeUndefined();
  });

  it('keeps hostile names and values as data', () => {
    const headers = read('Event: VarSet\r\n__proto__: a\r\nVariable: __proto__\r\nValue: a\0b')?.headers;
    expect(Object.entries(headers ?? {})).toEqual([
      ['Event', 'VarSet'],
      ['__proto__', 'a'],
      ['Variable', '__proto__'],
      ['Value', 'a\0b'],
    ]);
    expect(Object.getPrototypeOf(headers)).toBeNull();
  });
});

describe('readSnapshot', () => {
  const shown = (id: string, duration: string): ChannelEventSeen =>
    readSnapshot(
      packetOf(`Event: CoreShowChannel\r\nActionID: ${id}\r\nUniqueid: a.1\r\nDuration: ${duration}`),
      'ast1',
      AT,
    );

  it('is true now and belongs to no stream', () => {
    expect(shown('calltrail-4', '00:00:07')).toMatchObject({ name: 'CoreShowChannel', backfill: true, atUs: AT });
    expect({ ...shown('calltrail-4', '00:00:07').headers }).toEqual({
      Event: 'CoreShowChannel',
      Uniqueid: 'a.1',
      Duration: '00:00:07',
    });
  });

  it('has the id of what it says, whoever asked', () => {
    expect(shown('calltrail-4', '00:00:07').id).toBe(shown('calltrail-9', '00:00:07').id);
    expect(shown('calltrail-4', '00:00:08').id).not.toBe(shown('calltrail-4', '00:00:07').id);
  });
});

it('says a Call-ID that was asked for as a variable of the channel', () => {
  const event = callIdEvent({ channel: 'PJSIP/kam-0', uniqueid: 'a.1' }, 'x@y', 'ast1', AT);
  expect(event).toMatchObject({ name: 'Getvar', backfill: true, headers: { Uniqueid: 'a.1' } });
  expect(headerOf(event.headers, 'ChanVariable')).toBe('SIPCALLID=x@y');
});
