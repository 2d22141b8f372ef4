import { describe, expect, test } from 'vitest';
import { decodeHep } from '../../collector/hep/decode.ts';
import type { State } from '../../core/doctor/check.ts';
import { CHECKS } from '../../core/doctor/checks/all.ts';
import { examine } from '../../core/doctor/examine.ts';
import { siteOf } from '../../core/doctor/site.ts';
import { allHeaders, type CaptureEvent, PROTOCOL } from '../../core/model/capture-event.ts';
import { createUnmask } from '../../core/sip/topology-hiding.ts';
import { oldHep, toPacketSeen } from '../collector/hep/helpers.ts';
import { readSeen } from '../golden/recorded.ts';
import { said, sampleOf } from './sampled.ts';

const recordings = new Map<string, Promise<CaptureEvent[]>>();
const read = (name: string): Promise<CaptureEvent[]> => {
  const known = recordings.get(name) ?? readSeen(name);
  recordings.set(name, known);
  return known;
};

type Change = (events: readonly CaptureEvent[]) => readonly CaptureEvent[];
const same: Change = (events) => events;
const ofSensor =
  (name: string, change: (packet: Extract<CaptureEvent, { kind: 'packet' }>) => readonly CaptureEvent[]): Change =>
  (events) =>
    events.flatMap((event) => (event.kind === 'packet' && event.sensor === name ? change(event) : [event]));
const kept =
  (keep: (event: CaptureEvent) => boolean): Change =>
  (events) =>
    events.filter(keep);

const fast = (sensor: string): Change => ofSensor(sensor, (packet) => [{ ...packet, atUs: packet.atUs + 200_000 }]);
const later =
  (us: number): Change =>
  (events) =>
    events.map((event) => (event.kind === 'packet' ? { ...event, arrivedUs: event.arrivedUs + us } : event));
const alone = kept((event) => event.kind !== 'packet' || event.sensor === 'hep 201');
const YEAR_US = 365 * 86_400_000_000;

const unmask = createUnmask([{ kind: 'opensips', prefix: 'THCID_', secret: 'lab_th_secret' }]);

