import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createEslSource } from '../../../collector/esl/client.ts';
import { headerOf } from '../../../core/model/capture-event.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { RecordedFrame } from '../../replay/esl-recording.ts';
import { createEslReplayServer } from '../../replay/esl-server.ts';
import { recordedReply, recording } from './fixtures.ts';
import { createKeepingBus, eventually, PASSWORD, setUp, startSource } from './harness.ts';

const CALL = recording('missing-ack');
const isEvent = ({ type }: RecordedFrame): boolean => type === 'text/event-json';
const isLog = ({ type }: RecordedFrame): boolean => type === 'log/data';
const bodyOf = (reply: string): string => {
  const bytes = recordedReply(reply);
  return bytes.toString('utf8', bytes.indexOf('\n\n') + 2);
};

function frameOf(type: string, body: string, headers = ''): RecordedFrame {
  const text = `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: ${type}\n${headers}\n${body}`;
  return { atMs: 0, type, bytes: Buffer.from(text) };
}
const eventOf = (headers: Record<string, string>): RecordedFrame => frameOf('text/event-json', JSON.stringify(headers));
const logOf = (text: string, level: number): RecordedFrame =>
  frameOf('log/data', text, `Log-Level: ${level}\nUser-Data: u1\n`);

describe('reading', () => {
  it('publishes every event and line of a recorded call, in order', async () => {
    const { server, source, bus, metrics } = await setUp();
    await server.whenSubscribed();
    expect(await server.feed(CALL)).toBe(true);
    const lines = CALL.filter(isLog).length;
    await eventually(() => expect(bus.of('log')).toHaveLength(lines));
    await eventually(() => expect(bus.of('event').map(({ name }) => name)).toContain('CHANNEL_DESTROY'));
    const told = CALL.filter(isEvent).map(({ bytes }) =>
      /"Event-Name":"(\w+)".*"Event-Sequence":"(\d+)"/.exec(bytes.toString()),
    );
    const kept = told.filter((found) => !/^(PRESENCE_IN|RE_SCHEDULE)$/.test(found?.[1] ?? ''));
    expect(bus.of('event').map(({ sequence }) => String(sequence))).toEqual(kept.map((found) => found?.[2]));
    const { length } = kept;
    const ignored = told.length - length;
    expect(ignored).toBeGreaterThan(0);
    expect(bus.of('log').map(({ order }) => order)).toEqual(bus.of('log').map((_, index) => index));
    expect(bus.of('gap')).toEqual([]);
    expect(bus.of('unreadable')).toEqual([]);
    const counted = await metrics();
    expect(counted).toContain(`calltrail_received_total{source="esl:fs1",kind="event"} ${length}`);
    expect(counted).toContain(`calltrail_received_total{source="esl:fs1",kind="ignored_event"} ${ignored}`);
    expect(counted).toContain(`calltrail_received_total{source="esl:fs1",kind="log"} ${lines}`);
    expect(counted).toContain('calltrail_source_up{source="esl:fs1"} 1');
    expect(source.state()).toMatchObject({ name: 'esl:fs1', state: 'up' });
    expect(source.state().detail).toContain('events, and log lines up to level 7');
    expect(source.state().lastSeenMs).toBeGreaterThan(0);
  });

  it('asks for log lines of the configured level only', async () => {
    const { server, bus } = await setUp({}, { node: { logLevel: 5 } });
    await server.whenSubscribed();
    await server.feed(CALL);
    await eventually(() => expect(bus.of('event').map(({ name }) => name)).toContain('CHANNEL_DESTROY'));
    expect(server.commands).toContain('log 5');
    await eventually(() => expect(bus.of('log').length).toBeGreaterThan(0));
    expect(bus.of('log').every(({ level }) => level <= 5)).toBe(true);
  });

  it('gives everything the same id when it is delivered a second time', async () => {
    const { server, bus } = await setUp();
    const frames = CALL.filter((frame) => isEvent(frame) || isLog(frame));
    const ids: string[][] = [];
    for (let round = 0; round < 2; round++) {
      await server.whenSubscribed();
      await server.feed(frames);
      const lines = frames.filter(isLog).length;
      await eventually(() => expect(bus.of('log')).toHaveLength(lines));
      await eventually(() => expect(bus.of('event').map(({ name }) => name)).toContain('CHANNEL_DESTROY'));
      ids.push([...bus.of('event'), ...bus.of('log')].map(({ id }) => id));
      bus.clear();
      server.drop();
      await eventually(() => expect(bus.of('gap')).toHaveLength(2));
      bus.clear();
    }
    expect(ids[1]).toEqual(ids[0]);
  });

  it('learns the time zone of old log lines from the events beside them', async () => {
    const { server, bus } = await setUp();
    await server.whenSubscribed();
    await server.feed([logOf('2020-01-01 16:06:38.736096 9.00% [NOTICE] x.c:1 hello\n', 5)]);
    for (let i = 0; i < 100; i++) await turn();
    expect(bus.of('log')).toEqual([]);
    await server.feed([
      eventOf({
        'Event-Name': 'HEARTBEAT',
        'Core-UUID': 'c1',
        'Event-Sequence': '1',
        'Event-Date-Local': '2020-01-01 16:06:38',
        'Event-Date-Timestamp': String(Date.UTC(2020, 0, 1, 10, 21, 38) * 1000 + 500_000),
      }),
    ]);
    await eventually(() => expect(bus.of('log')).toHaveLength(1));
    expect(bus.of('log')[0]?.atUs).toBe(Date.UTC(2020, 0, 1, 10, 21, 38) * 1000 + 736_096);
  });

  it('does not store the events that its own questions make', async () => {
    const { server, bus } = await setUp();
    await server.whenSubscribed();
    const api = (sequence: string, command: string, argument: string): RecordedFrame =>
      eventOf({
        'Event-Name': 'API',
        'Core-UUID': 'c1',
        'Event-Sequence': sequence,
        'API-Command': command,
        'API-Command-Argument': argument,
      });
    await server.feed([
      api('1', 'show', 'channels as json'),
      api('2', 'uuid_dump', 'u1 json'),
      api('3', 'uuid_kill', 'u1'),
    ]);
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
    expect(bus.of('event')[0]?.sequence).toBe(3);
  });

  it('keeps bytes that are no event, and reads on', async () => {
    const { server, bus, metrics } = await setUp();
    await server.whenSubscribed();
    await server.feed([frameOf('text/event-json', '{"Event-Name":'), ...CALL.filter(isEvent).slice(0, 2)]);
    await eventually(() => expect(bus.of('event')).toHaveLength(2));
    expect(bus.of('unreadable')).toMatchObject([
      { source: 'esl:fs1', reason: 'bad_json', peer: `127.0.0.1:${server.port}` },
    ]);
    expect(bus.of('unreadable')[0]?.bytes.toString()).toBe('{"Event-Name":');
    expect(await metrics()).toContain(
      'calltrail_rejected_total{source="esl:fs1",reason="bad_json",sender="127.0.0.1"} 1',
    );
    expect(bus.of('gap')).toEqual([]);
  });

  it('stops reading while the bus has no room, and loses nothing', async () => {
    const { server, bus } = await setUp();
    await server.whenSubscribed();
    const release = bus.block();
    const events = CALL.filter(({ bytes }) => bytes.includes('"Event-Name":"CHANNEL_'));
    const many = Array.from({ length: 120 }, () => events).flat();
    expect(many.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeGreaterThan(20_000_000);
    let isFed = false;
    const fed = server.feed(many).then(() => {
      isFed = true;
    });
    await eventually(() => expect(bus.calls()).toBe(1));
    for (let i = 0; i < 200; i++) await turn();
    expect(bus.calls()).toBe(1);
    expect(isFed).toBe(false);
    release();
    await fed;
    await eventually(() => expect(bus.of('event')).toHaveLength(many.length));
    expect(bus.of('gap')).toEqual([]);
  });
});

describe('logging in', () => {
  it('uses userauth for a directory user', async () => {
    const { server, source } = await setUp(
      { users: { 'trail@example.org': 'p:w' } },
      { node: { user: 'trail@example.org', password: 'p:w' } },
    );
    await server.whenSubscribed();
    expect(server.commands).toContain('userauth trail@example.org:p:w');
    await eventually(() => expect(source.state().state).toBe('up'));
  });

  it('says that the password is wrong, and waits before it tries again', async () => {
    const { server, source, metrics } = await setUp(
      { password: 'another' },
      { backoff: { minMs: 60_000, maxMs: 60_000 } },
    );
    await eventually(() => expect(source.state().detail).toMatch(/refuses the password; no events.*no log lines/));
    expect(source.state().state).toBe('down');
    await eventually(() => expect(server.connections()).toBe(0));
    expect(server.commands).toEqual([`auth ${PASSWORD}`, `auth ${PASSWORD}`]);
    expect(await metrics()).toContain('calltrail_source_up{source="esl:fs1"} 0');
  });

  it('tries again after a wrong password, and says so in the log once', async () => {
    const { server, logged } = await setUp({ password: 'another' });
    await eventually(() => expect(server.commands.length).toBeGreaterThan(8));
    expect(logged).toHaveLength(2);
    expect(logged[0]).toMatch(/^error FreeSWITCH fs1: 127.0.0.1:\d+ refuses the password/);
  });

  it('works without log lines when they are not allowed, and does not ask again and again', async () => {
    const { server, source, bus } = await setUp(
      { users: { 'u@d': 'p' }, allowed: { logs: false } },
      { node: { user: 'u@d', password: 'p' } },
    );
    await eventually(() => expect(source.state().detail).toContain('"-ERR permission denied" to "log 7"'));
    for (let round = 1; round <= 4; round++) {
      await eventually(() => expect(source.state().state).toBe('up'));
      await server.feed(CALL.filter(isEvent).slice(0, 3));
      await eventually(() => expect(bus.of('event')).toHaveLength(3 * round));
      server.drop();
      await eventually(() => expect(bus.of('gap')).toHaveLength(round));
    }
    expect(server.commands.filter((command) => command.startsWith('log'))).toHaveLength(1);
    expect(server.commands.filter((command) => command.startsWith('event'))).toHaveLength(5);
  });

  it('is down when events are not allowed', async () => {
    const { source, server } = await setUp({ allowed: { events: false } });
    await eventually(() => expect(source.state().detail).toContain('to "event json ALL"'));
    expect(source.state().state).toBe('down');
    expect(server.commands.filter((command) => command.startsWith('event'))).toHaveLength(1);
  });

  it('says that the access list of the switch keeps it out', async () => {
    const { source } = await setUp({ rejectAll: true });
    await eventually(() => expect(source.state().detail).toContain('apply-inbound-acl'));
    expect(source.state().state).toBe('down');
  });

  it('waits for a switch that is not there yet', async () => {
    const placeholder = await createEslReplayServer({ password: PASSWORD });
    const { port } = placeholder;
    await placeholder.close();
    const { source, bus } = startSource(port);
    await eventually(() => expect(source.state().detail).toContain('cannot be reached (ECONNREFUSED)'));
    const server = await createEslReplayServer({ password: PASSWORD, port });
    try {
      await eventually(() => expect(source.state().state).toBe('up'));
      expect(bus.of('gap')).toEqual([]);
    } finally {
      await source.stop();
      await server.close();
    }
  });

  it('does not take a password with a line break, which would be a second command', () => {
    const make = (): unknown =>
      createEslSource({
        node: { name: 'fs1', host: '127.0.0.1', port: 1, password: 'a\n\napi shutdown' },
        trustSenderClock: false,
        bus: createKeepingBus(),
        metrics: createMetrics(),
        log: () => undefined,
      });
    expect(make).toThrow('line break');
  });
});

describe('losing the connection', () => {
  it('notes a gap of both streams and reads the living channels again', async () => {
    const [first, second] = ['9695a8c5-282e-4ba4-a973-583e48b7883e', 'db304811-02b6-4069-a5c8-74d4f769d56c'];
    const dump = bodyOf('09-uuid-dump-json');
    const { rows } = JSON.parse(bodyOf('06-show-channels-json')) as { rows: object[] };
    const { server, source, bus } = await setUp({
      // The newest channel is gone by the time it is asked for: "-ERR No such channel!".
      channels: JSON.stringify({ row_count: 3, rows: [...rows, { uuid: 'gone', created_epoch: '9999999999' }] }),
      dumps: { [first]: dump, [second]: dump.replaceAll(first, second) },
    });
    await server.whenSubscribed();
    const dumps = (): string[] => server.commands.filter((command) => command.startsWith('api uuid_dump'));
    await eventually(() => expect(bus.of('event')).toHaveLength(2));
    expect(dumps()).toEqual(['gone', first, second].map((uuid) => `api uuid_dump ${uuid} json`));
    expect(bus.of('event').map(({ headers }) => headerOf(headers, 'Unique-ID'))).toEqual([first, second]);
    expect(bus.of('event')[0]).toMatchObject({ name: 'CHANNEL_DATA', backfill: true, node: 'fs1' });
    expect(bus.of('gap')).toEqual([]);
    const before = Date.now() * 1000;
    server.drop();
    await eventually(() => expect(bus.of('gap')).toHaveLength(2));
    await eventually(() => expect(bus.of('event')).toHaveLength(4));
    expect(
      bus
        .of('gap')
        .map(({ stream }) => stream)
        .sort(),
    ).toEqual(['events', 'logs']);
    for (const gap of bus.of('gap')) {
      expect(gap).toMatchObject({ reason: 'disconnected', node: 'fs1' });
      expect(gap.fromUs).toBeLessThanOrEqual(before + 1_000_000);
      expect(gap.untilUs).toBeGreaterThanOrEqual(before);
    }
    await eventually(() => expect(source.state().state).toBe('up'));
    // The same snapshot twice (the recorded reply has one sequence) is the same row.
    expect(new Set(bus.of('event').map(({ id }) => id)).size).toBe(2);
    const asked = server.commands.filter((command) => /^(event|api)/.test(command)).slice(0, 2);
    expect(asked).toEqual(['event json ALL', 'api show channels as json']);
  });

  it('does not show hours of silence as a gap when the switch closes the connection', async () => {
    let hours = 0;
    const { server, source, bus } = await setUp({}, { now: () => Date.now() + hours * 3_600_000 });
    await eventually(() => expect(source.state().state).toBe('up'));
    await server.feed(CALL.filter(isEvent).slice(0, 1));
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
    hours = 5;
    await server.disconnect('Disconnected, goodbye.\n');
    await eventually(() => expect(bus.of('gap')).toHaveLength(2));
    for (const { fromUs, untilUs } of bus.of('gap')) {
      expect(untilUs - fromUs).toBeGreaterThanOrEqual(20_000_000);
      expect(untilUs - fromUs).toBeLessThan(60_000_000);
    }
  });

  it('goes on without the living channels when they may not be asked for', async () => {
    const { server, bus, logged, metrics } = await setUp({ allowed: { api: false } });
    await server.whenSubscribed();
    await server.feed(CALL.filter(isEvent).slice(0, 3));
    await eventually(() => expect(bus.of('event')).toHaveLength(3));
    await eventually(() => expect(logged.join('\n')).toContain('(backfill_denied)'));
    expect(await metrics()).toContain('reason="backfill_denied"');
  });

  it('publishes no half event when the connection breaks in the middle of one', async () => {
    const { server, bus } = await setUp();
    const events = CALL.filter(isEvent);
    await server.whenSubscribed();
    await server.feed(events.slice(0, 3));
    await eventually(() => expect(bus.of('event')).toHaveLength(3));
    await server.cut(events[3]!, events[3]!.bytes.length - 1);
    await eventually(() => expect(bus.of('gap')).toMatchObject([{ stream: 'events', reason: 'disconnected' }]));
    await server.feed(events.slice(3, 5));
    await eventually(() => expect(bus.of('event')).toHaveLength(5));
    expect(bus.of('unreadable')).toEqual([]);
  });

  it.each([
    ['shutdown', 'The system is being shut down.\n'],
    ['killed_by_switch', 'killed listener because of lost events'],
    ['disconnected', 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n'],
  ])('gives the reason %s after the notice %j', async (reason, text) => {
    const { server, bus } = await setUp();
    await server.whenSubscribed();
    await server.disconnect(text);
    await eventually(() => expect(bus.of('gap')).toHaveLength(2));
    expect(bus.of('gap').map((gap) => gap.reason)).toEqual([reason, reason]);
  });

  it('sees by the Core-UUID that the switch was restarted', async () => {
    const { server, bus } = await setUp();
    const [before, after] = [recording('restart-before'), recording('restart-after')];
    await server.whenSubscribed();
    await server.feed(before.filter(({ type }) => type !== 'text/disconnect-notice'));
    await eventually(() => expect(bus.of('event').map(({ name }) => name)).toContain('SHUTDOWN'));
    await eventually(() => expect(bus.of('log')).toHaveLength(before.filter(isLog).length));
    const count = bus.of('event').length;
    await server.disconnect('The system is being shut down.\n');
    await eventually(() => expect(bus.of('gap')).toHaveLength(2));
    await server.feed(after);
    await eventually(() => expect(bus.of('gap')).toHaveLength(3));
    const restarted = bus.of('gap').filter(({ reason }) => reason === 'restarted');
    const first = bus.of('event')[count];
    expect(restarted).toMatchObject([{ stream: 'events', untilUs: first?.atUs }]);
    expect(restarted[0]!.fromUs).toBeLessThan(restarted[0]!.untilUs);
  });

  it('takes a connection without heartbeats for dead', async () => {
    const { server, bus, logged } = await setUp({}, { heartbeatMs: 20 });
    await eventually(() => expect(bus.of('gap').filter(({ stream }) => stream === 'events').length).toBeGreaterThan(1));
    // The other connection has no heartbeat of its own: it is given up with the first.
    await eventually(() => expect(bus.of('gap').map(({ stream }) => stream)).toContain('logs'));
    expect(bus.of('gap').every(({ reason }) => reason === 'no_heartbeat')).toBe(true);
    expect(logged.join('\n')).toContain('not even a heartbeat');
    expect(server.commands.filter((command) => command === 'event json ALL').length).toBeGreaterThan(2);
  });

  it('does not take its own waiting for the bus for the silence of the switch', async () => {
    const { server, bus } = await setUp({}, { heartbeatMs: 100 });
    await server.whenSubscribed();
    const release = bus.block();
    await server.feed(CALL.filter(isEvent).slice(0, 1));
    await eventually(() => expect(bus.calls()).toBe(1));
    const until = performance.now() + 100 * 3.5 * 2;
    await eventually(() => expect(performance.now()).toBeGreaterThan(until));
    expect(server.connections()).toBe(2);
    release();
    await eventually(() => expect(bus.of('gap')).not.toEqual([]));
  });

  it('closes a stream that it cannot read, keeps the bytes and begins anew', async () => {
    const { server, bus, metrics } = await setUp();
    await server.whenSubscribed();
    await server.sendRaw(Buffer.from('this is no frame\n\n'));
    await eventually(() => expect(bus.of('gap')).toHaveLength(2));
    expect(bus.of('gap').every(({ reason }) => reason === 'unreadable')).toBe(true);
    expect(bus.of('unreadable').map(({ reason, bytes }) => [reason, bytes.toString()])).toEqual([
      ['no_content_type', 'this is no frame'],
      ['no_content_type', 'this is no frame'],
    ]);
    expect(await metrics()).toContain('reason="no_content_type",sender="127.0.0.1"} 2');
    await server.feed(CALL.filter(isEvent).slice(0, 1));
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
  });

  it('notes what the switch says it gave up for a slow listener', async () => {
    const { server, bus } = await setUp();
    await server.whenSubscribed();
    const events = CALL.filter(isEvent).slice(0, 3);
    await server.feed(events);
    await eventually(() => expect(bus.of('event')).toHaveLength(3));
    const lost = 'mod_event_socket.c:405 Lost [17] events! Event Queue size: [99999/100000]\n';
    await server.feed([logOf(`2026-11-21 23:59:59.000000 9.00% [CRIT] ${lost}`, 2)]);
    await eventually(() => expect(bus.of('gap')).toHaveLength(1));
    expect(bus.of('gap')).toMatchObject([
      { stream: 'events', reason: 'lost_events', fromUs: bus.of('event')[2]!.atUs, untilUs: bus.of('log')[0]!.atUs },
    ]);
  });

  it('goes on after the bus refused something', async () => {
    const { server, bus, logged } = await setUp();
    await server.whenSubscribed();
    const { publish } = bus;
    bus.publish = () => Promise.reject(new Error('closed'));
    await server.feed(CALL.filter(isEvent).slice(0, 1));
    await eventually(() => expect(logged.join('\n')).toContain('could not be handed on: Error: closed'));
    bus.publish = publish;
    await eventually(() => expect(server.commands.filter((command) => command === 'event json ALL')).toHaveLength(2));
    await server.feed(CALL.filter(isEvent).slice(0, 1));
    await eventually(() => expect(bus.of('event')).toHaveLength(1));
  });
});

describe('stopping', () => {
  it('closes its connections, twice if need be, and connects no more', async () => {
    const { server, source } = await setUp();
    await server.whenSubscribed();
    await Promise.all([source.stop(), source.stop()]);
    await source.stop();
    await eventually(() => expect(server.connections()).toBe(0));
    expect(source.state()).toMatchObject({ state: 'down', detail: 'Stopped.' });
  });

  it('does not wait for a bus without room, and publishes nothing afterwards', async () => {
    const { server, source, bus } = await setUp();
    await server.whenSubscribed();
    const release = bus.block();
    await server.feed(CALL);
    await eventually(() => expect(bus.calls()).toBeGreaterThan(0));
    await source.stop();
    const calls = bus.calls();
    release();
    for (let i = 0; i < 50; i++) await turn();
    expect(bus.calls()).toBe(calls);
  });

  it('can stop while it waits to connect again', async () => {
    const { server, source } = await setUp({ password: 'another' }, { backoff: { minMs: 60_000, maxMs: 60_000 } });
    await eventually(() => expect(source.state().state).toBe('down'));
    await source.stop();
    expect(server.commands.length).toBeLessThanOrEqual(2);
  });
});
