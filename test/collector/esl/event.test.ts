import { describe, expect, it } from 'vitest';
import { type EventContext, readEvent, readSnapshot } from '../../../collector/esl/event.ts';
import { createFrameReader } from '../../../collector/esl/frame.ts';
import { allHeaders, headerOf, headersOf } from '../../../core/model/capture-event.ts';
import { createRandom, rawStream, recordedReply } from './fixtures.ts';

const CONTEXT: EventContext = { node: 'fs1', arrivedUs: 1_795_256_496_800_000, trustSenderClock: true };

const bodies = (name: Parameters<typeof rawStream>[0]): Buffer[] =>
  createFrameReader()
    .push(rawStream(name))
    .filter(({ type }) => type === 'text/event-json')
    .map(({ body }) => body);

const read = (body: Buffer | string, context = CONTEXT): ReturnType<typeof readEvent> & { ok: true } => {
  const reading = readEvent(Buffer.from(body), context);
  if (!reading.ok) throw new Error(reading.reason);
  return reading;
};

describe('readEvent', () => {
  it('reads every event of every recording, each with an id of its own', () => {
    for (const name of ['missing-ack', 'restart-before', 'restart-after', 'utf8'] as const) {
      const events = bodies(name).map((body) => read(body).event);
      expect(events.length).toBeGreaterThan(50);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      for (const event of events) {
        expect(event.sequence).toBeGreaterThan(0);
        expect(event.coreUuid).toMatch(/^[0-9a-f-]{36}$/);
        expect(String(event.atUs)).toBe(headerOf(event.headers, 'Event-Date-Timestamp'));
      }
    }
  });

  it('gives the same event the same id at any time of arrival', () => {
    const [body] = bodies('missing-ack');
    expect(read(body!, { ...CONTEXT, arrivedUs: 1 }).event.id).toBe(read(body!).event.id);
  });

  it('reads names in every script', () => {
    const names = bodies('utf8').map((body) => headerOf(read(body).event.headers, 'Caller-Caller-ID-Name'));
    expect(names.some((name) => /[\u0600-\u06ff]/.test(name))).toBe(true);
  });

  it('keeps repeated variables as arrays and turns what is no text into text', () => {
    const { headers } = read('{"Event-Name":"X","a":["1","2"],"n":7,"b":true,"z":null,"o":{"x":1},"m":["1",2]}').event;
    expect(headersOf(headers, 'a')).toEqual(['1', '2']);
    expect(allHeaders(headers)).toMatchObject({ n: '7', b: 'true', z: 'null', o: '{"x":1}', m: ['1', '2'] });
  });

  it('takes the last of two equal keys, and a key that is the name of the prototype for a key', () => {
    const { headers } = read('{"Event-Name":"X","Hangup-Cause":"A","Hangup-Cause":"B","__proto__":["p"]}').event;
    expect(headerOf(headers, 'Hangup-Cause')).toBe('B');
    expect(headersOf(headers, '__proto__')).toEqual(['p']);
    expect(({} as Record<string, unknown>)['0']).toBeUndefined();
    expect(headerOf(headers, 'toString')).toBe('');
  });

  it('replaces bytes that are not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('{"Event-Name":"X","n":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    expect(headerOf(read(body).event.headers, 'n')).toBe('\ufffd(');
  });

  it('stores no secrets', () => {
    const { headers } = read(
      '{"Event-Name":"X","variable_sip_auth_password":"s3cret","variable_sip_auth_username":"u",' +
        '"User-Password":"s3cret","Application-Data":"sip_auth_password=s3cret","l":["password=s3cret"]}',
    ).event;
    expect(JSON.stringify(headers)).not.toContain('s3cret');
    expect(Object.keys(allHeaders(headers))).toEqual(['Event-Name', 'Application-Data', 'l']);
  });

  it('takes the arrival for the time of a switch whose clock is hours off', () => {
    const body = `{"Event-Name":"X","Event-Date-Timestamp":"${CONTEXT.arrivedUs - 7_200_000_000}"}`;
    expect(read(body, { ...CONTEXT, trustSenderClock: false }).event.atUs).toBe(CONTEXT.arrivedUs);
    expect(read(body).event.atUs).toBe(CONTEXT.arrivedUs - 7_200_000_000);
  });

  it('tells events without a sequence apart by what they say', () => {
    const ids = ['{"Event-Name":"X","a":"1"}', '{"Event-Name":"X","a":"2"}'].map((body) => read(body).event.id);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['bad_json', ''],
    ['bad_json', '{"Event-Name":'],
    ['bad_json', '[1]'],
    ['bad_json', 'null'],
    ['no_event_name', '{}'],
  ])('says %s for %j', (reason, body) => {
    expect(readEvent(Buffer.from(body), CONTEXT)).toEqual({ ok: false, reason });
  });

  it('never throws, whatever comes', () => {
    const seed = Date.now() % 2 ** 31;
    const random = createRandom(seed);
    const some = bodies('missing-ack');
    const end = performance.now() + 1000;
    for (let round = 0; performance.now() < end; round++) {
      const body = Buffer.from(some[round % some.length]!);
      for (let i = 0; i < 5; i++) body[Math.floor(random() * body.length)] = random() * 256;
      try {
        readEvent(body, CONTEXT);
      } catch (error) {
        expect.fail(`seed ${seed}, round ${round}: ${String(error)}`);
      }
    }
  });
});

describe('readSnapshot', () => {
  it('reads the reply to uuid_dump as a channel event that was asked for', () => {
    const [reply] = createFrameReader().push(recordedReply('09-uuid-dump-json'));
    const reading = readSnapshot(reply!.body, CONTEXT);
    expect(reading).toMatchObject({
      ok: true,
      event: { name: 'CHANNEL_DATA', backfill: true, sequence: 484, coreUuid: '8bf13f6a-a536-4c44-8311-d93e3aae79df' },
    });
  });
});