/** As siptrace sends a message under `hep_version` 1, which is its default: no time, no name. */
const underVersion1 = ofSensor('hep 101', (packet) => {
  const bytes = oldHep(1, Buffer.from([127, 0, 0, 11, 127, 0, 0, 10]), packet.payload);
  const decoded = decodeHep(bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  const old = toPacketSeen(decoded.packet, packet.arrivedUs, true, '127.0.0.10');
  return [{ ...old, srcIp: packet.srcIp, dstIp: packet.dstIp, sensor: 'hep 101' }];
});

interface Case {
  readonly check: string;
  readonly what: string;
  readonly recording: string;
  readonly change?: Change;
  readonly unmask?: (callId: string) => string | undefined;
  readonly of: string;
  readonly state: State;
}

const CASES: readonly Case[] = [
  {
    check: 'switch_events',
    what: 'a FreeSWITCH that sends HEP alone',
    recording: '16-fs111',
    of: 'hep 202',
    state: 'missing',
  },
  { check: 'switch_events', what: 'one with its event socket', recording: '01-basic', of: 'hep 201', state: 'fine' },
  {
    check: 'switch_events',
    what: 'an Asterisk that sends HEP alone',
    recording: '35b-opensips-lb-tcp',
    of: 'ast1-hep',
    state: 'missing',
  },
  {
    check: 'switch_events',
    what: 'one with its manager interface',
    recording: '31-asterisk-channel-uuid',
    of: 'ast1-hep',
    state: 'fine',
  },
  {
    check: 'carried_header',
    what: 'legs of a switch without events and header',
    recording: '16-fs111',
    of: 'hep 202',
    state: 'missing',
  },
  {
    check: 'carried_header',
    what: 'the same with X-CID in each INVITE',
    recording: '16-fs111',
    change: ofSensor('hep 202', (packet) => {
      const text = packet.payload.toString('latin1');
      return [{ ...packet, payload: Buffer.from(text.replace(/\r\nCall-ID/i, '\r\nX-CID: 1@a\r\nCall-ID'), 'latin1') }];
    }),
    of: 'hep 202',
    state: 'fine',
  },
  { check: 'carried_header', what: 'legs that events join', recording: '01-basic', of: 'hep 201', state: 'fine' },
  {
    check: 'asterisk_call_ids',
    what: 'an Asterisk that is not asked',
    recording: '30-asterisk-basic',
    of: 'ast1',
    state: 'missing',
  },
  {
    check: 'asterisk_call_ids',
    what: 'SIPCALLID on every event',
    recording: '31-asterisk-channel-uuid',
    of: 'ast1',
    state: 'fine',
  },
  {
    check: 'topology_hiding',
    what: 'a disguise without its secret',
    recording: '36-opensips-topology-hiding',
    of: 'hep 501',
    state: 'missing',
  },
  {
    check: 'topology_hiding',
    what: 'the same with it',
    recording: '36-opensips-topology-hiding',
    unmask,
    of: 'hep 501',
    state: 'fine',
  },
  {
    check: 'topology_hiding',
    what: 'a proxy without disguise',
    recording: '35-opensips-lb',
    of: 'hep 501',
    state: 'fine',
  },
  {
    check: 'uuid_as_call_id',
    what: 'Call-IDs that FreeSWITCH made up',
    recording: '01-basic',
    of: 'fs1, profile internal',
    state: 'missing',
  },
  {
    check: 'uuid_as_call_id',
    what: 'Call-IDs made of the UUID',
    recording: '02-uuid-as-callid',
    of: 'fs1, profile uuidcid',
    state: 'fine',
  },
  { check: 'capture_id', what: 'an id of its own', recording: '01-basic', of: 'hep 101', state: 'fine' },
  {
    check: 'capture_id',
    what: 'sofia’s default id',
    recording: '01-basic',
    change: ofSensor('hep 201', (packet) => [{ ...packet, sensor: 'hep 200@127.0.0.31' }]),
    of: 'hep 200@127.0.0.31',
    state: 'missing',
  },
  { check: 'hep_version', what: 'version 3', recording: '01-basic', of: 'hep 101', state: 'fine' },
  {
    check: 'hep_version',
    what: 'version 1',
    recording: '01-basic',
    change: underVersion1,
    of: 'hep 101',
    state: 'missing',
  },
  { check: 'clock', what: 'a clock that is right', recording: '01-basic', of: 'hep 201', state: 'fine' },
  {
    check: 'clock',
    what: 'a clock that is 0.2 s fast',
    recording: '01-basic',
    change: fast('hep 201'),
    of: 'hep 201',
    state: 'missing',
  },
  {
    check: 'clock',
    what: 'the box in the middle, which is 0.2 s fast',
    recording: '01-basic',
    change: fast('hep 101'),
    of: 'hep 101',
    state: 'missing',
  },
  {
    check: 'clock',
    what: 'the boxes around it',
    recording: '01-basic',
    change: fast('hep 101'),
    of: 'hep 201',
    state: 'fine',
  },
  {
    check: 'clock',
    what: 'clocks that agree, in a network in which packets take 0.2 s to come,',
    recording: '01-basic',
    change: later(200_000),
    of: 'hep 201',
    state: 'fine',
  },
  {
    check: 'clock',
    what: 'a recording that is played a year later',
    recording: '01-basic',
    change: later(YEAR_US),
    of: 'hep 201',
    state: 'fine',
  },
  {
    check: 'clock',
    what: 'a sensor that shares no exchange with another and is 0.2 s fast',
    recording: '01-basic',
    change: (events) => alone(fast('hep 201')(events)),
    of: 'hep 201',
    state: 'missing',
  },
  {
    check: 'clock',
    what: 'the same with a clock that is right',
    recording: '01-basic',
    change: alone,
    of: 'hep 201',
    state: 'fine',
  },
  {
    check: 'clock',
    what: 'the same in a recording that is played a year later',
    recording: '01-basic',
    change: (events) => alone(later(YEAR_US)(events)),
    of: 'hep 201',
    state: 'unknown',
  },
  {
    check: 'traced_twice',
    what: 'each message once, retransmissions included',
    recording: '10-missing-ack',
    of: 'hep 101',
    state: 'fine',
  },
  {
    check: 'traced_twice',
    what: 'trace_mode and sip_trace() at once',
    recording: '01-basic',
    change: ofSensor('hep 101', (packet) => [packet, { ...packet, atUs: packet.atUs + 300 }]),
    of: 'hep 101',
    state: 'missing',
  },
  {
    check: 'asterisk_uuid_type',
    what: 'channel names',
    recording: '31-asterisk-channel-uuid',
    of: 'ast1-hep',
    state: 'missing',
  },
  { check: 'asterisk_uuid_type', what: 'Call-IDs', recording: '30-asterisk-basic', of: 'ast1-hep', state: 'fine' },
  {
    check: 'ami_timestamps',
    what: 'events with their time',
    recording: '30-asterisk-basic',
    of: 'ast1',
    state: 'fine',
  },
  {
    check: 'ami_timestamps',
    what: 'events without',
    recording: '30-asterisk-basic',
    change: (events) =>
      events.map((event) => {
        if (event.kind !== 'event') return event;
        const { Timestamp: _gone, ...headers } = allHeaders(event.headers);
        return { ...event, headers };
      }),
    of: 'ast1',
    state: 'missing',
  },
  { check: 'log_level', what: 'lines of every level', recording: '01-basic', of: 'fs1', state: 'fine' },
  {
    check: 'log_level',
    what: 'warnings and notices alone',
    recording: '01-basic',
    change: kept((event) => event.kind !== 'log' || event.level <= 5),
    of: 'fs1',
    state: 'missing',
  },
  {
    check: 'log_level',
    what: 'no line at all',
    recording: '01-basic',
    change: kept(({ kind }) => kind !== 'log'),
    of: 'fs1',
    state: 'missing',
  },
  {
    check: 'transfer_events',
    what: 'REFER without events of it',
    recording: '15-refer-replaces',
    of: 'fs1',
    state: 'missing',
  },
  {
    check: 'transfer_events',
    what: 'the same with one',
    recording: '15-refer-replaces',
    change: (events) => {
      const first = events.find((event) => event.kind === 'event' && event.node === 'fs1');
      if (first?.kind !== 'event') throw new Error('the recording has events');
      const headers = { ...allHeaders(first.headers), 'Event-Subclass': 'sofia::transferor' };
      return [...events, { ...first, name: 'CUSTOM', headers }];
    },
    of: 'fs1',
    state: 'fine',
  },
  {
    check: 'transfer_events',
    what: 'calls that nobody transferred',
    recording: '01-basic',
    of: 'fs1',
    state: 'unknown',
  },
  {
    check: 'conference_events',
    what: 'members without variables',
    recording: '06-conference',
    of: 'fs1',
    state: 'missing',
  },
  {
    check: 'conference_events',
    what: 'members with variables',
    recording: '06-conference',
    change: (events) =>
      events.map((event) =>
        event.kind === 'event' ? { ...event, headers: { ...allHeaders(event.headers), variable_a: 'b' } } : event,
      ),
    of: 'fs1',
    state: 'fine',
  },
  { check: 'conference_events', what: 'no conference', recording: '01-basic', of: 'fs1', state: 'unknown' },
  {
    check: 'media_reports',
    what: 'an Asterisk with res_hep_rtcp',
    recording: '34-asterisk-rtcp',
    of: 'ast1-hep',
    state: 'fine',
  },
  { check: 'media_reports', what: 'one without', recording: '30-asterisk-basic', of: 'ast1-hep', state: 'missing' },
  {
    check: 'media_reports',
    what: 'an rtpengine that reports',
    recording: '19-rtpengine-rtcp',
    of: 'hep 101',
    state: 'fine',
  },
  { check: 'proxy_log', what: 'a Kamailio without hlog()', recording: '01-basic', of: 'hep 101', state: 'missing' },
  { check: 'proxy_log', what: 'one with it', recording: '38-kamailio-hlog', of: 'hep 301', state: 'fine' },
  {
    check: 'proxy_log',
    what: 'an OpenSIPS that traces xlog',
    recording: '35-opensips-lb',
    of: 'hep 501',
    state: 'fine',
  },
];

describe('the doctor', { timeout: 60_000 }, () => {
  test.each(CASES)(
    '$check of $what in $recording is $state',
    async ({ check, recording, change = same, of, state, ...more }) => {
      const sample = sampleOf(change(await read(recording)));
      expect(said(check, sample, more.unmask)).toMatchObject({ [of]: state });
    },
  );

  test('every check fires where the setting is not there, and is silent where it is', () => {
    for (const { id } of CHECKS) {
      const states = new Set(CASES.filter(({ check }) => check === id).map(({ state }) => state));
      expect([id, [...states].filter((one) => one !== 'unknown').sort()]).toEqual([id, ['fine', 'missing']]);
    }
  });

  test('of two messages and an event nothing is told', async () => {
    const events = await read('01-basic');
    const few = [
      ...events.filter(({ kind }) => kind === 'packet').slice(0, 2),
      ...events.filter(({ kind }) => kind === 'event').slice(0, 1),
    ];
    const states = examine(siteOf(sampleOf(few))).flatMap(({ findings }) => findings.map(({ state }) => state));
    expect(states.length).toBeGreaterThan(0);
    expect(states.filter((state) => state !== 'unknown')).toEqual([]);
  });

  test('clocks are told as core/clock tells them, with the bounds of what lies between them', async () => {
    const site = siteOf(sampleOf(fast('hep 201')(await read('01-basic'))));
    const saw = (of: string) =>
      CHECKS.find(({ id }) => id === 'clock')
        ?.look(site)
        .find((one) => one.of === of)?.saw;
    const [, lower, upper] =
      /^by \d+ exchanges its clock is (\d+\.\d) to (\d+\.\d) ms ahead of that of hep 101$/.exec(saw('hep 201') ?? '') ??
      [];
    const pair = site.clocks.pairs.find(({ first, second }) => first === 'hep 101' && second === 'hep 201');
    expect([lower, upper].map(Number)).toEqual(
      [pair?.ahead?.lowerUs, pair?.ahead?.upperUs].map((us) => Number(((us ?? 0) / 1000).toFixed(1))),
    );
    expect(Number(lower)).toBeLessThanOrEqual(200);
    expect(Number(upper)).toBeGreaterThanOrEqual(200);
    expect(saw('hep 101')).toBe('1 of 2 other clocks agree with it');
  });

  test('a proxy that hands media addresses on needs no media relay, and one whose relay is silent lacks its reports', async () => {
    expect(said('media_reports', sampleOf(await read('01-basic')))).toEqual({});
    const events = (await read('19-rtpengine-rtcp')).filter(
      (event) => event.kind !== 'packet' || event.protocol !== PROTOCOL.rtcp,
    );
    // Three such calls, as one alone says little.
    const calls = ['', '2', '3'].flatMap((more) =>
      events.flatMap((event) => {
        if (event.kind !== 'packet') return [];
        const payload = Buffer.from(
          event.payload.toString('latin1').replace(/^(Call-ID:.*)\r$/im, `$1${more}\r`),
          'latin1',
        );
        return [{ ...event, payload }];
      }),
    );
    expect(said('media_reports', sampleOf(calls))).toMatchObject({ 'hep 101': 'missing' });
  });

  test('what is missing comes with lines of the software that lacks it, and what is fine with none', async () => {
    const examined = examine(siteOf(sampleOf(await read('16-fs111'))));
    const of = (id: string) => examined.find((one) => one.id === id);
    const [finding] = of('switch_events')?.findings.filter(({ state }) => state === 'missing') ?? [];
    expect(finding).toMatchObject({ of: 'hep 202', software: 'FreeSWITCH' });
    expect(finding?.remedies.map(({ file }) => file)).toEqual([
      'autoload_configs/event_socket.conf.xml',
      'calltrail.yaml',
    ]);
    expect(of('proxy_log')?.findings[0]?.remedies.map(({ system }) => system)).toEqual(['Kamailio']);
    for (const { findings } of examined) {
      for (const { state, remedies } of findings) expect(remedies.length > 0).toBe(state !== 'fine');
    }
  });

  test('every check says why it matters and what to paste', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
    for (const { title, why, remedies } of CHECKS) {
      expect(title).not.toBe('');
      expect(why).toMatch(/\.$/);
      expect(remedies.length).toBeGreaterThan(0);
      for (const { file, lines } of remedies) expect([file === '', lines.trim() === '']).toEqual([false, false]);
    }
  });
});
